"""Findings of KPI 12: machines with one alert after the other, and severe alerts that are open beyond their goal."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connectors.models import Device, RawSecurityAlert, RawVendorCustomer
from kpis import names
from kpis.base import Fact, Found
from kpis.calendar import day_start
from kpis.facts.detected_alerts import RECURRING_ALERTS, SURE_ENOUGH
from kpis.facts.handled_alerts import ALERT_TIME
from kpis.holding import MAX_IDS, Held, grouped, held, rows_of
from kpis.sources import with_sources
from tenants.models import TenantSettings

MANY_ALERTS = 5
SEVERE = ("critical", "high")
CENT = Decimal("0.01")

HOST_ALERTS = Fact(
    "host_alerts",
    f"""
    SELECT
        alert.external_id AS id,
        (alert.detected_at AT TIME ZONE %(zone)s)::date AS kpi_date,
        alert.company,
        alert.source_id,
        alert.customer_id,
        alert.host,
        alert.severity,
        alert.verdict,
        link.ticket_id,
        link.method
    FROM due
    JOIN alert ON alert.detected_at >= due.starts_at AND alert.detected_at < due.ends_at
    LEFT JOIN connectors_alertticketlink AS link
        ON link.source_id = alert.source_id
        AND link.alert_id = alert.external_id
        AND link.confidence >= {SURE_ENOUGH}
    WHERE alert.host <> ''
    """,  # noqa: S608 - made of our own constant
    thing="alert",
)
ON_HOSTS = """
SELECT id, kpi_date, company, source_id, customer_id, host, severity, verdict, ticket_id, method
FROM host_alerts
"""
WORKED = "SELECT ticket_id, kpi_date, minutes FROM alert_time"

OVERDUE = f"""
SELECT
    alert.company,
    alert.severity,
    ARRAY_AGG(alert.external_id ORDER BY alert.detected_at, alert.id),
    MIN(alert.detected_at)
FROM alert
JOIN tenants_tenantsettings AS settings ON settings.id = 1
WHERE alert.status <> 'resolved'
    AND alert.severity IN {SEVERE}
    AND alert.detected_at + (settings.alert_sla_hours ->> alert.severity)::numeric * INTERVAL '1 hour' < %(moment)s
