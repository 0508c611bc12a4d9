"""A list of records by ascending id that knows what changed last."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Generic, TypeVar

from .records import Record

R = TypeVar("R", bound=Record)


class Table(Generic[R]):
    def __init__(self, first_id: int = 1) -> None:
        self.rows: dict[int, R] = {}
        self.ids: list[int] = []
        self.deleted: dict[int, R] = {}
        self.version = 0
        self._next_id = first_id
        self._recency: dict[int, int] = {}  # id → version of its last change, the latest last
        self._watchers: list[Callable[[int], None]] = []

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows.values())

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, record_id: int) -> R:
        return self.rows[record_id]

    def get(self, record_id: int) -> R | None:
        return self.rows.get(record_id)

    def next_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def add(self, row: R) -> R:
        self.rows[row.id] = row
        self.ids.append(row.id)
        self.mark_stale(row.id)
        self._recency[row.id] = self.version
        return row

    def touch(self, row: R, moment: datetime, by: str) -> None:
        row.updated_at = moment
        row.updated_by = by
        self._recency.pop(row.id, None)
        self.mark_stale(row.id)
        self._recency[row.id] = self.version

    def revision(self, record_id: int) -> int:
        """Grows with every change, so it orders those that share a second."""
        return self._recency[record_id]

    def mark_stale(self, record_id: int) -> None:
        """Tell the watchers that a record is new or reads differently, though it may not count as updated."""
        self.version += 1
        for watcher in self._watchers:
            watcher(record_id)

    def remove(self, record_id: int) -> None:
        self.deleted[record_id] = self.rows.pop(record_id)
        del self.ids[bisect_left(self.ids, record_id)]
        self._recency.pop(record_id, None)
        self.mark_stale(record_id)

    def watch(self, watcher: Callable[[int], None]) -> None:
        self._watchers.append(watcher)

    def changed_since(self, moment: datetime) -> list[int]:
        """Ids, ascending, without a look at what is older: the clock only moves forward."""
        recent: list[int] = []
        for record_id in reversed(self._recency):
            if self.rows[record_id].updated_at < moment:
                break
            recent.append(record_id)
        return sorted(recent)
