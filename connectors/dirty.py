"""Marks the local days whose figures a change may touch: before it, for what was, and after it, for what is."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

from connectors.models import (
    DirtyDay,
    RawAgreement,
    RawChargeCode,
    RawMember,
    RawSurvey,
    RawSurveyQuestion,
    RawTicket,
    RawTicketNote,
    RawTimeEntry,
    RawWorkType,
)
from tenants.models import TenantSettings

# The moment at which a row counts by itself, beside the days of its ticket.
OWN_MOMENT: dict[type[models.Model], str] = {
    RawTimeEntry: "started_at",
    RawTicketNote: "written_at",
    RawSurvey: "answered_at",
}

# Small tables that every day's figures look into: a change of these columns restates history.
RESTATING_COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    RawAgreement: ("bill_time",),
    RawChargeCode: ("name",),
    RawMember: ("looks_automated", "identifier", "daily_capacity_hours"),
    RawSurveyQuestion: ("option_count",),
    RawWorkType: ("name", "bill_time"),
}

MARK_TICKETS = """
INSERT INTO connectors_dirtyday (day)
SELECT DISTINCT
    (part.moment AT TIME ZONE %(zone)s)::date
FROM (
    SELECT UNNEST(ARRAY[
        opened_at, closed_at, responded_at, respond_goal_at, plan_goal_at, resolve_goal_at
    ]) AS moment
    FROM raw_tickets
    WHERE source_id = %(source)s AND external_id = ANY(%(tickets)s)
    UNION ALL
    SELECT UNNEST(ARRAY[started_at, ended_at])
    FROM raw_ticket_spells
    WHERE source_id = %(source)s AND ticket_id = ANY(%(tickets)s)
    UNION ALL
    SELECT started_at
    FROM raw_time_entries
    WHERE source_id = %(source)s AND ticket_id = ANY(%(tickets)s)
    UNION ALL
    SELECT written_at
    FROM raw_ticket_notes
    WHERE source_id = %(source)s AND ticket_id = ANY(%(tickets)s)
    UNION ALL
    SELECT answered_at
    FROM raw_surveys
    WHERE source_id = %(source)s AND ticket_id = ANY(%(tickets)s)
) AS part
WHERE part.moment IS NOT NULL
"""

MARK_ROWS = """
INSERT INTO connectors_dirtyday (day)
SELECT DISTINCT
    ({moment} AT TIME ZONE %(zone)s)::date
FROM {table}
WHERE source_id = %(source)s AND external_id = ANY(%(ids)s)
"""


def mark_everything() -> None:
    DirtyDay.objects.create(day=None)


def mark_rows(table: type[models.Model], source: int, ids: Sequence[int]) -> None:
    """The days these rows play a part in, as the tables stand now."""
    if not ids:
        return
    if table is RawTicket:
        mark_tickets(source, ids)
    elif moment := OWN_MOMENT.get(table):
        name = connection.ops.quote_name
        statement = MARK_ROWS.format(moment=name(moment), table=name(table._meta.db_table))
        _execute(statement, source=source, ids=list(ids))
        mark_tickets(source, _tickets_of(table, source, ids))


def mark_tickets(source: int, ids: Sequence[int]) -> None:
    if ids:
        _execute(MARK_TICKETS, source=source, tickets=list(ids))


def _tickets_of(table: type[models.Model], source: int, ids: Sequence[int]) -> list[int]:
    # An array, because Django spends longer on a thousand placeholders than PostgreSQL on the query.
    statement = "SELECT DISTINCT ticket_id FROM {} WHERE source_id = %s AND external_id = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(statement.format(connection.ops.quote_name(table._meta.db_table)), [source, list(ids)])
        return [ticket_id for (ticket_id,) in cursor.fetchall() if ticket_id is not None]


def _execute(statement: str, **parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters | {"zone": TenantSettings.load().time_zone})
