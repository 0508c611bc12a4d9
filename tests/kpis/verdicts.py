"""Verdicts on time entries, straight from the fact that judges them."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from kpis.calendar import refresh_calendar
from kpis.due import Due
from kpis.facts.agreement_verdicts import VERDICTS
from kpis.registry import in_order
from kpis.sources import with_sources
from tenants.models import TenantSettings
from tests import factories
from tests.factories import at

NOW = at("2026-06-30 18:00")
Verdict = tuple[str, Decimal]


def verdicts(since: str = "2026-01-01", until: str = "2026-07-01") -> dict[int, list[Verdict]]:
    """Of each entry the verdicts on its minutes, COVERED first."""
    due = Due(((date.fromisoformat(since), date.fromisoformat(until)),), TenantSettings.load().zone, NOW)
    statement = with_sources("SELECT id, segment, minutes FROM verdicts", due, in_order([VERDICTS]))
    found: dict[int, list[Verdict]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, due.parameters)
        for entry, verdict, minutes in sorted(cursor.fetchall()):
            found.setdefault(entry, []).append((verdict, minutes.normalize()))
    return found


def verdict(entry_id: int) -> str:
    (only,) = verdicts()[entry_id]
    return only[0]


def know_the_calendar() -> None:
    refresh_calendar(TenantSettings.load(), NOW.date(), has_changed=True)


def agreement(external_id: int = 5, **fields: Any) -> None:
    """Of company 12, since January, for all time."""
    defaults: dict[str, Any] = {"company_id": 12, "covers_time": True, "starts_on": "2026-01-01"}
    factories.agreement(external_id, **defaults | fields)
