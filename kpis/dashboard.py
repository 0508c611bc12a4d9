"""The managers' first page: how the desk does, what is unusual, what to act on, how fresh it all is."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config.access import Area, May, may
from connectors import health
from connectors.health import Health
from connectors.models import Connection, SyncRun
from kpis import charts, names, totals, windows
from kpis.behind import behind
from kpis.cards import cards
from kpis.models import ComputeState, Finding, KpiDaily
from kpis.models.findings import BY_SEVERITY
from kpis.period import LENGTHS, Period
from kpis.quality.trusted import of_window
from kpis.windows import Efficiency
from tenants.models import TenantSettings

FINDINGS_SHOWN = 8
CLIENTS_SHOWN = 10
TO_LOOK_AT = [Finding.Status.OPEN, Finding.Status.ACKNOWLEDGED]


@dataclass(frozen=True)
class Step:
    """What has to be done before there are figures."""

    text: str
    is_done: bool
    url: str = ""


@dataclass(frozen=True)
class ClientBar:
    name: str
    hours: float
    url: str
    width: int
    billable_width: int


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    period = Period.asked_for(request)
    if not KpiDaily.objects.exists():
        return context | {"steps": first_steps(request), "freshness": freshness()}
    privacy = TenantSettings.load().privacy_mode
    days = KpiDaily.objects.filter(kpi_date__range=period.range).order_by("kpi_date")
    return context | {
        "period": period,
        "lengths": LENGTHS.values(),
        "cards": cards(
            totals.of_team(period),
            totals.of_team(period.before),
            period,
            of_window(period.since, period.until),
        ),
        "flow": charts.flow(list(days)),
        "clients": hours_of_clients(period),
        "technicians": technicians(period, privacy),
        "privacy": privacy,
        "findings": open_findings(),
        "freshness": freshness(),
        "computed": ComputeState.objects.first(),
    }


def hours_of_clients(period: Period, only: int | None = None) -> list[ClientBar]:
    rows = totals.hours_by_client(period, only)[:CLIENTS_SHOWN]
    found = names.companies(row.company for row in rows)
    longest = max((row.total for row in rows), default=0) or 1
    return [
        ClientBar(
            name=found.get(row.company, f"#{row.company}") if row.company else _("No client"),
            hours=row.total,
            url=behind("minutes", period.since, period.until, company_id=row.company) if row.company else "",
            width=round(1000 * row.total / longest),
            billable_width=round(1000 * row.billable / longest),
        )
        for row in rows
    ]


def technicians(period: Period, privacy: str) -> list[tuple[str, int, Efficiency]]:
    """By name, with the number of their page; nobody's row where technicians see only themselves."""
    if privacy == TenantSettings.Privacy.OWN_ONLY:
        return []
    rows = windows.technician_efficiency(period.since, period.until)
    found = names.technicians([row.technician for row in rows], privacy)
    named = [
        (
            found.get(row.technician or 0, f"#{row.technician}"),
            names.address_id(row.technician or 0, privacy),
            row,
        )
        for row in rows
    ]
    return sorted(named, key=lambda pair: pair[0])


def open_findings() -> list[Finding]:
    """Where technicians see only themselves, those that are about nobody."""
    findings = Finding.objects.filter(status__in=TO_LOOK_AT).annotate(rank=BY_SEVERITY)
    if TenantSettings.load().privacy_mode == TenantSettings.Privacy.OWN_ONLY:
        findings = findings.filter(technician=None)
    return list(findings.order_by("rank", "-last_seen", "-id")[:FINDINGS_SHOWN])


def freshness() -> list[tuple[Connection, Health]]:
    """Every connection and how it is."""
    connections = list(Connection.objects.all())
    return list(zip(connections, health.of_each(connections), strict=True))


def first_steps(request: HttpRequest) -> list[Step]:
    counts = Connection.objects.aggregate(all=Count("pk"), synced=Count("last_success_at"))
    running = SyncRun.objects.filter(status=SyncRun.Status.RUNNING).exists()
    may_connect = may(request, May.ADD, Area.CONNECTIONS)
    return [
        Step(
            _("Connect your ticket desk.") if may_connect else _("Ask an owner to connect your ticket desk."),
            is_done=bool(counts["all"]),
            url=reverse("admin:connectors_connection_add") if may_connect else "",
        ),
        Step(
            _("Wait for the first sync; it is running now.") if running else _("Start the first sync."),
            is_done=bool(counts["synced"]),
            url=reverse("admin:connectors_syncrun_changelist"),
        ),
        Step(_("The figures are computed after the sync, without your doing anything."), is_done=False),
    ]
