"""All tickets for and against an improvement project: a page at a time, or all as CSV."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from config.access import Area, May, may
from config.sites import tenant_site
from insights import proposal_numbers as numbers
from insights.board.evidence import Behind, Line, rows_of, tickets_behind
from insights.models import Proposal
from kpis import names
from kpis.cards import count, duration
from kpis.kpi_page.spreadsheet import as_csv

PER_PAGE = 50
COLUMNS = ["ticket", "subject", "client", "opened", "stance", "minutes_booked", "minutes_counted"]


@dataclass(frozen=True)
class Shown:
    """A line in words."""

    pk: int
    number: int
    subject: str
    client: str
    opened_at: datetime | None
    stance: str
    said: Any
    booked: str
    counted: str


def evidence(request: HttpRequest, pk: int) -> TemplateResponse:
    proposal = _asked_for(request, pk)
    behind = tickets_behind(proposal)
    sort, stance = request.GET.get("sort", ""), request.GET.get("stance", "")
    page = Paginator(_chosen(behind.lines, sort, stance), PER_PAGE).get_page(request.GET.get("page"))
    told = tenant_site.each_context(request) | {
        "title": _("Tickets behind a project"),
        "proposal": proposal,
        "facts": _facts(behind),
        "has_changed": behind.has_changed,
        "was": [count(behind.was_tickets), numbers.hours(behind.was_hours)],
        "page": page,
        "rows": list(_shown(list(page.object_list))),
        "stances": [("", _("All"), len(behind.lines)), *_stances(behind)],
        "sort": sort,
        "stance": stance,
    }
    return TemplateResponse(request, "insights/board_evidence.html", told)


def evidence_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    proposal = _asked_for(request, pk)
    return as_csv([COLUMNS, *_rows(tickets_behind(proposal).lines)], f"project-{proposal.pk}-tickets")


def _asked_for(request: HttpRequest, pk: int) -> Proposal:
    if not may(request, May.VIEW, Area.PROPOSALS):
        raise PermissionDenied
    return get_object_or_404(Proposal.objects.select_related("topic"), pk=pk)


def _chosen(lines: Iterable[Line], sort: str, stance: str) -> list[Line]:
    chosen = [line for line in lines if stance in ("", line.stance)]
    return sorted(chosen, key=lambda line: -(line.booked_minutes or 0)) if sort == "booked" else chosen


def _stances(behind: Behind) -> list[tuple[str, str, int]]:
    words = _said()
    counts = {stance: sum(line.stance == stance for line in behind.lines) for stance in words}
    return [(stance, words[stance], number) for stance, number in counts.items() if number]


def _said() -> dict[str, str]:
    return {"for": _("For"), "against": _("Against"), "example": _("Only an example")}


def _facts(behind: Behind) -> list[tuple[str, str]]:
    since, last_day = behind.period.since, behind.period.until - timedelta(days=1)
    return [
        (_("Weeks looked at"), f"{numbers.day(since)} – {numbers.day(last_day)}"),
        (_("Tickets counted"), count(len(behind.counted))),
        (_("Booked on them"), numbers.hours(behind.booked_hours)),
        (_("Of which count"), numbers.hours(behind.counted_hours)),
        (_("That is, a month"), numbers.hours(behind.hours_per_month)),
    ]


def _shown(lines: Sequence[Line]) -> Iterator[Shown]:
    rows, clients = rows_of(line.ticket for line in lines), names.companies(line.company for line in lines)
    words = _said()
    for line in lines:
        if row := rows.get(line.ticket):
            yield Shown(
                pk=row.pk,
                number=row.external_id,
                subject=row.summary,
                client=clients.get(line.company or 0, ""),
                opened_at=row.opened_at,
                stance=line.stance,
                said=words[line.stance],
                booked=duration(line.booked_minutes),
                counted=duration(line.counted_minutes),
            )


def _rows(lines: Sequence[Line]) -> Iterator[list[Any]]:
    rows, clients = rows_of(line.ticket for line in lines), names.companies(line.company for line in lines)
    for line in lines:
        if row := rows.get(line.ticket):
            yield [
                row.external_id,
                row.summary,
                clients.get(line.company or 0, ""),
                row.opened_at.isoformat() if row.opened_at else "",
                line.stance,
                line.booked_minutes,
                line.counted_minutes,
            ]
