"""The token endpoint of every tenant, for clients with a secret or a certificate, and what leads clients to it."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..server import Request, Response
from . import replies, tokens
from .access import Application
from .msp import Msp
from .replies import Refused
from .tenants import DEFENDER_ROLES, GRAPH_ROLES, Tenant
from .tokens import BadToken, Signer

GRAPH = "https://graph.microsoft.com"
DEFENDER = (
    "https://api.securitycenter.microsoft.com",
    "https://api.securitycenter.windows.com",
    "https://securitycenter.onmicrosoft.com/windowsatpservice",
)
ROLES = {GRAPH: GRAPH_ROLES} | dict.fromkeys(DEFENDER, DEFENDER_ROLES)
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ISSUER = "https://sts.windows.net"


def issue(msp: Msp, tenant: Tenant, request: Request, signer: Signer) -> Response:
    form = dict(parse_qsl(request.body.decode(errors="replace")))
    if form.get("grant_type") != "client_credentials":
        message = "The app requested an unsupported grant type."
        raise Refused(400, message, "unsupported_grant_type", aadsts=70003)
    _check_client(msp, tenant, form)
    by_certificate = "client_assertion" in form
    if by_certificate:
        _check_assertion(msp.application, form, request)
    else:
        _check_secret(msp, form)
    audience = _audience(form)
    claims = _claims(msp, tenant, audience, "2" if by_certificate else "1")
    lifetime = msp.settings.token_seconds
    return replies.data(
        {
            "token_type": "Bearer",
            "expires_in": lifetime,
            "ext_expires_in": lifetime,
            "access_token": signer.sign(claims),
        }
    )


def discovery(request: Request, tenant: Tenant) -> dict[str, Any]:
    base = f"{root(request)}/{tenant.id}"
    return {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": [
            "client_secret_post",
            "private_key_jwt",
            "client_secret_basic",
        ],
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": f"{base}/v2.0",
        "request_uri_parameter_supported": False,
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "tenant_region_scope": "NA",
        "cloud_instance_name": urlsplit(base).netloc,
        "msgraph_host": urlsplit(base).netloc,
    }


def instances(request: Request) -> dict[str, Any]:
    """Where a client learns that this address is an authority."""
    host = urlsplit(root(request)).netloc
    tenant = urlsplit(request.parameters.get("authorization_endpoint", "")).path.split("/")[1:2] or ["common"]
    return {
        "tenant_discovery_endpoint": f"{root(request)}/{tenant[0]}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }


def root(request: Request) -> str:
    return "/".join(request.url.split("/", 3)[:3])


def _check_client(msp: Msp, tenant: Tenant, form: Mapping[str, str]) -> None:
    if "client_id" not in form:
        message = "The request body must contain the following parameter: 'client_id'."
        raise Refused(400, message, "invalid_request", aadsts=900144)
    if form["client_id"] != msp.application.client_id or tenant.consent == "none":
        message = (
            f"Application with identifier '{form['client_id']}' was not found in the directory '{tenant.name}'. "
            "This can happen if the application has not been installed by the administrator of the tenant."
        )
        raise Refused(400, message, "unauthorized_client", aadsts=700016)


def _check_secret(msp: Msp, form: Mapping[str, str]) -> None:
    if "client_secret" not in form:
        message = (
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
        )
        raise Refused(401, message, aadsts=7000218)
    secret, client_id = msp.application.secret(form["client_secret"]), form["client_id"]
    if not secret:
        message = (
            "Invalid client secret provided. Ensure the secret being sent in the request is the client "
            f"secret value, not the client secret ID, for a secret added to app '{client_id}'."
        )
        raise Refused(401, message, aadsts=7000215)
    if secret.expires_at <= msp.world.now:
        raise Refused(
            401, f"The provided client secret keys for app '{client_id}' are expired.", aadsts=7000222
        )


def _check_assertion(application: Application, form: Mapping[str, str], request: Request) -> None:
    """What a client signed itself: by a certificate that is registered, for this endpoint, and not long ago."""
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise Refused(400, "The client assertion type is not supported.", aadsts=700021)
    try:
        token = tokens.read(form["client_assertion"])
        _check_signature(application, token)
    except BadToken as error:
        message = f"Client assertion failed signature validation: {error}."
        raise Refused(401, message, aadsts=700027) from error
    claims, now = token.claims, time.time()
    if not claims.get("nbf", 0) - 300 <= now < claims.get("exp", 0):
        raise Refused(401, "Client assertion is not within its valid time range.", aadsts=700024)
    if claims.get("iss") != form["client_id"] or claims.get("sub") != form["client_id"]:
        raise Refused(401, "Client assertion contains an invalid issuer or subject.", aadsts=700021)
    if not str(claims.get("aud", "")).startswith(root(request)):
        raise Refused(401, "Client assertion audience claim does not match Realm issuer.", aadsts=700023)


def _check_signature(application: Application, token: tokens.Token) -> None:
    for key in application.public_keys:
        try:
            return token.check(key)
        except BadToken:
            continue
    raise BadToken("the key was not found")


def _audience(form: Mapping[str, str]) -> str:
    """The first version of the endpoint, which older clients still use, is told the resource itself."""
    scope = form.get("scope", "")
    if "resource" not in form and not scope.endswith("/.default"):
        message = f"The provided value for scope {scope} is not valid. It must end with '/.default'."
        raise Refused(400, message, "invalid_scope", aadsts=1002012)
    audience = form.get("resource", scope.removesuffix("/.default")).rstrip("/")
    if audience not in ROLES:
        message = f"The resource principal named {audience} was not found in the tenant."
        raise Refused(400, message, "invalid_resource", aadsts=500011)
    return audience


def _claims(msp: Msp, tenant: Tenant, audience: str, means: str) -> dict[str, Any]:
    """Without an identity there are no roles either, and the services will not know the caller."""
    application, now = msp.application, int(time.time())
    application.issued += 1
    principal = msp.identity.guid(f"principal {tenant.id}")
    known = {"oid": principal, "sub": principal, "roles": tenant.roles(ROLES[audience])}
    return {
        "aud": audience,
        "iss": f"{ISSUER}/{tenant.id}/",
        "iat": now,
        "nbf": now,
        "exp": now + msp.settings.token_seconds,
        "app_displayname": application.name,
        "appid": application.client_id,
        "appidacr": means,
        "idp": f"{ISSUER}/{tenant.id}/",
        "idtyp": "app",
        **(known if tenant.consent == "granted" else {}),
        "tid": tenant.id,
        "uti": f"{application.issued:022}",
        "ver": "1.0",
    }
