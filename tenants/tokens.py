"""API tokens: made and revoked here, and checked on every API request. Only their hashes are kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from tenants.context import current_schema
from tenants.models import ApiToken

PREFIX = "dm_"
SCHEMES = ("bearer", "token")
CHALLENGE = 'Bearer realm="Deskmetry"'
UNKNOWN = "This API token is not known here: it may be mistyped, revoked or for another address."
MALFORMED = 'Send the API token like this: "Authorization: Bearer dm_…", with nothing after it.'
TENANT_HEADER = "X-Tenant"
USED_RESOLUTION = timedelta(minutes=1)


def issue(user: User, name: str, expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """The token's row and its plain text, which cannot be had again.

    The table's trigger writes the token's route in the public schema in the same transaction.
    """
    plain = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user, name=name, token_hash=hash_of(plain), hint=plain[-4:], expires_at=expires_at
        )
    return token, plain


def revoke(token: ApiToken) -> None:
    """For good: the trigger forgets the token's route."""
    token.revoked_at = token.revoked_at or timezone.now()
    token.save(update_fields=["revoked_at"])


def hash_of(plain: str) -> str:
    return hashlib.sha256(plain.encode(errors="backslashreplace")).hexdigest()


def token_in(request: HttpRequest | Request) -> str | None:
    """The token that a request carries, if it carries one in the right form."""
    words = request.META.get("HTTP_AUTHORIZATION", "").split()
    return words[1] if len(words) == 2 and words[0].lower() in SCHEMES else None


class TokenAuthentication(BaseAuthentication):
    """Believes a token that the current tenant issued; the middleware has chosen the tenant before."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = request.META.get("HTTP_AUTHORIZATION", "").split()
        if not words or words[0].lower() not in SCHEMES:
            return None
        plain = token_in(request)
        if plain is None:
            raise AuthenticationFailed(MALFORMED)
        token = _valid_token(plain)
        _refuse_other_tenant(request)
        _note_use(token)
        return token.user, token

    def authenticate_header(self, _request: Request) -> str:
        return CHALLENGE


def _valid_token(plain: str) -> ApiToken:
    tokens = ApiToken.objects.select_related("user__member_link").prefetch_related("user__groups")
    token = tokens.filter(token_hash=hash_of(plain)).first()
    if token is None:
        raise AuthenticationFailed(UNKNOWN)
    if token.revoked_at:
        raise AuthenticationFailed("This API token was revoked. Ask for a new one.")
    if token.expires_at and token.expires_at <= timezone.now():
        raise AuthenticationFailed("This API token has expired. Ask for a new one.")
    if not token.user.is_active:
        raise AuthenticationFailed("The user of this API token is deactivated.")
    return token


def _refuse_other_tenant(request: Request) -> None:
    """The header may only repeat what the token says already."""
    wanted = request.headers.get(TENANT_HEADER)
    if wanted is not None and wanted != current_schema():
        raise PermissionDenied(f"{TENANT_HEADER} names another tenant than this API token belongs to.")


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - USED_RESOLUTION:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
