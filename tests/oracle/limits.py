"""How much of what an agreement covers goes beyond its limits."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from tests.oracle.agreements import Agreements, Work
from tests.oracle.cycles import cycle_before, cycle_start
from tests.oracle.entries import Entry
from tests.oracle.people import identity
from tests.oracle.tables import Row

Group = TypeVar("Group", bound=Hashable)
Item = TypeVar("Item")
Over = tuple[Work, Fraction]
SUBJECTS = {"work_type": "work_type_id", "work_role": "work_role_id"}
NOTHING = Fraction(0)


def grouped(items: Iterable[Item], key: Callable[[Item], Group]) -> dict[Group, list[Item]]:
    groups: dict[Group, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def minutes_over(
    agreement: Row, works: Iterable[Work], agreements: Agreements, hourly_rate: Decimal
) -> dict[Entry, Fraction]:
    """Of all entries that one agreement covers; the larger overrun where several limits are passed."""
    worked = sorted((work for work in works if work.entry.minutes > 0), key=lambda work: work.entry.in_order)
    by_cycle = grouped(worked, lambda work: cycle_start(agreement, work.day))
    over: dict[Entry, Fraction] = defaultdict(Fraction)
    for start, in_cycle in by_cycle.items():
        carried = carried_minutes(agreement, by_cycle, start)
        overruns = [*over_own_limit(agreement, in_cycle, carried, hourly_rate)]
        overruns += over_listed_limits(agreement, in_cycle, agreements)
        for work, minutes in overruns:
            over[work.entry] = max(over[work.entry], minutes)
    return over


def carried_minutes(agreement: Row, by_cycle: dict[date, list[Work]], start: date) -> Fraction:
    before = cycle_before(agreement, start)
    if before is None or not agreement["carries_over_unused"]:
        return NOTHING
    used = sum((work.entry.minutes for work in by_cycle.get(before, [])), NOTHING)
    return max(NOTHING, 60 * Fraction(agreement["limit_amount"] or 0) - used)


def over_own_limit(
    agreement: Row, works: list[Work], carried: Fraction, hourly_rate: Decimal
) -> Iterator[Over]:
    limit, units = agreement["limit_amount"], agreement["limit_units"]
    if agreement["is_unlimited"] or limit is None or limit <= 0:
        return
    if units == "Hours":
        yield from over_minutes(works, 60 * Fraction(limit) + carried)
    if units == "Amount":
        yield from over_money(works, Fraction(limit), hourly_rate)
    if units == "Incidents":
        yield from over_incidents(works, Fraction(limit))


def over_minutes(works: list[Work], allowed: Fraction) -> Iterator[Over]:
    used = NOTHING
    for work in works:
        used += work.entry.minutes
        yield work, min(work.entry.minutes, max(NOTHING, used - allowed))


def over_money(works: list[Work], allowed: Fraction, hourly_rate: Decimal) -> Iterator[Over]:
    used = NOTHING
    for work in works:
        if used >= allowed:
            yield work, work.entry.minutes
        used += work.entry.minutes / 60 * rate_of(work.entry, hourly_rate)


def over_incidents(works: list[Work], allowed: Fraction) -> Iterator[Over]:
    """A ticket keeps the place that its first entry has in the cycle."""
    places: dict[object, int] = {}
    for work in works:
        place = places.setdefault(work.entry.ticket, len(places))
        if place >= allowed:
            yield work, work.entry.minutes


def over_listed_limits(agreement: Row, works: list[Work], agreements: Agreements) -> Iterator[Over]:
    """Of work types and roles that have hours of their own."""
    limited: dict[tuple[str, object], list[Work]] = defaultdict(list)
    hours: dict[tuple[str, object], Fraction] = {}
    for work in works:
        for row in listed_with_hours(agreement, work, agreements):
            name: tuple[str, object] = (row["kind"], identity(row))
            limited[name].append(work)
            hours[name] = Fraction(row["hours_limit"])
    for name, of_row in limited.items():
        yield from over_minutes(of_row, 60 * hours[name])


def listed_with_hours(agreement: Row, work: Work, agreements: Agreements) -> Iterator[Row]:
    for kind, column in SUBJECTS.items():
        for row in agreements.in_force(agreement, kind, work.day):
            is_its_own = row["subject_id"] is None or row["subject_id"] == work.entry.row[column]
            if is_its_own and row["hours_limit"] is not None and row["hours_limit"] > 0:
                yield row


def rate_of(entry: Entry, hourly_rate: Decimal) -> Fraction:
    own = entry.row["hourly_rate"]
    return Fraction(own if own is not None and own > 0 else hourly_rate)
