"""Which people may sign in, and with which role; kept by owners."""

from typing import Any

from django import forms
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget

from config.access import Area, RoleAdmin
from config.empty import to_add
from config.sites import tenant_site
from config.words import shown
from tenants.roles import Role, assign, role_of

ROLES = [
    (Role.OWNER, _("Owner: everything, people and settings included")),
    (Role.MANAGER, _("Manager: sees all figures and acts on findings")),
    (Role.TECHNICIAN, _("Technician: sees only their own page")),
]
ROLE_NAMES = {Role.OWNER: _("Owner"), Role.MANAGER: _("Manager"), Role.TECHNICIAN: _("Technician")}


class RoleField(forms.ChoiceField):
    def __init__(self) -> None:
        super().__init__(label=_("Role"), choices=ROLES, widget=UnfoldAdminSelectWidget())


class NewPersonForm(UserCreationForm):  # type: ignore[misc]
    role = RoleField()


class PersonForm(UserChangeForm):  # type: ignore[misc]
    role = RoleField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = role_of(self.instance)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        stays_owner = cleaned.get("role") == Role.OWNER and cleaned.get("is_active")
        if not stays_owner and _is_last_owner(self.instance):
            raise forms.ValidationError(
                _("This is the last owner. Make somebody else an owner first, or nobody could manage people.")
            )
        return cleaned


def _owners() -> QuerySet[User]:
    return User.objects.filter(groups__name=Role.OWNER, is_active=True)


def _is_last_owner(user: User) -> bool:
    return _owners().filter(pk=user.pk).exists() and not _owners().exclude(pk=user.pk).exists()


class PersonAdmin(RoleAdmin, DjangoUserAdmin):  # type: ignore[type-arg]
    """People of this MSP. Roles replace Django's permissions, which are not shown."""

    area = Area.PEOPLE
    plural = _("users")
    when_empty = to_add(_("Nobody may sign in yet."), _("Add a user"), "auth_user")
    form = PersonForm
    add_form = NewPersonForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "full_name", "email", "role", "is_active", "last_login"]
    list_filter = ["groups", "is_active"]
    search_fields = ["username", "first_name", "last_name", "email"]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = ()
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Access"), {"fields": ["role", "is_active"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "role", "usable_password", "password1", "password2"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people: QuerySet[User] = super().get_queryset(request)
        return people.prefetch_related("groups")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        assign(form.instance, Role(form.cleaned_data["role"]))

    def response_add(self, request: HttpRequest, obj: Model, post_url_continue: Any = None) -> HttpResponse:
        """On to the person's page: name and address are entered there."""
        url = reverse("admin:auth_user_change", args=[obj.pk])
        return super().response_add(request, obj, post_url_continue or url)

    @shown(_("Name"), ordering="first_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @shown(
        _("Role"),
        label={_("Owner"): "primary", _("Manager"): "info", _("Technician"): "success"},
    )
    def role(self, user: User) -> str:
        names = {group.name for group in user.groups.all()}
        return next((str(ROLE_NAMES[role]) for role in Role if role in names), str(_("No role")))


tenant_site.register(User, PersonAdmin)
