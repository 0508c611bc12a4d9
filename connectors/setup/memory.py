"""What an owner has just done and waits for: it is kept with the session, because afterwards nobody needs it."""

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from connectors.base import Check

STARTED, CHECKS = "setup_started", "setup_checks"
# A worker takes up work at once; who has waited so long should know that there may be none.
SUSPICIOUS = timedelta(seconds=15)
PATIENCE = timedelta(minutes=10)


def start(request: HttpRequest, work: str) -> None:
    started = request.session.get(STARTED, {})
    request.session[STARTED] = started | {work: timezone.now().isoformat()}


def begun(request: HttpRequest, work: str) -> datetime | None:
    """When it was started here; None once that is too long ago to wait for."""
    moment = request.session.get(STARTED, {}).get(work)
    found = datetime.fromisoformat(moment) if moment else None
    return found if found and timezone.now() - found < PATIENCE else None


def keep_checks(request: HttpRequest, connection_id: int, checks: list[Check]) -> None:
    told = [[str(check.name), check.ok, str(check.message)] for check in checks]
    request.session[CHECKS] = request.session.get(CHECKS, {}) | {str(connection_id): told}


def checks_of(request: HttpRequest, connection_id: int) -> list[Check]:
    told = request.session.get(CHECKS, {}).get(str(connection_id), [])
    return [Check(name, ok=ok, message=message) for name, ok, message in told]
