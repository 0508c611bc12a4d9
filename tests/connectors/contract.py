"""What every vendor's simulator has to offer, for its connector to be put through the contract."""

from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any, Protocol

from django.db import transaction

from connectors.base import Key, Stream
from connectors.registry import connectors

from .site import Killed, Site

MOST_LIVES = 200
Accounts = tuple[dict[str, Any], dict[str, str]]


class Harness(Protocol):
    """A running simulator with an account per tenant."""

    slug: str
    main: str  # the stream that matters most; it has a cursor
    main_path: str  # where the vendor lists it
    swept: str  # a stream of which deletions are found by a sweep; the same, or another
    cursored: tuple[str, ...]  # streams whose rows are all there is to know of their records
    spares: frozenset[str]  # columns that may differ though the vendor calls a record unchanged

    def login(self, company: str) -> Accounts:
        """The settings and the credentials of a connection to that company."""

    def later(self, **duration: float) -> None: ...

    def page_size(self, size: int) -> None: ...

    def present(self, company: str) -> Mapping[str, Set[Key]]:
        """By stream, the ids of all records that the vendor would list."""

    def edit(self, company: str, seed: int, count: int) -> None:
        """Random edits, deletions among them."""

    def change_one(self, company: str, stream: str) -> Key:
        """Change a record of the main or the swept stream, which one is up to the vendor; returns its id."""

    def change_last(self, company: str) -> Key:
        """Change the record of the main stream that is read last."""

    def now(self, company: str) -> datetime:
        """By the vendor's clock."""

    def latest_change(self, company: str) -> datetime: ...

    def rewrite(self, company: str, stream: str, change: Callable[[dict[str, Any]], object]) -> None:
        """Spoil the first record of each page of a stream, until the faults are cleared."""

    def undate(self, record: dict[str, Any]) -> None:
        """Spoil the moment of change of a record of the main stream."""

    def delete_one(self, company: str) -> Key:
        """Of the swept stream."""

    def hide_most(self, company: str) -> Set[Key]:
        """Take a permission away, so that many records of the swept stream are no longer shown."""

    def show_all(self, company: str) -> None: ...

    def spoil_one(self, company: str, stream: str) -> Key:
        """Make a record of the main or the swept stream unusable until the faults are cleared."""

    def slow_down(self, company: str, seconds: int, times: int) -> None: ...

    def clear_faults(self, company: str) -> None: ...

    def after_page(self, company: str, page: int, action: Callable[[], None]) -> None:
        """Do something once that page of the main stream has been read."""

    def on_request(self, action: Callable[[], None]) -> None:
        """Do something before each answer to anybody."""

    def ways_to_fail(self, company: str) -> Mapping[str, Callable[[], object]]:
        """What can be done to the account so that a sync fails in one way or the other."""


def streams(slug: str) -> tuple[Stream, ...]:
    return connectors()[slug].streams


def stream_of(harness: Harness, name: str) -> Stream:
    return next(stream for stream in streams(harness.slug) if stream.name == name)


def changes_of(runs: list[Any]) -> int:
    return sum(run.rows_new + run.rows_changed + run.rows_deleted for run in runs)


def sync_dying(site: Site, monkeypatch: Any, seed: int, **options: Any) -> int:
    """Sync with a worker that dies after a few transactions, and again, until one lives to the end.

    It dies just before or just after a commit; returns how often.
    """
    chance = Random(seed)
    for deaths in range(MOST_LIVES):
        if live(site, monkeypatch, chance, **options):
            return deaths
    raise AssertionError("the sync makes no progress from life to life")


def live(site: Site, monkeypatch: Any, chance: Random, **options: Any) -> bool:
    """One life of such a worker; whether it came to the end."""
    with monkeypatch.context() as patches:
        patches.setattr("connectors.walks.transaction", _Dying(chance))
        patches.setattr("connectors.children.transaction", _Dying(chance))
        try:
            site.sync(**options)
        except Killed:
            return False
        return True


class _Dying:
    """Stands in for django.db.transaction; lives for some commits."""

    def __init__(self, chance: Random) -> None:
        self._left = chance.randint(2, 25)
        self._before_commit = chance.random() < 0.5

    @contextmanager
    def atomic(self) -> Iterator[None]:
        self._left -= 1
        with transaction.atomic():
            yield
            if self._left <= 0 and self._before_commit:
                raise Killed
        if self._left <= 0:
            raise Killed
