"""Asks a connection's vendor to call us when something changes, asks it to stop, and sees whether it still would."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from connectors.base import Callbacks, Check, Client
from connectors.errors import StopStream, SyncProblem
from connectors.models import Connection, Listening
from connectors.registry import connector_of, open_client


def of(link: Connection) -> Listening | None:
    """Where the vendor was asked to call."""
    return Listening.objects.filter(connection=link).exclude(address="").first()


def start(link: Connection, origin: str) -> None:
    """Have the vendor call this server at `origin`, as in https://acme.example.com. Raises SyncProblem."""
    listening = Listening.objects.get_or_create(connection=link)[0]
    earlier = listening.address
    address = origin + reverse("callback", args=(link.vendor, link.pk, listening.key))
    # Known before the vendor is asked: it may call while we still wait for its answer.
    _remember(listening, address)
    try:
        with _opened(link) as (client, callbacks):
            callbacks.register(client, address, earlier)
    except BaseException:
        _remember(listening, earlier)
        raise


def stop(link: Connection) -> None:
    """What the vendor still says is not listened to, even where it can't be told. Raises SyncProblem."""
    if listening := of(link):
        _remember(listening, "")
        with _opened(link) as (client, callbacks):
            callbacks.withdraw(client, listening.address)


def check(link: Connection, client: Client) -> Check | None:
    """Nothing where nobody asked the vendor to call."""
    callbacks, listening = connector_of(link).callbacks, of(link)
    if callbacks is None or listening is None:
        return None
    name = _("Calls about changes")
    try:
        trouble = callbacks.trouble(client, listening.address)
    except SyncProblem as problem:
        trouble = str(problem)
    if trouble:
        return Check(name, ok=False, message=trouble)
    if listening.heard_at is None:
        return Check(name, ok=True, message=_("Registered. There has been no call yet."))
    return Check(name, ok=True, message=_("The last call came %s ago.") % timesince(listening.heard_at))


@contextmanager
def _opened(link: Connection) -> Iterator[tuple[Any, Callbacks]]:
    callbacks = connector_of(link).callbacks
    if callbacks is None:
        raise StopStream(_("This system does not tell of changes by itself."))
    client = open_client(link)
    try:
        yield client, callbacks
    finally:
        client.close()


def _remember(listening: Listening, address: str) -> None:
    Listening.objects.filter(pk=listening.pk).update(address=address)
