"""How a connection is: working, late, failing by itself, or waiting for a person."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from connectors.crypto import CredentialsUnreadable
from connectors.errors import StopStream
from connectors.models import Connection

# Three of the five-minute rounds, and some patience for long syncs.
LATE_AFTER = timedelta(minutes=30)


def remember(link: Connection, problems: Sequence[Exception], message: str) -> None:
    """What the last sync came to."""
    now = timezone.now()
    link.status = _status(problems)
    link.status_message = message
    link.failing_since = (link.failing_since or now) if problems else None
    if not problems:
        link.last_success_at = now
    link.save(update_fields=["status", "status_message", "failing_since", "last_success_at"])


def _status(problems: Sequence[Exception]) -> Connection.Status:
    """What stops a stream tells people what to do; everything else passes by itself."""
    if any(isinstance(problem, StopStream | CredentialsUnreadable) for problem in problems):
        return Connection.Status.ATTENTION
    return Connection.Status.FAILING if problems else Connection.Status.OK


def is_late(link: Connection) -> bool:
    if not link.is_enabled or link.status != Connection.Status.OK or link.last_success_at is None:
        return False
    return timezone.now() - link.last_success_at > LATE_AFTER
