"""An MSP's own look as two addresses: its colours as a stylesheet, and its logo. Browsers may keep both."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import condition, require_safe

from tenants.brand import HEX, media_type, shades
from tenants.context import PUBLIC_SCHEMA
from tenants.models import TenantSettings

A_YEAR = "private, max-age=31536000, immutable"


def look(request: HttpRequest) -> dict[str, Any]:
    """What the theme is told of it; the addresses change with what is behind them."""
    chosen = _settings_of(request)
    colours = f"{reverse('brand_colours')}?v={chosen.brand_colour[1:]}" if chosen.brand_colour else ""
    logo = f"{reverse('brand_logo')}?v={chosen.logo_digest}" if chosen.logo_digest else None
    return {"brand_styles": [colours] if colours else [], "site_icon": logo}


@require_safe
def colours(request: HttpRequest) -> HttpResponse:
    chosen = _settings_of(request)
    if not HEX.fullmatch(chosen.brand_colour):
        raise Http404
    lines = (f"--color-primary-{name}: {shade};" for name, shade in shades(chosen.brand_colour).items())
    response = HttpResponse(":root { " + " ".join(lines) + " }\n", content_type="text/css; charset=utf-8")
    return _kept(response, request, chosen.brand_colour[1:])


def _logo_etag(request: HttpRequest) -> str | None:
    chosen = _settings_of(request)
    return f'"{chosen.logo_digest}"' if chosen.logo_digest else None


@require_safe
@condition(etag_func=_logo_etag)
def logo(request: HttpRequest) -> HttpResponse:
    """For everybody, because the sign-in page shows it."""
    chosen = _settings_of(request)
    if not chosen.logo_digest:
        raise Http404
    image = bytes(chosen.logo)
    return _kept(HttpResponse(image, content_type=media_type(image)), request, chosen.logo_digest)


def _settings_of(request: HttpRequest) -> TenantSettings:
    """The public host belongs to no MSP and looks like nobody's."""
    is_public = request.tenant.schema_name == PUBLIC_SCHEMA  # type: ignore[attr-defined]
    return TenantSettings() if is_public else TenantSettings.load()


def _kept(response: HttpResponse, request: HttpRequest, version: str) -> HttpResponse:
    response["Cache-Control"] = A_YEAR if request.GET.get("v") == version else "no-cache"
    return response
