"""A client's agreements in force: what is booked on them, of which limit, what they bring and what is left of it.

Money that is not known is left out, never guessed: an agreement without an amount or with a cycle nobody knows has
no revenue, and what is charged by the hour comes on top of all this.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from kpis.cards import number
from kpis.due import Due
from kpis.facts.agreements import AGREEMENTS, cycle_start
from kpis.period import Period
from tenants.models import TenantSettings

ENDS_SOON = timedelta(days=60)
DAYS_A_MONTH = 365.25 / 12
LIMITS: dict[str, Any] = {
    "Hours": gettext_lazy("%(used)s of %(limit)s hours"),
    "Amount": gettext_lazy("%(used)s of %(limit)s in money"),
    "Incidents": gettext_lazy("%(used)s of %(limit)s tickets"),
}
# How many months a bill is for, by the desk's own names of cycles, in lower case.
MONTHS = {"monthly": 1, "quarterly": 3, "semi-annually": 6, "annually": 12, "yearly": 12}

IN_FORCE = f"""
SELECT
    raw.id AS row_id,
    agreement.source_id,
    agreement.id,
    raw.name,
    raw.type_name,
    GREATEST(agreement.starts_on, agreement.parent_starts_on) AS starts_on,
    agreement.over_on,
    agreement.limit_units,
    agreement.limit_amount,
    {cycle_start("agreement", "%(last_day)s::date")} AS cycle_since,
    raw.bill_amount,
    LOWER(raw.billing_cycle) AS billing_cycle
FROM ({AGREEMENTS}) AS agreement
JOIN raw_agreements AS raw ON raw.source_id = agreement.source_id AND raw.external_id = agreement.id
WHERE agreement.company_id = %(company)s
    AND COALESCE(GREATEST(agreement.starts_on, agreement.parent_starts_on) <= %(last_day)s, TRUE)
    AND COALESCE(agreement.over_on > %(since)s, TRUE)
"""  # noqa: S608 - joins our own fragments

ADDED = """
SELECT
    in_force.row_id,
    SUM(GREATEST(0, addition.quantity - COALESCE(addition.included_quantity, 0)) * addition.unit_price) AS amount
FROM in_force
JOIN raw_agreement_additions AS addition
    ON addition.source_id = in_force.source_id AND addition.agreement_id = in_force.id
WHERE addition.deleted_at IS NULL
    AND addition.bill_customer = 'Billable'
    AND COALESCE(addition.starts_on <= %(last_day)s, TRUE)
    AND COALESCE(addition.cancelled_on > %(last_day)s, TRUE)
GROUP BY in_force.row_id
"""

BOOKED = """
SELECT
    entry.source_id,
    COALESCE(entry.agreement_id, ticket.agreement_id) AS id,
    entry.ticket_id,
    (entry.started_at AT TIME ZONE %(zone)s)::date AS day,
    entry.minutes,
    CASE WHEN entry.hourly_rate > 0 THEN entry.hourly_rate ELSE settings.hourly_rate END AS rate
FROM raw_time_entries AS entry
CROSS JOIN tenants_tenantsettings AS settings
LEFT JOIN raw_tickets AS ticket
    ON ticket.source_id = entry.source_id AND ticket.external_id = entry.ticket_id
LEFT JOIN raw_members AS member
    ON member.source_id = entry.source_id AND member.external_id = entry.member_id
WHERE entry.started_at >= LEAST(%(starts_at)s, (SELECT MIN(cycle_since) FROM in_force)::timestamp AT TIME ZONE %(zone)s)
    AND entry.started_at < %(ends_at)s
    AND entry.company_id = %(company)s
    AND entry.deleted_at IS NULL
    AND member.is_automation IS NOT TRUE
