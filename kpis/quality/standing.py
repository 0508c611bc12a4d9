"""What speaks against figures as of now: connections that were not read, devices of nobody, what drifted unseen.

It is judged when a grade is shown and stored nowhere, so it is over the moment it is put right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Self

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from connectors.models import Connection, Device, RawSecurityAlert, RawTicket, RawVendorCustomer, SyncRun
from kpis.calendar import day_start, local_day
from kpis.quality.checks import DRIFT, STALE, UNMAPPED_DEVICE, WHOLE_DESK, Reason, judged
from tenants.models import TenantSettings

OLD, TOO_OLD = timedelta(hours=2), timedelta(hours=24)
SECURITY = ("01", "12")  # 01 for its coverage gaps
ALERTS_ONLY = ("12",)
# Streams with a nightly comparison that not every KPI of their vendor reads.
READ_BY = {
    "time_entries": ("01", "03", "04", "05", "06", "07", "08", "09", "10", "12"),
    "agreements": ("01", "04", "05", "07"),
    "companies": (),
    "threats": ALERTS_ONLY,
    "star_alerts": ALERTS_ONLY,
    "unified_alerts": ALERTS_ONLY,
    "alerts": ALERTS_ONLY,
    "incidents": (),
}


@dataclass(frozen=True)
class Source:
    """A connection in use, and which KPIs read it: known by what it has brought so far."""

    id: int
    name: str
    last_success_at: datetime | None
    is_desk: bool
    is_security: bool

    @property
    def readers(self) -> tuple[str, ...]:
        return (WHOLE_DESK if self.is_desk else ()) + (SECURITY if self.is_security else ())


@dataclass(frozen=True)
class Standing:
    """Looked up once for any number of KPIs and days."""

    now: datetime
    settings: TenantSettings
    sources: tuple[Source, ...]
    devices: tuple[int, int]  # of no client, of all
    sweeps: tuple[tuple[int, str, int, int], ...]  # connection, stream, differing, seen

    @classmethod
    def look(cls) -> Self:
        return cls(timezone.now(), TenantSettings.load(), _sources(), _devices(), _sweeps())

    @property
    def today(self) -> date:
        return local_day(self.now, self.settings.zone)

    def against(self, number: str, day: date) -> list[Reason]:
        """What speaks against a KPI's figures of a day. Only today's say anything of devices and drift."""
        found = [self._stale(number, day)]
        if day >= self.today:
            found += [self._unmapped(number), self._drift(number)]
        return [reason for reason in found if reason]

    def against_now(self, number: str, last_day: date) -> list[Reason]:
        """The same of figures of several days up to the last, as they are shown now."""
        found = (self._stale(number, last_day), self._unmapped(number), self._drift(number))
        return [reason for reason in found if reason]

    def drifted(self) -> tuple[int, int]:
        """What the last comparisons found to differ, of all that they saw."""
        return sum(one[2] for one in self.sweeps), sum(one[3] for one in self.sweeps)

    def behind(self) -> list[Source]:
        """The connections that were not read lately."""
        return [source for source in self.sources if self._missed(source, self.today)]

    def _stale(self, number: str, day: date) -> Reason | None:
        read = [source for source in self.sources if number in source.readers]
        missed = [miss for source in read if (miss := self._missed(source, day))]
        return Reason(STALE, Decimal(len(missed)), Decimal(len(read)), "bad" in missed) if missed else None

    def _missed(self, source: Source, day: date) -> str:
        """Today may be a little behind; a day that is over has to have been read to its end."""
        heard = source.last_success_at
        if day < self.today:
            end = day_start(day + timedelta(days=1), self.settings.zone)
            return "bad" if heard is None or heard < end else ""
        if heard is None or self.now - heard >= TOO_OLD:
            return "bad"
        return "warn" if self.now - heard >= OLD else ""

    def _unmapped(self, number: str) -> Reason | None:
        if number not in UNMAPPED_DEVICE.lowers:
            return None
        return judged(UNMAPPED_DEVICE, *map(Decimal, self.devices))

    def _drift(self, number: str) -> Reason | None:
        readers = {source.id: source.readers for source in self.sources}
        found = [
            judged(DRIFT, Decimal(differing), Decimal(seen))
            for source, stream, differing, seen in self.sweeps
            if number in READ_BY.get(stream, readers.get(source, ())) and number in readers.get(source, ())
        ]
        return max(filter(None, found), key=lambda reason: reason.percent, default=None)


def _sources() -> tuple[Source, ...]:
    def has(table: type[RawTicket | RawSecurityAlert | RawVendorCustomer]) -> Exists:
        return Exists(table._default_manager.filter(source=OuterRef("pk")))

    rows = Connection.objects.filter(is_enabled=True).annotate(
        is_desk=has(RawTicket), is_security=Q(has(RawVendorCustomer)) | Q(has(RawSecurityAlert))
    )
    return tuple(
        Source(*row) for row in rows.values_list("id", "name", "last_success_at", "is_desk", "is_security")
    )


def _devices() -> tuple[int, int]:
    counts: Mapping[str, int] = Device.objects.aggregate(
        unmapped=Count("pk", filter=Q(company_id=None)), all=Count("pk")
    )
    return counts["unmapped"], counts["all"]


def _sweeps() -> tuple[tuple[int, str, int, int], ...]:
    """The last one of each stream that was finished."""
    done = SyncRun.objects.filter(mode=SyncRun.Mode.SWEEP, status=SyncRun.Status.OK)
    last = done.order_by("connection_id", "stream", "-started_at", "-id").distinct("connection_id", "stream")
    return tuple(
        (run.connection_id, run.stream, run.rows_new + run.rows_changed + run.rows_deleted, run.rows_seen)
        for run in last
    )
