"""A tenant's whole desk, read once, and the days it has figures for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.oracle.alerts import Alert, read_alerts
from tests.oracle.clock import Clock, days_between
from tests.oracle.entries import Entry, read_entries
from tests.oracle.people import People
from tests.oracle.surveys import Survey, read_surveys
from tests.oracle.tables import Tables
from tests.oracle.tickets import Ticket, read_tickets

LONGEST_HISTORY = timedelta(days=3653)


@dataclass(frozen=True)
class Desk:
    now: datetime
    clock: Clock
    people: People
    entries: list[Entry]
    tickets: list[Ticket]
    surveys: list[Survey]
    alerts: list[Alert]
    tables: Tables

    @property
    def today(self) -> date:
        return self.clock.local_day(self.now)

    def days(self) -> list[date]:
        """From the first day that anything happened to today."""
        first = min(self._eventful_days(), default=None)
        if first is None:
            return []
        return list(days_between(max(first, self.today - LONGEST_HISTORY), self.today))

    def _eventful_days(self) -> Iterator[date]:
        for ticket in self.tickets:
            for moment in (ticket.opened_at, *ticket.closures, *ticket.reopenings):
                yield self.clock.local_day(moment)
        yield from (entry.day for entry in self.entries)
        yield from (survey.day for survey in self.surveys)
        yield from (self.clock.local_day(alert.detected_at) for alert in self.alerts)


def read_desk(tables: Tables, now: datetime) -> Desk:
    clock, people = Clock.of(tables), People(tables)
    entries = read_entries(tables, clock, people)
    tickets = read_tickets(tables, clock, people, entries)
    return Desk(
        now=now,
        clock=clock,
        people=people,
        entries=entries,
        tickets=tickets,
        surveys=read_surveys(tables, clock, tickets),
        alerts=read_alerts(tables),
        tables=tables,
    )
