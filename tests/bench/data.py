"""A tenant with an invented desk, filled without any HTTP; days that come after; edits that come late."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, models

from connectors import dirty
from connectors.dirty import Reason
from connectors.models import (
    Connection,
    DirtyDay,
    RawSurvey,
    RawTicket,
    RawTicketEvent,
    RawTicketNote,
    RawTicketSpell,
    RawTimeEntry,
)
from tenants.models import TenantSettings
from tests import factories
from tests.bench import data_sql as sql
from tests.bench.desk import NOW, fresh_tenant

YEARS = 3
TICKETS, DAYS = 300_000, 365 * YEARS + 1
COMPANIES, TECHNICIANS, BOARDS, WORK_TYPES = 120, 25, 6, 8
OTHER_ENTRIES_PER_DAY = 5
FOREVER_AGO = datetime.min.replace(year=1900, tzinfo=NOW.tzinfo)

# Of each raw table: what its columns are made of, where from, and which rows fall between two moments.
FILLINGS: tuple[tuple[type[models.Model], dict[str, str], str, str], ...] = (
    (RawTicket, sql.TICKETS, sql.LIVES_AS_OF, sql.OPENED_BETWEEN),
    (
        RawTimeEntry,
        sql.ENTRIES,
        "bench_work AS work LEFT JOIN bench_lives AS life ON life.id = work.ticket_id",
        sql.WORK_BETWEEN,
    ),
    (RawTicketNote, sql.NOTES, sql.ANSWERS, sql.WRITTEN_BETWEEN),
    (RawTicketEvent, sql.HANDOVERS, "bench_lives AS life", sql.HANDED_BETWEEN),
    (RawSurvey, sql.SURVEYS, "bench_lives AS life", sql.ANSWERED_BETWEEN),
)


@dataclass(frozen=True)
class InventedDesk:
    source: int
    size: float

    def night(self, since: datetime, at: datetime) -> list[date]:
        """What a sync would bring of the time between, with its marks; returns the days marked."""
        moments = {"since": since, "at": at}
        changed = _ids(sql.CHANGED_TICKETS, moments)
        dirty.mark_tickets(self.source, changed, Reason.CHANGE)
        _execute("DELETE FROM raw_tickets WHERE external_id = ANY(%(ids)s)", {"ids": changed})
        _fill(RawTicket, sql.TICKETS, sql.LIVES_AS_OF, "life.id = ANY(%(ids)s)", moments | {"ids": changed})
        _refill_spells(moments)
        dirty.mark_tickets(self.source, changed, Reason.CHANGE)
        for table, columns, origin, between in FILLINGS:
            _fill(table, columns, origin, between, moments)
        for table, column in (
            (RawTicket, "opened_at"),
            (RawTimeEntry, "started_at"),
            (RawTicketNote, "written_at"),
            (RawSurvey, "answered_at"),
        ):
            fresh = table._default_manager.filter(**{f"{column}__gt": since, f"{column}__lte": at})
            dirty.mark_rows(
                table, self.source, list(fresh.values_list("external_id", flat=True)), Reason.ARRIVAL
            )
        return _marked()

    def late_edits(self, share: float, days: int) -> list[date]:
        """Edits of a share of all rows, all of them of the last days; returns the days marked."""
        for table, moment, edit in (
            (RawTimeEntry, "started_at", sql.LATE_ENTRIES),
            (RawTicket, "opened_at", sql.LATE_TICKETS),
        ):
            wanted = max(1, round(share * table._default_manager.count()))
            spread = sql.SPREAD.format(moment=moment, table=table._meta.db_table)
            ids = _ids(spread, {"since": NOW - timedelta(days=days), "at": NOW, "wanted": wanted})
            dirty.mark_rows(table, self.source, ids, Reason.CHANGE)
            _execute(edit, {"ids": ids})
            dirty.mark_rows(table, self.source, ids, Reason.CHANGE)
        return _marked()


@contextmanager
def invented_desk(name: str, size: float) -> Iterator[InventedDesk]:
    """Inside a fresh tenant whose raw tables stand as they did at NOW; a day more is up its sleeve."""
    with fresh_tenant(name):
        source = factories.connection("Desk", last_success_at=NOW)
        _small_tables()
        _draw(size)
        moments = {"since": FOREVER_AGO, "at": NOW}
        for table, columns, origin, between in FILLINGS:
            _fill(table, columns, origin, between, moments)
        _refill_spells(moments)
        dirty.mark_everything(Reason.ARRIVAL)
        _execute("ANALYZE", {})
        yield InventedDesk(source.id, size)


def _small_tables() -> None:
    for number in range(TECHNICIANS):
        factories.member(101 + number, f"Technician {number}", daily_capacity_hours=8 if number % 3 else None)
    factories.member(191, "Robot", identifier="robot", looks_automated=True)
    for number in range(BOARDS):
        factories.board(1 + number, f"Board {1 + number}")
    for number in range(WORK_TYPES):
        factories.work_type(
            1 + number, f"Work type {1 + number}", bill_time=("Billable", "DoNotBill", "NoCharge")[number % 3]
        )
    for number in range(COMPANIES):
        factories.company(1001 + number, f"Company {number}")
        factories.agreement(1001 + number, f"Agreement {number}", bill_time=("", "Billable")[number % 2])
    for number in range(BOARDS):
        factories.charge_code(1 + number, f"Internal {number}")
    factories.question(50, options=5)
    factories.question(51, options=11)
    for year in range(NOW.year - YEARS, NOW.year + 1):
        for day in ("01-01", "07-01", "12-25"):
            factories.holiday(f"{year}-{day}")


def _draw(size: float) -> None:
    drawing = {
        "tickets_per_day": TICKETS / DAYS * size,
        "other_entries_per_day": OTHER_ENTRIES_PER_DAY * size,
        "first_day": NOW.date() - timedelta(days=DAYS - 1),
        "last_day": NOW.date() + timedelta(days=2),
        "companies": COMPANIES,
        "technicians": TECHNICIANS,
        "zone": TenantSettings.load().time_zone,
    }
    _execute("SELECT SETSEED(0.7)", {})
    for statement in (sql.LIVES, sql.WORK):
        _execute(statement, drawing)
    _execute("ANALYZE bench_lives", {})
    _execute("ANALYZE bench_work", {})


def _fill(
    table: type[models.Model], columns: dict[str, str], origin: str, where: str, parameters: dict[str, Any]
) -> None:
    values = columns | {"source_id": str(_source())} | _defaults(table, {*columns, "source_id"})
    _execute(
        f"INSERT INTO {table._meta.db_table} ({', '.join(values)}) "
        f"SELECT {', '.join(values.values())} FROM {origin} WHERE {where}",
        parameters,
    )


def _defaults(table: type[models.Model], given: set[str]) -> dict[str, str]:
    """For columns without a default of the database's own."""
    missing = [
        field
        for field in table._meta.concrete_fields
        if field.column not in given
        and not (field.null or field.primary_key or field.generated or field.has_db_default())
    ]
    return {
        str(field.column): {"JSONField": "'[]'::jsonb", "IntegerField": "0"}.get(
            field.get_internal_type(), "''"
        )
        for field in missing
    }


def _refill_spells(moments: dict[str, datetime]) -> None:
    RawTicketSpell.objects.all().delete()
    _fill(RawTicketSpell, sql.SPELLS, sql.LIVES_TWICE, sql.REOPENED_BEFORE, moments)


def _source() -> int:
    return Connection.objects.values_list("id", flat=True).get()


def _marked() -> list[date]:
    return sorted({day for day in DirtyDay.objects.values_list("day", flat=True) if day})


def _ids(statement: str, parameters: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [id_ for (id_,) in cursor.fetchall()]


def _execute(statement: str, parameters: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
