"""Whether a bearer token opens a service: whose it is, for what, until when, and with which roles."""

import time
from collections.abc import Collection

from ..server import Request
from . import tokens
from .entra import DEFENDER, GRAPH
from .msp import Msp
from .replies import Refused, Service
from .tenants import Tenant
from .tokens import BadToken, Signer, Token

AUDIENCES: dict[str, tuple[str, ...]] = {"graph": (GRAPH,), "defender": DEFENDER}


def read(request: Request, service: Service, signer: Signer) -> Token:
    scheme, _, text = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise Refused(401, "Access token is empty.")
    try:
        token = tokens.read(text.strip())
        token.check(signer.public)
    except BadToken as error:
        raise Refused(401, f"Access token validation failure. It is not well formed: {error}.") from error
    if token.claims.get("aud") not in AUDIENCES[service]:
        raise Refused(401, "Access token validation failure. Invalid audience.")
    if token.claims["exp"] <= time.time():
        raise Refused(401, "Lifetime validation failed, the token is expired.")
    return token


def check(token: Token, msp: Msp, tenant: Tenant, service: Service) -> None:
    """What has changed in the tenant since the token was issued."""
    if int(token.claims["uti"]) <= msp.application.ended:
        raise Refused(401, "Lifetime validation failed, the token is expired.")
    if tenant.consent != "granted" or "oid" not in token.claims:
        code = "Authorization_IdentityNotFound" if service == "graph" else ""
        raise Refused(401, "The identity of the calling application could not be established.", code)


def check_roles(token: Token, wanted: Collection[str], code: str) -> None:
    """The roles of the token count: one that was granted since needs a new token."""
    held = token.claims.get("roles", [])
    if not set(wanted) & set(held):
        message = (
            f"Missing application roles. API required roles: {', '.join(sorted(wanted))}, "
            f"application roles: {', '.join(held)}."
        )
        raise Refused(403, message, code)
