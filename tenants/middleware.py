"""Which tenant a request is for: by host name, and for the API by token. Refuses what belongs to none."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.http.request import split_domain_port
from django_tenants.middleware.main import TenantMainMiddleware
from django_tenants.utils import remove_www

from tenants.api.errors import refusal
from tenants.context import PUBLIC_SCHEMA
from tenants.directory.models import ApiTokenRoute, Domain, Msp, is_public_host
from tenants.health import PATH as HEALTH_PATH
from tenants.health import healthz
from tenants.tokens import CHALLENGE, UNKNOWN, hash_of, token_in

API_PREFIX = "/api/"


@dataclass(frozen=True)
class Refused(Exception):
    status: int
    code: str
    message: object


class TenantMiddleware(TenantMainMiddleware):  # type: ignore[misc]
    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        if request.path_info == HEALTH_PATH:
            return healthz(request)
        try:
            msp = _find(request)
        except Refused as refused:
            return _answer(request, refused)
        msp.kept = {}  # see kept_for_request: it ends with this object, and so with the request
        request.tenant = msp  # type: ignore[attr-defined]
        connection.set_tenant(msp)  # type: ignore[attr-defined]
        # The API's addresses are the same everywhere; without a tenant they answer "who are you?".
        if msp.schema_name == PUBLIC_SCHEMA and not _is_api(request):
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        return None


def _find(request: HttpRequest) -> Msp:
    host = _host(request)
    msp = _at(host)
    token = token_in(request) if _is_api(request) else None
    if token and (msp is None or msp.schema_name == PUBLIC_SCHEMA):
        msp = _owner_of(token)
    if msp is None:
        raise Refused(404, "unknown_host", f"There is no Deskmetry at {host}. Check the address.")
    if msp.is_suspended:
        raise Refused(403, "suspended", "This account is suspended. Deskmetry's operator can resume it.")
    return msp


def _host(request: HttpRequest) -> str:
    """The host asked for, without port, "www." and final dot. To name none is to mean the base domain."""
    if not request.META.get("HTTP_HOST"):
        request.META["HTTP_HOST"] = f"{settings.BASE_DOMAIN}:{request.get_port()}"
    try:
        return str(remove_www(split_domain_port(request.get_host())[0]))
    except DisallowedHost:
        raise Refused(404, "unknown_host", "There is no Deskmetry at this address.") from None


def _at(host: str) -> Msp | None:
    if is_public_host(host):
        return Msp(schema_name=PUBLIC_SCHEMA, name="Deskmetry")
    domain = Domain.objects.select_related("tenant").filter(domain=host).first()
    return domain.tenant if domain else None


def _owner_of(token: str) -> Msp:
    route = ApiTokenRoute.objects.select_related("msp").filter(token_hash=hash_of(token)).first()
    if route is None:
        raise Refused(401, "authentication_failed", UNKNOWN)
    return route.msp


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(API_PREFIX)


def _answer(request: HttpRequest, refused: Refused) -> HttpResponseBase:
    response = refusal(request, refused.status, refused.code, refused.message, as_json=_is_api(request))
    if refused.status == 401:
        response["WWW-Authenticate"] = CHALLENGE
    return response
