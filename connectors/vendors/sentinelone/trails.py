"""How far a walk along one of the console's lists has come, and how it goes on when its cursor lapses."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.base import Json, Stream, Walk
from connectors.errors import StopStream
from connectors.vendors.sentinelone.answers import VENDOR, Reply

# A walk's `after` that asks for all of it once more.
AFRESH = " "


@dataclass
class Trail:
    since: str  # the moment asked for
    reached: str  # that of the last record read
    cursor: str
    passed: set[str] = field(default_factory=set)
    restarted_at: str | None = None
    received: int = 0
    counted: int | None = None  # how many the console says there are; None: not to be compared

    @classmethod
    def of(cls, walk: Walk) -> "Trail":
        reached, _, cursor = walk.after.partition(" ")
        since = written(walk.since) if walk.since else ""
        is_whole = walk.after in ("", AFRESH)
        return cls(since, reached or since, cursor, {cursor}, counted=0 if is_whole else None)

    @property
    def after(self) -> str:
        if self.cursor:
            return f"{self.reached} {self.cursor}"
        return AFRESH if self.is_short else ""

    @property
    def is_short(self) -> bool:
        """A record that slips onto a page already read is never sent, but it is counted."""
        return not self.cursor and self.counted is not None and self.received < self.counted

    def may_restart(self) -> bool:
        """From the last record on, without the cursor; not where that brought no progress before."""
        lapsed, before = bool(self.cursor), self.restarted_at
        self.since, self.cursor, self.restarted_at, self.counted = self.reached, "", self.reached, None
        self.passed = {""}
        return lapsed and before != self.reached

    def go_on(self, stream: Stream, reply: Reply, records: Sequence[Json]) -> None:
        if self.counted == 0:
            self.counted = reply.total
        self.received += len(records)
        self.reached = _last_moment(stream, records) or self.reached
        self.cursor = reply.next_cursor
        if self.cursor in self.passed and self.cursor:
            raise StopStream(
                f"{VENDOR} sent the same page of {stream.name} twice. The next sync tries again."
            )
        self.passed.add(self.cursor)


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _last_moment(stream: Stream, records: Sequence[Json]) -> str:
    """Empty where it can't be read: then the one before it has to do."""
    for head in stream.heads(records[-1:]):
        if not isinstance(head, Exception) and stream.cursor:
            return head.changed_at if _is_moment(head.changed_at) else ""
    return ""


def _is_moment(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False
