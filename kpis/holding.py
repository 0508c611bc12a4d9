"""Rules over a frame of 30 days: on which of the last days one held, from the dated amounts that it adds up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection
from django.utils import timezone

from kpis.base import Fact
from kpis.due import Due
from kpis.registry import in_order
from kpis.sources import with_sources
from tenants.models import TenantSettings

FRAME_DAYS = 30
GRACE_DAYS = 7  # a sum near its limit goes to and fro
MAX_IDS = 200

Amount = int | Decimal
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Held:
    """The first and the last of the days on which a rule held."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Whether a day is part of the frame of the last one."""
        return self.last - timedelta(days=FRAME_DAYS) < day <= self.last


def first_day(today: date) -> date:
    """The first day that the frames of the days looked at reach back to."""
    return today - timedelta(days=GRACE_DAYS + FRAME_DAYS - 1)


def held(amounts: Iterable[tuple[date, Amount]], today: date, beyond: Amount) -> Held | None:
    """When sums over the frame were beyond a limit, today or in the days of grace before."""
    by_day: dict[date, Amount] = defaultdict(int)
    for day, amount in amounts:
        by_day[day] += amount
    looked_at = (today - timedelta(days=back) for back in range(GRACE_DAYS, -1, -1))
    days = [day for day in looked_at if in_frame(by_day.items(), Held(day, day)) > beyond]
    return Held(days[0], days[-1]) if days else None


def in_frame(amounts: Iterable[tuple[date, Amount]], when: Held) -> Amount:
    return sum(amount for day, amount in amounts if when.covers(day))


def grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    found: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)


def rows_of(fact: Fact, select: str, today: date) -> list[tuple[Any, ...]]:
    """What a SELECT gives of a fact's rows of the days that frames reach back to."""
    due = Due(((first_day(today), today + timedelta(days=1)),), TenantSettings.load().zone, timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(with_sources(select, due, in_order([fact])), due.parameters)
        return list(cursor.fetchall())


def some(ids: Iterable[int]) -> list[int]:
    """As many as evidence keeps."""
    return sorted(set(ids))[:MAX_IDS]
