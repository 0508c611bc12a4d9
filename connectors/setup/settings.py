"""Step 1: the few settings that no figure can do without."""

from itertools import groupby
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.sites import tenant_site
from config.words import WORDS
from connectors.setup import suggested
from connectors.setup.links import links
from connectors.setup.steps import Standing, State, Step, Story, url_after
from tenants.admin.settings import HoursField
from tenants.models import WEEKDAYS, TenantSettings
from tenants.provisioning import CURRENCY

SLUG = "settings"
NO_PLACES = {"Etc", "posix", "right", "SystemV", "US"}


def time_zones() -> list[tuple[str, Any]]:
    """By region, as a person looks for them."""
    places = sorted(name for name in available_timezones() if "/" in name)
    by_region = groupby(places, key=lambda name: name.partition("/")[0])
    named = [
        (region, [(name, name.replace("_", " ")) for name in names])
        for region, names in by_region
        if region not in NO_PLACES
    ]
    return [("UTC", "UTC"), *named]


class EssentialsForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(label=WORDS["time_zone"], choices=time_zones)
    working_hours = HoursField(
        WEEKDAYS,
        label=WORDS["working_hours"],
        help_text=gettext_lazy(
            "One line a day, such as mon: 08:00–12:00, 13:00–17:00. Days without a line are off."
        ),
    )
    currency = forms.CharField(
        label=WORDS["currency"],
        max_length=3,
        help_text=gettext_lazy("Three letters, such as USD, CAD or EUR."),
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = TenantSettings
        fields = [
            "time_zone",
            "working_hours",
            "currency",
            "language",
            "loaded_hourly_cost",
            "hourly_rate",
            "privacy_mode",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = WORDS[name]
            if isinstance(field, forms.ChoiceField):
                field.widget = UnfoldAdminSelectWidget(choices=field.choices)
            elif isinstance(field, forms.DecimalField):
                field.widget = UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"})

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if not CURRENCY.fullmatch(currency):
            raise forms.ValidationError(_("Three letters, such as USD, CAD or EUR."))
        return currency


def is_confirmed() -> bool:
    """An owner has saved the settings once, here or on their own page."""
    of_settings = ContentType.objects.get_for_model(TenantSettings)
    return LogEntry.objects.filter(content_type=of_settings).exists()


def standing(_request: HttpRequest) -> Standing:
    settings = TenantSettings.load()
    said = _("%(zone)s, %(currency)s") % {"zone": settings.time_zone, "currency": settings.currency}
    if links() or is_confirmed():
        return Standing(State.DONE, said)
    return Standing(State.NEXT, _("Where and when you work, and what an hour costs. A minute."))


def story(request: HttpRequest) -> Story:
    settings = TenantSettings.load()
    guessed = {} if is_confirmed() else suggested.settings_for(request, settings)
    return {"form": EssentialsForm(instance=settings, initial=guessed), "is_guessed": bool(guessed)}


def act(request: HttpRequest) -> HttpResponse | Story:
    form = EssentialsForm(request.POST, instance=TenantSettings.load())
    if not form.is_valid():
        return {"form": form}
    saved = form.save()
    changed = [{"changed": {"fields": form.changed_data}}] if form.changed_data else str(_("Set-up"))
    tenant_site.get_model_admin(TenantSettings).log_change(request, saved, changed)
    return redirect(url_after(SLUG))


SETTINGS = Step(
    slug=SLUG,
    title=gettext_lazy("Settings"),
    standing=standing,
    template="connectors/setup/settings.html",
    story=story,
    act=act,
)
