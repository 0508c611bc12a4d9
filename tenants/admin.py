"""What an owner decides: the MSP's settings, its holidays, and which people may sign in."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from config.access import Area, RoleAdmin
from config.sites import tenant_site
from config.words import WORDS, shown
from tenants.models import SEVERITIES, WEEKDAYS, Holiday, TenantSettings
from tenants.roles import Role, assign, role_of

ROLES = [
    (Role.OWNER, _("Owner: everything, people and settings included")),
    (Role.MANAGER, _("Manager: sees all figures and acts on findings")),
    (Role.TECHNICIAN, _("Technician: sees only their own page")),
]
ROLE_NAMES = {Role.OWNER: _("Owner"), Role.MANAGER: _("Manager"), Role.TECHNICIAN: _("Technician")}


class LinesField(forms.Field):
    """A small table of the settings, one line per day or severity, as a person would write it down."""

    def __init__(self, order: Iterable[str], help_text: Any, **kwargs: Any) -> None:
        self.order = tuple(order)
        size = {"rows": len(self.order), "cols": 40}
        super().__init__(widget=UnfoldAdminTextareaWidget(attrs=size), help_text=help_text, **kwargs)

    def written(self, value: Any) -> str:
        raise NotImplementedError

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{name}: {self.written(value[name])}" for name in self.order if name in value)

    def to_python(self, value: Any) -> dict[str, Any]:
        lines = [line.partition(":") for line in str(value or "").splitlines() if line.strip()]
        return {name.strip().lower(): self.read(rest) for name, _colon, rest in lines}

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != "\n".join(str(data or "").splitlines()))


class HoursField(LinesField):
    def written(self, spans: Any) -> str:
        return ", ".join("–".join(span) for span in spans)

    def read(self, text: str) -> Any:
        spans = text.replace("-", "–").split(",")
        return [[moment.strip() for moment in span.split("–")] for span in spans if span.strip()]


class DurationsField(LinesField):
    def written(self, hours: Any) -> str:
        return str(hours)

    def read(self, text: str) -> Any:
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            raise forms.ValidationError(_("Write hours as a number, such as critical: 4.")) from None


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    working_hours = HoursField(
        WEEKDAYS,
        label=WORDS["working_hours"],
        help_text=_("One line a day, such as mon: 08:00–12:00, 13:00–17:00. Days without a line are off."),
    )
    alert_sla_hours = DurationsField(
        SEVERITIES, label=WORDS["alert_sla_hours"], help_text=_("One line a severity, such as critical: 4.")
    )


class SettingsAdmin(RoleAdmin):
    form = SettingsForm
    area = Area.SETTINGS
    plural = _("settings")
    fieldsets = [
        (
            _("Place and language"),
            {"fields": ["time_zone", "language", "currency"]},
        ),
        (_("Working time"), {"fields": ["working_hours", "late_entry_days"]}),
        (_("Money"), {"fields": ["loaded_hourly_cost", "hourly_rate"]}),
        (_("People"), {"fields": ["privacy_mode"]}),
        (_("Unusual days"), {"fields": ["anomaly_rule", "anomaly_threshold"]}),
        (_("Security alerts"), {"fields": ["alert_sla_hours"]}),
    ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one row, so its page is the list."""
        return redirect("admin:tenants_tenantsettings_change", TenantSettings.load().pk)

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class HolidayAdmin(RoleAdmin):
    area = Area.SETTINGS
    plural = _("holidays")
    list_display = ["day", "name"]
    search_fields = ["name"]
    ordering = ["-day"]


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


tenant_site.register(TenantSettings, SettingsAdmin)
tenant_site.register(Holiday, HolidayAdmin)
tenant_site.register(User, PersonAdmin)
