"""How often connections are synced, and when each one's turn comes next."""

from datetime import datetime, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

SYNC_EVERY_SECONDS = 300
# Tenants take their turns over this part of the interval instead of all at once.
STAGGER_SECONDS = 240
NIGHTLY_HOUR, NIGHTLY_MINUTE = 2, 10


def stagger(schema: str) -> int:
    return crc32(schema.encode()) % STAGGER_SECONDS


def next_sync(last_started: datetime | None, now: datetime) -> datetime:
    """By when at the latest; which second it is, only the scheduler knows."""
    due = (last_started or now) + timedelta(seconds=SYNC_EVERY_SECONDS)
    return max(due, now)


def next_sweep(schema: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The next night's search for deletions, where the tenant is."""
    local = now.astimezone(zone)
    tonight = local.replace(hour=NIGHTLY_HOUR, minute=NIGHTLY_MINUTE, second=0, microsecond=0)
    day = tonight if tonight > local else tonight + timedelta(days=1)
    return day + timedelta(seconds=stagger(schema))