GROUP BY alert.company, alert.severity
ORDER BY alert.company, alert.severity
"""  # noqa: S608 - made of our own constant

Machine = tuple[str, str]  # the company, or the connection and the vendor's customer; and the host


class Alert(NamedTuple):
    id: str
    day: date
    company: int | None
    source: int
    customer: str
    host: str
    severity: str
    verdict: str
    ticket: int | None
    method: str | None

    @property
    def machine(self) -> Machine:
        whose = f"{self.source}/{self.customer}" if self.company is None else str(self.company)
        return whose, self.host

    @property
    def is_severe(self) -> bool:
        return self.severity in SEVERE and self.verdict != "false_positive"


class Work(NamedTuple):
    ticket: int
    day: date
    minutes: Decimal


def find(today: date) -> Iterator[Found]:
    with translation.override(TenantSettings.load().language):
        yield from _recurring(today)
        yield from _overdue(today)


def _recurring(today: date) -> Iterator[Found]:
    alerts = [Alert(*row) for row in rows_of(HOST_ALERTS, ON_HOSTS, today)]
    machines = grouped((one.machine, one) for one in alerts)
    found = {
        machine: when
        for machine, on_it in machines.items()
        if (when := held(((one.day, 1) for one in on_it), today, beyond=RECURRING_ALERTS - 1))
    }
    if not found:
        return
    work = [Work(*row) for row in rows_of(ALERT_TIME, WORKED, today)]
    named, devices = _clients(alerts), _devices(one.company for one in alerts)
    for machine, when in found.items():
        on_it = [one for one in machines[machine] if when.covers(one.day)]
        yield _on_machine(machine, when, on_it, work, named[machine[0]], devices.get(machine, []))


def _on_machine(
    machine: Machine, when: Held, alerts: list[Alert], work: Iterable[Work], client: str, devices: list[int]
) -> Found:
    whose, host = machine
    tickets = {one.ticket for one in alerts}
    minutes = sum((one.minutes for one in work if one.ticket in tickets and when.covers(one.day)), Decimal(0))
    is_high = len(alerts) >= MANY_ALERTS or any(one.is_severe for one in alerts)
    words = {"host": host, "client": client, "n": len(alerts)}
    return Found(
        identity=f"host:{whose}:{host}"[:200],
        title=(_("%(host)s of %(client)s had %(n)s alerts in 30 days") % words)[:300],
        severity="high" if is_high else "medium",
        company=alerts[0].company,
        subject=host,
        weight=Decimal(len(alerts)),
        first_seen=when.first,
        last_seen=when.last,
        minutes_at_stake=minutes,
        money_at_stake=(minutes / 60 * TenantSettings.load().loaded_hourly_cost).quantize(CENT),
        evidence={
            "alert_ids": sorted({one.id for one in alerts})[:MAX_IDS],
            "device_ids": devices,
            "links": {one.id: [one.ticket, one.method] for one in alerts[:MAX_IDS] if one.ticket},
        },
    )


def _overdue(today: date) -> Iterator[Found]:
    zone = TenantSettings.load().zone
    moment = min(timezone.now(), day_start(today + timedelta(days=1), zone))
    with connection.cursor() as cursor:
        cursor.execute(with_sources(OVERDUE), {"moment": moment})
        rows = cursor.fetchall()
    clients = names.companies(company for company, *_rest in rows)
    for company, severity, ids, since in rows:
        client = _("unmapped clients") if company is None else clients.get(company, f"#{company}")
        yield _open_too_long(company, client, severity, ids, since, moment, today)


def _open_too_long(
    company: int | None,
    client: str,
    severity: str,
    ids: list[str],
    since: datetime,
    moment: datetime,
    today: date,
) -> Found:
    words = {
        "n": len(ids),
        "severity": RawSecurityAlert.Severity(severity).label.lower(),
        "client": client,
        "time": _length(moment - since),
    }
    title = ngettext(
        "%(n)s alert of %(client)s (%(severity)s) is open beyond its goal, for %(time)s",
        "%(n)s alerts of %(client)s (%(severity)s) are open beyond their goal, the oldest for %(time)s",
        len(ids),
    )
    return Found(
        identity=f"overdue:{'' if company is None else company}:{severity}",
        title=(title % words)[:300],
        severity="high" if severity == "critical" else "medium",
        company=company,
        weight=Decimal(len(ids)),
        first_seen=today,
        last_seen=today,
        evidence={"alert_ids": ids[:MAX_IDS], "alerts": len(ids), "since": since.isoformat()},
    )


def _length(span: timedelta) -> str:
    """In hours, or from two days on in days."""
    hours = int(span / timedelta(hours=1))
    if span >= timedelta(days=2):
        return ngettext("%(n)s day", "%(n)s days", span.days) % {"n": span.days}
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}


def _clients(alerts: Iterable[Alert]) -> dict[str, str]:
    """Names by company, or by the vendor's customer while that is unmapped."""
    known = list(alerts)
    companies = names.companies(one.company for one in known)
    unmapped = {one.customer for one in known if one.company is None}
    customers = RawVendorCustomer.objects.filter(external_id__in=unmapped)
    by_customer = {(each.source_id, each.external_id): str(each) for each in customers}
    return {
        one.machine[0]: by_customer.get((one.source, one.customer), one.customer)
        if one.company is None
        else companies.get(one.company, f"#{one.company}")
        for one in known
    }


def _devices(companies: Iterable[int | None]) -> dict[Machine, list[int]]:
    known = Device.objects.filter(company_id__in={each for each in companies if each is not None})
    rows = known.order_by("id").values_list("id", "company_id", "hostname")
    return grouped(
        ((str(company), hostname.partition(".")[0].lower()), number) for number, company, hostname in rows
    )
