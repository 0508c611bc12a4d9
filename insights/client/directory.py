"""The list of clients: who takes how much time and how many tickets, each leading to its review."""

from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from config.access import Area, May, may
from config.sites import tenant_site
from connectors.models import RawCompany, RawTicket
from kpis.models import Finding, KpiBreakdown
from kpis.period import LENGTHS, Period

BILLABLE, OTHER = "billable_minutes", "non_billable_minutes"
ADDED = ("new_tickets", BILLABLE, OTHER)
WAITING = (Finding.Status.OPEN, Finding.Status.ACKNOWLEDGED)


@dataclass(frozen=True)
class Row:
    company: RawCompany
    open_now: int
    findings: int
    now: dict[str, float] = field(default_factory=dict)
    before: dict[str, float] = field(default_factory=dict)

    @property
    def hours(self) -> float:
        return _hours(self.now)

    @property
    def hours_before(self) -> float:
        return _hours(self.before)

    @property
    def billable_percent(self) -> float | None:
        return 100 * self.now.get(BILLABLE, 0) / 60 / self.hours if self.hours else None

    @property
    def new_tickets(self) -> float:
        return self.now.get("new_tickets", 0)

    @property
    def new_tickets_before(self) -> float:
        return self.before.get("new_tickets", 0)


def clients(request: HttpRequest) -> HttpResponse:
    if not may(request, May.VIEW, Area.FIGURES):
        raise PermissionDenied
    period, wanted = Period.asked_for(request), request.GET.get("q", "").strip()
    context = tenant_site.each_context(request) | {
        "title": _("Clients"),
        "rows": rows(period, wanted),
        "wanted": wanted,
        "asked": parse_qsl(period.asked),
        "period": period,
        "lengths": LENGTHS,
    }
    return TemplateResponse(request, "insights/client/directory.html", context)


def rows(period: Period, wanted: str = "") -> list[Row]:
    """Most hours first; of those with as many, in the order of names."""
    companies = RawCompany.objects.filter(deleted_at=None, name__icontains=wanted).order_by("name", "id")
    now, before = _sums(period), _sums(period.before)
    open_now, findings = _open_tickets(), _findings()
    found = [
        Row(
            company,
            open_now.get(company.external_id, 0),
            findings.get(company.external_id, 0),
            now.get(company.external_id, {}),
            before.get(company.external_id, {}),
        )
        for company in companies
    ]
    return sorted(found, key=lambda row: -row.hours)


def _sums(period: Period) -> dict[int | None, dict[str, float]]:
    cells = KpiBreakdown.objects.order_by().filter(
        kpi__in=("ticket_trends", "time_consumption"), metric__in=ADDED, kpi_date__range=period.range
    )
    found: dict[int | None, dict[str, float]] = defaultdict(dict)
    for company, metric, total in cells.values_list("company", "metric").annotate(Sum("numerator")):
        found[company][metric] = float(total)
    return found


def _open_tickets() -> dict[int | None, int]:
    waiting = RawTicket.objects.order_by().filter(
        record_type="ServiceTicket", is_closed=False, deleted_at=None, merged_into=None
    )
    return dict(waiting.values_list("company_id").annotate(Count("pk")))


def _findings() -> dict[int | None, int]:
    waiting = Finding.objects.order_by().filter(status__in=WAITING, company__isnull=False)
    return dict(waiting.values_list("company").annotate(Count("pk")))


def _hours(sums: dict[str, float]) -> float:
    return (sums.get(BILLABLE, 0) + sums.get(OTHER, 0)) / 60
