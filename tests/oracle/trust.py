"""How much of what the figures rest on is amiss: the ratio checks of trust."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction

from tests.oracle.agreement_mismatch import knows_agreements
from tests.oracle.desk import Desk
from tests.oracle.entries import Entry
from tests.oracle.figures import Breakdown, Key, Number, Sums, minutes_between
from tests.oracle.handled import finally_closed
from tests.oracle.limits import grouped
from tests.oracle.tickets import Ticket
from tests.oracle.verdicts import NO_AGREEMENT, NOT_JUDGED, parts_of

KPI = "trust"
LONGEST_ENTRY_MINUTES = 16 * 60
OVERLAP_REACH = timedelta(hours=24)
HISTORY_REACH = timedelta(days=90)
A_DAY = timedelta(days=1)

Check = tuple[str, Number, Number]  # name, wrong, of


def breakdown(desk: Desk, days: list[date]) -> Breakdown:
    sums = Sums()
    for day, ticket, (name, wrong, of) in checks_of_tickets(desk):
        row = ticket.row
        key = Key(KPI, name, day, row["company_id"], ticket.technician_id, row["board_id"])
        sums.add(key, wrong, of)
    for entry, (name, wrong, of) in checks_of_entries(desk):
        key = Key(KPI, name, entry.day, entry.company_id, entry.member_id, entry.board_id)
        sums.add(key, wrong, of)
    for company, moment, (name, wrong, of) in checks_of_alerts(desk):
        sums.add(Key(KPI, name, desk.clock.local_day(moment), company), wrong, of)
    return sums.rows(days)


def checks_of_tickets(desk: Desk) -> Iterator[tuple[date, Ticket, Check]]:
    for ticket in desk.tickets:
        opened_on = desk.clock.local_day(ticket.opened_at)
        yield opened_on, ticket, ("no_type", int(not ticket.row["type_name"]), 1)
    for ticket, day in finally_closed(desk):
        for name, is_wrong in checks_of_closure(ticket, desk):
            yield day, ticket, (name, int(is_wrong), 1)


def checks_of_closure(ticket: Ticket, desk: Desk) -> Iterator[tuple[str, bool]]:
    yield "no_owner", ticket.technician_id is None and not ticket.is_decided
    yield "no_time", ticket.human_minutes <= 0
    yield "absurd_duration", ticket.ttr_minutes is None
    yield "no_history", is_before_history(ticket, desk)


def is_before_history(ticket: Ticket, desk: Desk) -> bool:
    """Closed long before the desk was connected, so that nobody saw what happened on the way."""
    made = {row["id"]: row["created_at"] for row in desk.tables.connections}
    connected = made.get(ticket.row["source_id"])
    assert ticket.last_closure is not None
    return connected is not None and ticket.last_closure < connected - HISTORY_REACH


def checks_of_entries(desk: Desk) -> Iterator[tuple[Entry, Check]]:
    entries = [entry for entry in desk.entries if not entry.is_automation]
    for entry in entries:
        yield entry, ("long_entry", int(is_too_long(entry)), 1)
        yield entry, ("no_member", int(not desk.people.is_known(entry.member)), 1)
        if entry.row["entered_at"]:
            entered_on = desk.clock.local_day(entry.row["entered_at"])
            yield entry, ("late_entry", int(entered_on > entry.day + A_DAY), 1)
    yield from overlaps(entries)
    if knows_agreements(desk):
        yield from without_agreement(desk)


def is_too_long(entry: Entry) -> bool:
    ended: datetime | None = entry.row["ended_at"]
    return entry.minutes > LONGEST_ENTRY_MINUTES or (ended is not None and ended < entry.started_at)


def overlaps(entries: list[Entry]) -> Iterator[tuple[Entry, Check]]:
    ended = [entry for entry in entries if entry.row["ended_at"]]
    for member, own in grouped(ended, lambda entry: entry.member).items():
        for entry in own:
            rivals = [other for other in own if member and is_just_before(other, entry)]
            yield entry, ("overlap", shared_minutes(entry, rivals), entry.minutes)


def is_just_before(other: Entry, entry: Entry) -> bool:
    return other.in_order < entry.in_order and other.started_at >= entry.started_at - OVERLAP_REACH


def shared_minutes(entry: Entry, earlier: list[Entry]) -> Fraction:
    """They began before it, so together they run from its start to the latest of their ends."""
    latest = max((other.row["ended_at"] for other in earlier), default=entry.started_at)
    shared = minutes_between(entry.started_at, min(latest, entry.row["ended_at"]))
    return max(Fraction(0), min(shared, entry.minutes))


def without_agreement(desk: Desk) -> Iterator[tuple[Entry, Check]]:
    for entry, parts in grouped(parts_of(desk), lambda part: part.entry).items():
        verdicts = {part.verdict for part in parts}
        if not verdicts & set(NOT_JUDGED):
            yield entry, ("no_agreement", int(NO_AGREEMENT in verdicts), 1)


def checks_of_alerts(desk: Desk) -> Iterator[tuple[int | None, datetime, Check]]:
    for alert in desk.alerts:
        company, detected = alert.company_id, alert.detected_at
        yield company, detected, ("unmapped_alert", int(company is None), 1)
        is_guessed = alert.row["severity_source"] == "derived" or alert.row["severity"] == "unknown"
        yield company, detected, ("derived_severity", int(is_guessed), 1)
        if alert.resolved_at:
            yield company, alert.resolved_at, ("estimated", int(alert.row["resolved_is_estimated"]), 1)
