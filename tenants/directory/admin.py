"""What operators see on the public host: the MSPs, their domains, and themselves. No MSP's data."""

from typing import Any

from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from config.sites import operator_site
from tenants.directory.models import Domain, Msp


class DomainInline(TabularInline):  # type: ignore[misc]
    model = Domain
    extra = 0


class MspAdmin(ModelAdmin):  # type: ignore[misc]
    """MSPs are made with `manage.py create_tenant`, which migrates; here they are named and suspended."""

    list_display = ["name", "schema_name", "is_suspended", "created_at"]
    list_filter = ["is_suspended"]
    search_fields = ["name", "schema_name"]
    fields = ["name", "schema_name", "is_suspended", "suspended_reason", "created_at"]
    readonly_fields = ["schema_name", "created_at"]
    inlines = [DomainInline]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class DomainAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["domain", "tenant", "is_primary"]
    search_fields = ["domain"]
    list_select_related = ["tenant"]


class OperatorAdmin(ModelAdmin, DjangoUserAdmin):  # type: ignore[misc, type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "email", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active"]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = ()
    fieldsets = [
        (None, {"fields": ["username", "password", "email"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]


operator_site.register(Msp, MspAdmin)
operator_site.register(Domain, DomainAdmin)
operator_site.register(User, OperatorAdmin)
