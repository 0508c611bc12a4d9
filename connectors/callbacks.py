"""Takes vendors' calls about changes. A genuine one is a hint that a sync is due, and nothing else.

What a call says is never used as data. A thousand of them cause one sync, and the same one again causes none.
The key in the address counts as much as the signature: a vendor may give its signing keys to whoever asks.
"""

import hmac
from datetime import timedelta
from hashlib import sha256

import structlog
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from kombu.exceptions import OperationalError

from connectors.base import Callbacks
from connectors.crypto import CredentialsUnreadable
from connectors.errors import Retry, SyncProblem
from connectors.models import Connection, HeardCallback, Listening, SigningKey
from connectors.registry import connector_of, connectors
from connectors.tasks import HINT_WAITS_SECONDS, sync_hinted
from tenants.api.errors import refusal
from tenants.context import current_schema

LARGEST_BODY_BYTES = 512 * 1024
LONGEST_URL = 500
KEY_KEPT = timedelta(hours=1)
# A key that doesn't fit may have been replaced: it is read again, but not for every forged call.
KEY_PAUSE = timedelta(minutes=1)
KEYS_A_PAUSE = 5
REMEMBERED = timedelta(hours=24)
# A hint whose sync never started, as when the broker lost it, doesn't hold off others for longer.
HINT_HOLDS = timedelta(minutes=5)
log = structlog.get_logger(__name__)


class Untrusted(Exception):
    """Says why; for the log, never for the caller."""


@csrf_exempt
def receive(request: HttpRequest, vendor: str, pk: int, key: str) -> HttpResponseBase:
    if request.method != "POST":
        return _refusal(request, 405, "method_not_allowed", "Callbacks are posted.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LARGEST_BODY_BYTES:
        return _refusal(request, 413, "too_large", "This is too long for a callback.")
    try:
        listening = _listening(vendor, pk, key)
        identity = _identity(listening, request)
    except Untrusted as why:
        log.warning("callback refused", connection=pk, why=str(why))
        return _refusal(request, 401, "authentication_failed", "This callback is not accepted.")
    except Retry as problem:
        log.warning("callback not checked", connection=pk, problem=str(problem))
        return _refusal(request, 503, "unavailable", "This callback can't be checked just now.")
    if _is_new(listening, identity) and listening.connection.is_enabled:
        hint(listening)
    return JsonResponse({"heard": True})


def _refusal(request: HttpRequest, status: int, code: str, message: str) -> HttpResponseBase:
    response = refusal(request, status, code, message, as_json=True)
    # Else Django logs the address, and with it the key.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _listening(vendor: str, pk: int, key: str) -> Listening:
    asked_for = Listening.objects.exclude(address="").select_related("connection")
    listening = asked_for.filter(connection_id=pk, connection__vendor=vendor).first()
    if not hmac.compare_digest((listening.key if listening else "").encode(), key.encode()) or not listening:
        raise Untrusted("nobody was asked to call this address")
    return listening


def _identity(listening: Listening, request: HttpRequest) -> str:
    callbacks = _callbacks_of(listening.connection)
    try:
        notice = callbacks.read(request.body)
    except ValueError as problem:
        raise Untrusted(f"not a callback: {type(problem).__name__}") from None
    for may_be_kept in (True, False):
        signing_key = _signing_key(listening, notice.key_url, may_be_kept)
        if signing_key and callbacks.is_genuine(signing_key, request.body, request.headers):
            return notice.identity
    raise Untrusted("the signature does not fit")


def _callbacks_of(link: Connection) -> Callbacks:
    connector = connectors().get(link.vendor)
    if connector is None or connector.callbacks is None:
        raise Untrusted("this vendor does not call")
    return connector.callbacks


def _signing_key(listening: Listening, url: str, may_be_kept: bool) -> str:
    """Empty where there is none that could be used."""
    now, keys = timezone.now(), listening.signing_keys
    kept = keys.filter(url=url).first()
    known = _readable(kept)
    if kept and kept.read_at > now - (KEY_KEPT if may_be_kept and known else KEY_PAUSE):
        return known
    if len(url) > LONGEST_URL or keys.filter(read_at__gt=now - KEY_PAUSE).count() >= KEYS_A_PAUSE:
        raise Untrusted("too many addresses of keys")
    fresh = SigningKey(listening=listening, url=url, read_at=now)
    try:
        fresh.key = _ask_for_key(listening.connection, url)
    finally:
        update = {"encrypted_key": fresh.encrypted_key, "read_at": now}
        keys.update_or_create(url=url, defaults=update)
    return fresh.key


def _ask_for_key(link: Connection, url: str) -> str:
    try:
        settings = connector_of(link).settings_model.model_validate(link.settings)
        return _callbacks_of(link).signing_key(settings, url)
    except Retry:
        raise
    except (SyncProblem, ValueError) as problem:
        raise Untrusted(f"no key: {problem}") from None


def _readable(kept: SigningKey | None) -> str:
    try:
        return kept.key if kept else ""
    except CredentialsUnreadable:
        return ""  # it is read again from where it came


def _is_new(listening: Listening, identity: str) -> bool:
    now, link = timezone.now(), listening.connection
    digest = sha256(identity.encode()).digest()
    heard, is_new = HeardCallback.objects.get_or_create(
        connection=link, digest=digest, defaults={"heard_at": now}
    )
    if not is_new and heard.heard_at < now - REMEMBERED:
        is_new = bool(HeardCallback.objects.filter(pk=heard.pk, heard_at=heard.heard_at).update(heard_at=now))
    if listening.heard_at is None or listening.heard_at < now - KEY_PAUSE:
        Listening.objects.filter(pk=listening.pk).update(heard_at=now)
    return is_new


def hint(listening: Listening) -> None:
    """Have a sync start in a moment, unless one waits already that will see the same changes."""
    now = timezone.now()
    nobody_waits = Q(hinted_at=None) | Q(hinted_at__lt=now - HINT_HOLDS)
    if not Listening.objects.filter(nobody_waits, pk=listening.pk).update(hinted_at=now):
        return
    asked = {"connection_id": listening.connection_id, "schema": current_schema()}
    try:
        sync_hinted.apply_async(
            kwargs=asked, countdown=HINT_WAITS_SECONDS, expires=HINT_HOLDS.total_seconds()
        )
    except OperationalError as problem:
        log.warning("hint lost", connection=listening.connection_id, problem=str(problem))
        Listening.objects.filter(pk=listening.pk).update(hinted_at=None)
