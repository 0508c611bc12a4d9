"""What the language of a browser suggests for an MSP's settings; only a suggestion, which a person confirms."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from tenants.models import TenantSettings

# By language and country as browsers name them: time zone and currency.
PLACES = {
    "en-au": ("Australia/Sydney", "AUD"),
    "en-ca": ("America/Toronto", "CAD"),
    "en-gb": ("Europe/London", "GBP"),
    "en-ie": ("Europe/Dublin", "EUR"),
    "en-in": ("Asia/Kolkata", "INR"),
    "en-nz": ("Pacific/Auckland", "NZD"),
    "en-us": ("America/New_York", "USD"),
    "en-za": ("Africa/Johannesburg", "ZAR"),
    "de-at": ("Europe/Vienna", "EUR"),
    "de-ch": ("Europe/Zurich", "CHF"),
    "de-de": ("Europe/Berlin", "EUR"),
    "fr-be": ("Europe/Brussels", "EUR"),
    "fr-ca": ("America/Toronto", "CAD"),
    "fr-ch": ("Europe/Zurich", "CHF"),
    "fr-fr": ("Europe/Paris", "EUR"),
    "fr-lu": ("Europe/Luxembourg", "EUR"),
    "nl-nl": ("Europe/Amsterdam", "EUR"),
}
LANGUAGES = ("en", "fr")


def settings_for(request: HttpRequest, settings: TenantSettings) -> dict[str, Any]:
    """Only for what still is as it was made."""
    wanted = [tag for tag, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    found: dict[str, Any] = {}
    if place := next((PLACES[tag] for tag in wanted if tag in PLACES), None):
        found |= {"time_zone": place[0], "currency": place[1]}
    spoken = (tag[:2] for tag in wanted)
    if language := next((tag for tag in spoken if tag in LANGUAGES), None):
        found["language"] = language
    return {name: value for name, value in found.items() if _is_untouched(settings, name)}


def _is_untouched(settings: TenantSettings, name: str) -> bool:
    return bool(getattr(settings, name) == getattr(TenantSettings(), name))