"""

SELECT = f"""
WITH in_force AS MATERIALIZED ({IN_FORCE}),
added AS ({ADDED}),
booked AS MATERIALIZED ({BOOKED})
SELECT
    in_force.row_id,
    in_force.name,
    in_force.type_name,
    in_force.starts_on,
    in_force.over_on,
    in_force.limit_units,
    in_force.limit_amount::float,
    in_force.bill_amount::float,
    in_force.billing_cycle,
    added.amount::float,
    COALESCE(SUM(booked.minutes) FILTER (WHERE booked.day >= %(since)s), 0)::float / 60,
    COALESCE(SUM(booked.minutes) FILTER (WHERE booked.day < %(since)s AND booked.day >= %(before)s), 0)::float / 60,
    CASE in_force.limit_units
        WHEN 'Hours' THEN SUM(booked.minutes) FILTER (WHERE booked.day >= in_force.cycle_since) / 60
        WHEN 'Amount' THEN SUM(booked.minutes * booked.rate) FILTER (WHERE booked.day >= in_force.cycle_since) / 60
        WHEN 'Incidents' THEN COUNT(DISTINCT booked.ticket_id) FILTER (WHERE booked.day >= in_force.cycle_since)
    END::float
FROM in_force
LEFT JOIN added USING (row_id)
LEFT JOIN booked USING (source_id, id)
GROUP BY
    in_force.row_id, in_force.name, in_force.type_name, in_force.starts_on, in_force.over_on, in_force.limit_units,
    in_force.limit_amount, in_force.bill_amount, in_force.billing_cycle, added.amount
ORDER BY in_force.name, in_force.row_id
"""  # noqa: S608 - joins our own fragments


@dataclass(frozen=True)
class Agreement:
    """In force on a day of the period at least; hours are those booked on it or on its tickets."""

    row: int
    name: str
    type_name: str
    starts_on: date | None
    over_on: date | None  # the first day on which it does not hold any more
    limit_units: str | None
    limit: float | None
    bill_amount: float | None
    billing_cycle: str
    additions: float | None  # what is billed beside it in a cycle
    hours: float
    hours_before: float
    used: float | None  # of the limit, in the cycle that the period ends in
    period: Period

    @property
    def url(self) -> str:
        return reverse("admin:connectors_rawagreement_change", args=[self.row])

    @property
    def revenue(self) -> float | None:
        """Of the days of the period on which it was in force."""
        months = MONTHS.get(self.billing_cycle)
        amount = (self.bill_amount or 0) + (self.additions or 0)
        return amount / months * self._days / DAYS_A_MONTH if months and amount > 0 else None

    @property
    def _days(self) -> int:
        since = max(self.period.since, self.starts_on or self.period.since)
        until = min(self.period.until, self.over_on or self.period.until)
        return max(0, (until - since).days)

    @property
    def used_said(self) -> str:
        if not self.limit_units or not self.limit:
            return ""
        return str(LIMITS[self.limit_units]) % {
            "used": number(self.used or 0, 1),
            "limit": number(self.limit),
        }

    @property
    def used_percent(self) -> float | None:
        return 100 * (self.used or 0) / self.limit if self.limit_units and self.limit else None

    @property
    def last_day(self) -> date | None:
        return self.over_on - timedelta(days=1) if self.over_on else None

    @property
    def has_ended(self) -> bool:
        return self.over_on is not None and self.over_on <= self.period.until

    @property
    def ends_soon(self) -> bool:
        return (
            not self.has_ended and self.over_on is not None and self.over_on <= self.period.until + ENDS_SOON
        )


def agreements(company: int, period: Period) -> list[Agreement]:
    due = Due(((period.before.since, period.until),), TenantSettings.load().zone, timezone.now())
    about = {
        "company": company,
        "since": period.since,
        "before": period.before.since,
        "last_day": period.last_day,
    }
    with connection.cursor() as cursor:
        cursor.execute(SELECT, due.parameters | about)
        return [Agreement(*each) for each in ((*row, period) for row in cursor.fetchall())]
