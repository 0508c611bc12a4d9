"""What an owner decides for the MSP: its settings and its holidays."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from config.access import Area, RoleAdmin
from config.empty import to_add
from config.sites import tenant_site
from config.words import WORDS
from tenants.brand import LOGO_MAX_BYTES, validate_logo
from tenants.models import SEVERITIES, WEEKDAYS, Holiday, TenantSettings


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


class WordsField(forms.Field):
    """A list of words, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=UnfoldAdminTextareaWidget(attrs={"rows": 5, "cols": 40}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        return [word for line in str(value or "").splitlines() if (word := line.strip())]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(initial != self.to_python(data))


class CompaniesField(forms.TypedMultipleChoiceField):
    """Companies of the ticket desk by name. Ids that were chosen stay, whatever became of their companies."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=[], widget=UnfoldAdminSelect2MultipleWidget, **kwargs)

    def offer(self, chosen: Iterable[int]) -> None:
        companies = apps.get_model("connectors", "RawCompany")  # of an app that is above this one
        named = dict(companies.objects.order_by("name", "id").values_list("external_id", "name"))
        self.choices = [*named.items(), *((id_, f"#{id_}") for id_ in chosen if id_ not in named)]


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    working_hours = HoursField(
        WEEKDAYS,
        label=WORDS["working_hours"],
        help_text=_("One line a day, such as mon: 08:00–12:00, 13:00–17:00. Days without a line are off."),
    )
    alert_sla_hours = DurationsField(
        SEVERITIES, label=WORDS["alert_sla_hours"], help_text=_("One line a severity, such as critical: 4.")
    )
    companies_without_agreement = CompaniesField(
        required=False,
        label=WORDS["companies_without_agreement"],
        help_text=_(
            "Your own company, and clients billed by the hour: their work is not outside any agreement."
        ),
    )
    device_products = WordsField(
        label=WORDS["device_products"],
        help_text=_("One word a line, as in the names of products that clients pay for per device."),
    )

    logo_file = forms.FileField(
        required=False,
        label=_("Logo"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_(
            "A PNG, JPEG or WebP picture of at most 200 kB. It is shown at the height of a line of text."
        ),
    )
    without_logo = forms.BooleanField(required=False, label=_("Remove the logo"), widget=UnfoldBooleanWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["companies_without_agreement"]
        if isinstance(chosen, CompaniesField):
            chosen.offer(self.instance.companies_without_agreement)

    def clean_logo_file(self) -> Any:
        if file := self.cleaned_data["logo_file"]:
            validate_logo(file.read(LOGO_MAX_BYTES + 1))
        return file

    def save(self, commit: bool = True) -> Any:
        if file := self.cleaned_data["logo_file"]:
            file.seek(0)
            self.instance.logo = file.read()
        elif self.cleaned_data["without_logo"]:
            self.instance.logo = b""
        return super().save(commit)


class SettingsAdmin(RoleAdmin):
    form = SettingsForm
    area = Area.SETTINGS
    plural = _("settings")
    fieldsets = [
        (
            _("Place and language"),
            {"fields": ["time_zone", "language", "currency"]},
        ),
        (_("Your look"), {"fields": ["brand_colour", "logo_file", "without_logo"]}),
        (_("Working time"), {"fields": ["working_hours", "late_entry_days"]}),
        (_("Money"), {"fields": ["loaded_hourly_cost", "hourly_rate", "cashable_share"]}),
        (_("Training needs and sales opportunities"), {"fields": ["labels_from"]}),
        (
            _("Agreements"),
            {"fields": ["companies_without_agreement", "agreement_lists_are_complete", "device_products"]},
        ),
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
    when_empty = to_add(
        _("On a holiday the business clock stands still, so that nobody is late because of it."),
        _("Add a holiday"),
        "tenants_holiday",
    )
    list_display = ["day", "name"]
    search_fields = ["name"]
    ordering = ["-day"]


tenant_site.register(TenantSettings, SettingsAdmin)
tenant_site.register(Holiday, HolidayAdmin)
