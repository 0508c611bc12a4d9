"""Marks the local days whose figures a change may touch: before it, for what was, and after it, for what is."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

from connectors.base import Key
from connectors.models import (
    DirtyDay,
    RawAgreement,
    RawAgreementCoverage,
    RawAlertEvent,
    RawChargeCode,
    RawMember,
    RawSecurityAlert,
    RawSurvey,
    RawSurveyQuestion,
    RawTicket,
    RawTicketNote,
    RawTimeEntry,
    RawVendorCustomer,
    RawWorkType,
)

Reason = DirtyDay.Reason

# The moment at which a row counts by itself, beside the days of its ticket.
OWN_MOMENT: dict[type[models.Model], str] = {
    RawTimeEntry: "started_at",
    RawTicketNote: "written_at",
    RawSurvey: "answered_at",
}

# Small tables that every day's figures look into: a change of these columns restates history.
RESTATING_COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    RawAgreement: (
        *("company_id", "parent_agreement_id", "covers_time", "bill_time"),
        *("starts_on", "ends_on", "is_cancelled", "cancelled_on"),
        *("limit_units", "limit_amount", "limit_cycle", "is_unlimited", "carries_over_unused"),
    ),
    RawAgreementCoverage: (
        *("agreement_id", "subject_id", "type_id", "hours_limit", "starts_on", "ends_on"),
    ),
    RawChargeCode: ("name",),
    RawMember: ("looks_automated", "identifier", "daily_capacity_hours"),
    RawSurveyQuestion: ("option_count",),
    RawVendorCustomer: ("parent_id",),  # whose company its alerts may go by
    RawWorkType: ("name", "bill_time"),
}

ZONE = "COALESCE((SELECT time_zone FROM tenants_tenantsettings WHERE id = 1), 'UTC')"

MARK_MOMENTS = """
INSERT INTO connectors_dirtyday (day, reason)
SELECT DISTINCT
    (part.moment AT TIME ZONE {zone})::date,
    %(reason)s
FROM ({moments}) AS part
WHERE part.moment IS NOT NULL
"""

TICKET_MOMENTS = """
    SELECT UNNEST(ARRAY[
        opened_at, closed_at, responded_at, respond_goal_at, plan_goal_at, resolve_goal_at
    ]) AS moment
    FROM raw_tickets
    WHERE source_id = %(source)s AND external_id = ANY({tickets})
    UNION ALL
    SELECT UNNEST(ARRAY[started_at, ended_at])
    FROM raw_ticket_spells
    WHERE source_id = %(source)s AND ticket_id = ANY({tickets})
    UNION ALL
    SELECT started_at
    FROM raw_time_entries
    WHERE source_id = %(source)s AND ticket_id = ANY({tickets})
    UNION ALL
    SELECT written_at
    FROM raw_ticket_notes
    WHERE source_id = %(source)s AND ticket_id = ANY({tickets})
    UNION ALL
    SELECT answered_at
    FROM raw_surveys
    WHERE source_id = %(source)s AND ticket_id = ANY({tickets})
"""

OWN_MOMENTS = """
    SELECT {moment} AS moment
    FROM {table}
    WHERE source_id = %(source)s AND external_id = ANY(%(ids)s)
"""

ALERT_MOMENTS = """
    SELECT UNNEST(ARRAY[detected_at, acknowledged_at, contained_at, resolved_at]) AS moment
    FROM raw_security_alerts
    WHERE source_id = %(source)s AND external_id = ANY({alerts})
    UNION ALL
    SELECT occurred_at
    FROM raw_alert_events
    WHERE source_id = %(source)s AND alert_id = ANY({alerts})
    UNION ALL
    SELECT entry.started_at
    FROM connectors_alertticketlink AS link
    JOIN raw_time_entries AS entry ON entry.ticket_id = link.ticket_id
    WHERE link.source_id = %(source)s AND link.alert_id = ANY({alerts})
"""

ALERTS_OF_EVENTS = (
    "ARRAY(SELECT alert_id FROM raw_alert_events WHERE source_id = %(source)s AND external_id = ANY(%(ids)s))"
)

TICKETS_OF_ROWS = """ARRAY(
        SELECT ticket_id
        FROM {table}
        WHERE source_id = %(source)s AND external_id = ANY(%(ids)s)
    )"""


def mark_everything(reason: Reason) -> None:
    DirtyDay.objects.create(day=None, reason=reason)


def mark_rows(table: type[models.Model], source: int, ids: Sequence[Key], reason: Reason) -> None:
    """The days these rows play a part in, as the tables stand now."""
    if not ids:
        return
    if table is RawTicket:
        mark_tickets(source, ids, reason)
    elif table is RawSecurityAlert:
        _mark(ALERT_MOMENTS.format(alerts="%(ids)s"), reason, source=source, ids=list(ids))
    elif table is RawAlertEvent:
        _mark(ALERT_MOMENTS.format(alerts=ALERTS_OF_EVENTS), reason, source=source, ids=list(ids))
    elif column := OWN_MOMENT.get(table):
        names = {"moment": connection.ops.quote_name(column), "table": quoted(table)}
        of_their_tickets = TICKET_MOMENTS.format(tickets=TICKETS_OF_ROWS.format(**names))
        moments = OWN_MOMENTS.format(**names) + "UNION ALL" + of_their_tickets
        _mark(moments, reason, source=source, ids=list(ids))


def mark_tickets(source: int, ids: Sequence[Key], reason: Reason) -> None:
    if ids:
        _mark(TICKET_MOMENTS.format(tickets="%(tickets)s"), reason, source=source, tickets=list(ids))


def quoted(table: type[models.Model]) -> str:
    return connection.ops.quote_name(table._meta.db_table)


def _mark(moments: str, reason: Reason, **parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MARK_MOMENTS.format(zone=ZONE, moments=moments), parameters | {"reason": reason})
