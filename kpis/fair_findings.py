"""Findings of KPIs 09 and 03: who needs attention, and in which work somebody would gain from training.

Titles name nobody: whose finding it is says its technician, who is shown as the privacy mode allows. Where
technicians see only themselves there are no such findings at all.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from kpis import names
from kpis.base import Found
from kpis.compared import DOMAIN_FRAME_DAYS, FRAME_DAYS
from kpis.comparison import Comparison, DomainWork, Measure, compared, domain_works
from kpis.models import KpiBreakdown
from kpis.slowest import slowest_tickets
from tenants.models import TenantSettings

GRACE_DAYS = 7
LOOK_BACK_DAYS = 90
HIGH_RATIO, HIGH_TRAINING_RATIO = 1.5, 2.0
RATIO_STEP = 25  # of 100 × a ratio, to be worth another look
MONTHS_IN_DOMAIN_FRAME = 3
MOST_TICKETS = 200
Key = tuple[int, int | None, str]  # technician, board, type


@dataclass(frozen=True)
class Held:
    """The days of the present stretch on which a rule held."""

    first: date
    last: date


def needing_attention(today: date) -> Iterable[Found]:
    settings = TenantSettings.load()
    if settings.privacy_mode == settings.Privacy.OWN_ONLY:
        return
    held = _held(today, Q(kpi="tech_comparison", metric="tier", numerator=-1))
    with translation.override(settings.language):
        for last, keys in _by_last_day(held):
            since, until = _frame(last, FRAME_DAYS)
            people = {one.technician: one for one in compared(since, until)}
            tickets = slowest_tickets({key[0] for key in keys}, since, until)
            for key in keys:
                if one := people.get(key[0]):
                    of_all = [slow.id for slow in tickets[one.technician]]
                    yield _attention(one, held[key], of_all, settings)


def needing_training(today: date) -> Iterable[Found]:
    settings = TenantSettings.load()
    if settings.privacy_mode == settings.Privacy.OWN_ONLY:
        return
    held = _held(today, Q(kpi="tech_training"))
    boards = names.boards(key[1] for key in held)
    with translation.override(settings.language):
        for last, keys in _by_last_day(held):
            since, until = _frame(last, DOMAIN_FRAME_DAYS)
            works = {(one.technician, *one.domain): one for one in domain_works(since, until)}
            tickets = slowest_tickets({key[0] for key in keys}, since, until)
            for key in keys:
                of_domain = [one.id for one in tickets[key[0]] if (one.board, one.type_name) == key[1:]]
                if work := works.get(key):
                    yield _training(work, held[key], of_domain, boards.get(key[1] or 0, ""), settings)


def _attention(one: Comparison, held: Held, tickets: Collection[int], settings: TenantSettings) -> Found:
    is_slow = one.handling.low > 1
    measure = one.handling if is_slow else one.reopening
    title = (
        _("%(percent)s %% more time than colleagues on the same kind of tickets")
        if is_slow
        else _("Tickets come back %(percent)s %% more often than those of colleagues on the same work")
    )
    return _found(
        f"attention:{one.technician}",
        title % {"percent": _percent_above(measure)},
        "high" if measure.ratio >= HIGH_RATIO else "medium",
        held,
        measure,
        _stake(one.minutes - one.expected_minutes, settings),
        evidence=_evidence(
            held,
            FRAME_DAYS,
            {"handling": one.handling, "reopen": one.reopening},
            tickets if settings.names_technicians else (),
        ),
        technician=one.technician,
    )


def _training(
    work: DomainWork, held: Held, tickets: Collection[int], board: str, settings: TenantSettings
) -> Found:
    kind = work.flagged[0]
    measure = work.measures[kind]
    domain = " / ".join(filter(None, (board, work.domain[1]))) or _("Tickets without a type")
    titles = {
        "handling": _(
            "%(domain)s: training would help, %(percent)s %% more time than colleagues on the same work"
        ),
        "reopen": _(
            "%(domain)s: training would help, tickets come back %(percent)s %% more often than usual"
        ),
        "escalation": _("%(domain)s: training would help, %(percent)s %% more tickets passed on than usual"),
    }
    is_grave = measure.ratio > HIGH_TRAINING_RATIO or len(work.flagged) > 1
    return _found(
        f"training:{work.technician}:{work.domain[0] or ''}:{work.domain[1]}",
        titles[kind] % {"domain": domain, "percent": _percent_above(measure)},
        "high" if is_grave else "medium",
        held,
        measure,
        _stake((work.minutes - work.expected_minutes) / MONTHS_IN_DOMAIN_FRAME, settings),
        evidence=_evidence(
            held, DOMAIN_FRAME_DAYS, work.measures, tickets if settings.names_technicians else ()
        ),
        technician=work.technician,
        board=work.domain[0],
        subject=domain,
    )


def _found(
    identity: str,
    title: str,
    severity: Literal["high", "medium"],
    held: Held,
    measure: Measure,
    stake: tuple[Decimal, Decimal],
    **about: Any,
) -> Found:
    return Found(
        identity=identity,
        title=title,
        severity=severity,
        first_seen=held.first,
        last_seen=held.last,
        weight=round(100 * Decimal(measure.ratio), 2),
        weight_step=RATIO_STEP,
        minutes_at_stake=stake[0],
        money_at_stake=stake[1],
        **about,
    )


def _evidence(
    held: Held, frame_days: int, measures: Mapping[str, Measure], tickets: Iterable[int]
) -> dict[str, Any]:
    """Tickets are told only where technicians are named: the desk says of each whose it is."""
    since, until = _frame(held.last, frame_days)
    told = {
        name: {key: round(value, 4) for key, value in asdict(one).items()} for name, one in measures.items()
    }
    return {
        "since": str(since),
        "until": str(until),
        "measures": told,
        "ticket_ids": list(tickets)[:MOST_TICKETS],
    }


def _stake(minutes: float, settings: TenantSettings) -> tuple[Decimal, Decimal]:
    """A month's, and what it costs; being faster than expected is worth nothing here."""
    lost = round(Decimal(max(minutes, 0.0)), 2)
    return lost, round(lost / 60 * settings.loaded_hourly_cost, 2)


def _percent_above(measure: Measure) -> int:
    return round(100 * (measure.ratio - 1))


def _frame(last: date, days: int) -> tuple[date, date]:
    return last - timedelta(days=days - 1), last + timedelta(days=1)


def _held(today: date, rule: Q) -> dict[Key, Held]:
    """Whom a rule holds for today, or held for not longer ago than a threshold may flicker."""
    rows = KpiBreakdown.objects.filter(rule, kpi_date__gt=today - timedelta(days=LOOK_BACK_DAYS)).order_by()
    days: dict[Key, set[date]] = defaultdict(set)
    for technician, board, segment, day in rows.values_list("technician", "board", "segment", "kpi_date"):
        if technician is not None:
            days[technician, board, segment].add(day)
    found = {key: _stretch(sorted(some)) for key, some in sorted(days.items(), key=repr)}
    return {key: held for key, held in found.items() if (today - held.last).days <= GRACE_DAYS}


def _stretch(days: list[date]) -> Held:
    """The last run of days without a gap that would have ended it."""
    first = days[-1]
    for day in reversed(days[:-1]):
        if (first - day).days > GRACE_DAYS + 1:
            break
        first = day
    return Held(first, days[-1])


def _by_last_day(held: Mapping[Key, Held]) -> Iterator[tuple[date, list[Key]]]:
    groups: dict[date, list[Key]] = defaultdict(list)
    for key, one in held.items():
        groups[one.last].append(key)
    yield from sorted(groups.items())
