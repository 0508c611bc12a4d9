"""Findings of KPI 01 from tickets and time: problems that recur, and work that agreements leave out."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _

from kpis import coverage_gaps, names, offers
from kpis.base import Found
from kpis.coverage_gaps import MEDIUM_BEYOND, severity
from kpis.facts.asked_for import ASKED_FOR
from kpis.holding import Held, first_day, grouped, held, in_frame, rows_of, some
from kpis.models import KpiBreakdown
from kpis.outside_work import CENT, Total, Work, work_outside
from tenants.models import TenantSettings

OPENED = "SELECT id, kpi_date, company, board, segment FROM asked_for WHERE tickets IS NOT NULL"


class Opened(NamedTuple):
    """A ticket on the day it was opened."""

    id: int
    day: date
    company: int
    board: int | None
    subject: str


def find(today: date) -> Iterator[Found]:
    with translation.override(TenantSettings.load().language):
        yield from _recurring(today)
        yield from _outside(today)
        yield from coverage_gaps.find(today)


def _recurring(today: date) -> Iterator[Found]:
    tickets = (Opened(*row) for row in rows_of(ASKED_FOR, OPENED, today))
    groups = grouped(((one.company, one.board, one.subject), one) for one in tickets)
    when = {key: held(((one.day, 1) for one in some), today, MEDIUM_BEYOND) for key, some in groups.items()}
    minutes = _subject_minutes(today)
    known, abouts = _names(groups), offers.abouts(subject for _company, _board, subject in groups)
    for key, days in when.items():
        if days:
            ids = [one.id for one in groups[key] if days.covers(one.day)]
            worked = Decimal(in_frame(minutes[key], days))
            yield _recurring_found(key, abouts[key[2]], days, ids, worked, known)


def _recurring_found(
    key: tuple[int, int | None, str],
    about: offers.About,
    when: Held,
    tickets: list[int],
    minutes: Decimal,
    known: names.Names,
) -> Found:
    company, board, subject = key
    settings = TenantSettings.load()
    words = {
        "client": known.company(company),
        "n": len(tickets),
        "subject": about.name,
        "board": known.board(board),
    }
    title = (
        _("%(client)s opened %(n)s tickets about %(subject)s in 30 days")
        if subject
        else _("%(client)s opened %(n)s tickets without a type in 30 days")
    )
    return Found(
        identity=f"recurring:{company}:{board or ''}:{subject}"[:200],
        title=(title % words)[:300],
        severity=severity(len(tickets)),
        first_seen=when.first,
        last_seen=when.last,
        company=company,
        board=board,
        subject=about.name,
        weight=Decimal(len(tickets)),
        minutes_at_stake=minutes,
        money_at_stake=(minutes * settings.hourly_rate / 60).quantize(CENT),
        evidence={
            "tickets": len(tickets),
            "ticket_ids": some(tickets),
            "minutes": float(minutes),
            **about.evidence(settings.labels_from),
        },
    )


def _outside(today: date) -> Iterator[Found]:
    work = work_outside(today)
    by_entry = grouped(((one.company, one.board), one) for one in work)
    groups = grouped(
        ((company, board), (day, ticket)) for (company, board, day, ticket) in _ticket_days(work) if company
    )
    known = _names(groups)
    for (company, board), tickets in groups.items():
        if when := held(((day, 1) for day, _ticket in tickets), today, MEDIUM_BEYOND):
            ids = [ticket for day, ticket in tickets if when.covers(day)]
            total = Total(one for one in by_entry.get((company, board), []) if when.covers(one.day))
            yield _outside_found(company, board, when, ids, total, known)


def _ticket_days(work: list[Work]) -> Iterator[tuple[int | None, int | None, date, int]]:
    """As the metric counts them: tickets on the days on which some minutes were outside."""
    minutes: dict[tuple[int | None, int | None, date, int], Decimal] = defaultdict(Decimal)
    for one in work:
        minutes[one.company_of_ticket, one.board_of_ticket, one.day, one.ticket] += one.minutes
    return (key for key, total in minutes.items() if total > 0)


def _outside_found(
    company: int, board: int | None, when: Held, tickets: list[int], total: Total, known: names.Names
) -> Found:
    ids = set(tickets)
    words = {"client": known.company(company), "n": len(ids), "board": known.board(board) or _("no board")}
    title = _("%(n)s tickets of %(client)s on %(board)s were outside its agreement in 30 days") % words
    return Found(
        identity=f"outside:{company}:{board or ''}",
        title=title[:300],
        severity=severity(len(tickets)),
        first_seen=when.first,
        last_seen=when.last,
        company=company,
        board=board,
        weight=Decimal(len(tickets)),
        minutes_at_stake=total.minutes,
        money_at_stake=total.value,
        evidence={
            **total.evidence(),
            "tickets": len(ids),
            "ticket_ids": some(ids),
            "sell": _("An agreement that covers this work"),
        },
    )


def _subject_minutes(today: date) -> dict[tuple[int, int | None, str], list[tuple[date, Decimal]]]:
    cells = KpiBreakdown.objects.filter(
        kpi="agreement_mismatch",
        metric="subject_minutes",
        kpi_date__range=(first_day(today), today),
        company__isnull=False,
    )
    found: dict[tuple[int, int | None, str], list[tuple[date, Decimal]]] = defaultdict(list)
    columns = ("company", "board", "segment", "kpi_date", "numerator")
    for company, board, subject, day, minutes in cells.order_by().values_list(*columns):
        found[company, board, subject].append((day, minutes))
    return found


def _names(groups: Any) -> names.Names:
    companies, boards = {key[0] for key in groups}, {key[1] for key in groups}
    return names.Names(names.companies(companies), names.boards(boards), {})
