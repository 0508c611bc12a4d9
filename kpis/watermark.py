"""What the figures were last computed from, and whether they still hold without computing anything."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import connection

from connectors.models import DirtyDay, RawAgreement
from kpis import lexicon
from kpis.base import Run
from kpis.calendar import local_day
from kpis.models import ComputeState, KpiDaily
from kpis.quality.definition import TRUST
from kpis.registry import definition_version, facts
from kpis.sources import with_sources
from tenants.models import Holiday, TenantSettings

Reason = DirtyDay.Reason
THIRD = 21  # of a fingerprint, in characters
PARTS = range(0, 3 * THIRD, THIRD)

# The figures know as much as the connection that was heard from longest ago.
DATA_AS_OF = "(SELECT MIN(last_success_at) FROM connectors_connection WHERE is_enabled)"

LABELS = """
SELECT topic_id, kind, source, value
FROM topic_labels
WHERE kind IN ('training_need', 'sales_signal')
ORDER BY topic_id, kind, source
"""

HOLDS = """
SELECT id
FROM kpis_computestate
WHERE id = 1
    AND fingerprint = %(fingerprint)s
    AND computed_at <= %(now)s
    AND computed_until = %(today)s
    AND (holds_until IS NULL OR holds_until >= %(now)s)
    AND EXISTS (SELECT FROM kpi_daily WHERE kpi_date = %(today)s)
    AND NOT EXISTS (SELECT FROM connectors_dirtyday)
"""

CONFIRM = f"""
WITH confirmed AS (
    UPDATE kpis_computestate
    SET computed_at = %(now)s
    WHERE id IN ({HOLDS})
    RETURNING computed_until
)
UPDATE kpi_daily
SET computed_at = %(now)s, data_as_of = {DATA_AS_OF}
FROM confirmed
WHERE kpi_date = confirmed.computed_until
"""  # noqa: S608 - joins our own fragments


def settings_fingerprint(settings: TenantSettings) -> str:
    """Changes whenever figures computed before would come out differently today; its thirds say by what."""
    return _digest(_chosen(settings)) + _digest(_known()) + _digest(_said_of_topics())


def _chosen(settings: TenantSettings) -> list[Any]:
    """Definitions and settings."""
    return [
        definition_version(),
        TRUST.version,
        settings.time_zone,
        settings.working_hours,
        settings.late_entry_days,
        settings.anomaly_rule,
        settings.anomaly_threshold,
        f"{settings.hourly_rate:.2f}",
        sorted(settings.companies_without_agreement),
        settings.agreement_lists_are_complete,
        settings.alert_sla_hours,
        settings.labels_from,
        sorted(lexicon.active()),
        [str(day) for day in Holiday.objects.values_list("day", flat=True)],
    ]


def _known() -> list[Any]:
    """What there is data of at all, where that decides whether a figure is 0 or unknown."""
    with connection.cursor() as cursor:
        cursor.execute(with_sources("SELECT EXISTS (SELECT FROM alert)"))
        (has_alerts,) = cursor.fetchone()
    return [RawAgreement.objects.exists(), has_alerts]


def _said_of_topics() -> list[Any]:
    """Labels are given to topics, and so to tickets of any day."""
    with connection.cursor() as cursor:
        cursor.execute(LABELS)
        return list(cursor.fetchall())


def _digest(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:THIRD]


def reasons_of_change(fingerprint: str) -> set[str]:
    """Why figures come out differently under another fingerprint than the one they were computed with."""
    before = ComputeState.objects.values_list("fingerprint", flat=True).first() or ""
    reasons: set[str] = set()
    chosen, known, said = (before[at : at + THIRD] != fingerprint[at : at + THIRD] for at in PARTS)
    if said:
        reasons.add(Reason.TOPIC)
    if known:
        reasons.add(Reason.LOOKUP)
    if chosen:
        same_version = KpiDaily.objects.filter(definition_version=definition_version()).exists()
        reasons.add(Reason.SETTINGS if same_version else Reason.DEFINITION)
    return reasons


def holds(now: datetime, settings: TenantSettings, fingerprint: str) -> bool:
    """Whether a compute could only come to the figures there are: the day, the settings and the data are the same."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDS, _moment(now, settings, fingerprint))
        return cursor.fetchone() is not None


def confirm(now: datetime, settings: TenantSettings, fingerprint: str) -> bool:
    """If the figures hold, say of them that they are as of now."""
    with connection.cursor() as cursor:
        cursor.execute(CONFIRM, _moment(now, settings, fingerprint))
        return bool(cursor.rowcount)


def _moment(now: datetime, settings: TenantSettings, fingerprint: str) -> dict[str, Any]:
    return {"now": now, "today": local_day(now, settings.zone), "fingerprint": fingerprint}


def remember(now: datetime, run: Run | None, fingerprint: str) -> None:
    ComputeState.objects.update_or_create(
        id=1,
        defaults={
            "computed_at": now,
            "computed_until": run.today if run else None,
            "holds_until": _holds_until(run) if run else None,
            "fingerprint": fingerprint,
        },
    )


def _holds_until(run: Run) -> datetime | None:
    moments = []
    with connection.cursor() as cursor:
        for fact in facts():
            if fact.holds_until_sql:
                cursor.execute(with_sources(fact.holds_until_sql), run.parameters)
                moments += [moment for (moment,) in cursor.fetchall() if moment]
    return min(moments, default=None)
