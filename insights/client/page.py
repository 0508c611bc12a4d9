"""The review of one client: every section of the page, made from the figures of a period and the one before."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.access import Area, May, may
from config.sites import tenant_site
from connectors import company_merges
from connectors.models import RawCompany
from insights.client import hours, tickets
from insights.client.agreements import agreements
from insights.client.backlog import backlog
from insights.client.cells import Cells
from insights.client.machines import machines
from insights.client.margin import money
from insights.client.outside import outside
from insights.client.projects import projects
from insights.client.security import alerts
from insights.client.speed import resolved
from insights.client.summary import summary
from insights.client.topics import topics
from insights.client.training import training
from insights.client.ways import Ways
from kpis import names
from kpis.models import Finding
from kpis.models.findings import BY_SEVERITY
from kpis.period import LENGTHS, Period
from kpis.segments import topic_of
from tenants.models import TenantSettings

WAITING = (Finding.Status.OPEN, Finding.Status.ACKNOWLEDGED)
FOR_CLIENT = "client"
FINDINGS_SHOWN = 10
FOUND_BY = {
    "opportunities": ("sales_opportunities",),
    "training_findings": ("client_training",),
    "outside_findings": ("agreement_mismatch",),
    "security_findings": ("soc",),
    "unusual": ("ticket_trends",),
}


def client(request: HttpRequest, number: int) -> HttpResponse:
    if not may(request, May.VIEW, Area.FIGURES):
        raise PermissionDenied
    company = RawCompany.objects.filter(external_id=number).order_by("-deleted_at", "source").first()
    if (company is None or company.deleted_at) and (into := company_merges.went_to(number)):
        return _led_on(request, company, into)
    if company is None:
        raise Http404
    period = Period.asked_for(request)
    context = tenant_site.each_context(request) | {
        "title": company.name,
        "company": company,
        "period": period,
        "lengths": LENGTHS,
        "is_internal": request.GET.get("for") != FOR_CLIENT,
        "settings": TenantSettings.load(),
        "today": timezone.localdate(),
        **review(Ways(number, period)),
    }
    return TemplateResponse(request, "insights/client/page.html", context)


def review(ways: Ways) -> dict[str, Any]:
    company, period = ways.company, ways.period
    cells, speed = Cells.of(company, period), resolved(company, period)
    known, waiting, findings = _topic_names(cells), backlog(ways, cells.whole), found(company)
    return {
        "is_empty": cells.are_empty,
        "sentences": summary(cells, speed, waiting, known),
        "ticket_cards": tickets.cards(cells, speed, waiting, ways),
        "volume": tickets.volume(cells.now, waiting, ways),
        "backlog": waiting,
        "hour_cards": hours.cards(cells, ways),
        "hour_tables": hours.tables(cells, known, ways),
        "technicians": hours.technicians(cells, ways),
        "money": money(agreements(company, period), cells),
        "outside": outside(cells, ways),
        "outside_url": ways.behind("outside_agreements"),
        "topics": topics(cells, known, ways),
        "training": training(cells, known, findings["training_findings"], ways),
        "alerts": alerts(cells, ways),
        "machines": machines(ways),
        "projects": projects(company, known),
        **findings,
    }


def found(company: int) -> dict[str, list[Finding]]:
    """What waits for somebody to act on it, by the section it belongs to, the most urgent first."""
    waiting = Finding.objects.filter(company=company, status__in=WAITING, technician=None)
    rows: list[Any] = list(waiting.annotate(rank=BY_SEVERITY).order_by("rank", "-weight", "-id"))
    return {
        name: [row for row in rows if row.kpi in kpis][:FINDINGS_SHOWN] for name, kpis in FOUND_BY.items()
    }


def _topic_names(cells: Cells) -> dict[str, str]:
    """By the topics' ids, as segments have them."""
    whole = cells.whole
    subjects = {topic_of(subject) for subject in whole.by_segment("training_share")}
    topics = {int(segment) for segment in whole.by_segment("topic_tickets", "topic_minutes")}
    return {str(number): name for number, name in names.topics(subjects | topics).items()}


def _led_on(request: HttpRequest, gone: RawCompany | None, into: int) -> HttpResponse:
    name = gone.name if gone else _("This client")
    messages.info(request, _("%s was merged into this client at the ticket desk.") % name)
    return redirect("admin:client", into)
