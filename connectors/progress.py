"""Shows people who wait how far a sync is: bars on a terminal, a line per stream every few seconds elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from connectors import walks

LINE_EVERY_SECONDS = 5.0
Write = Callable[[str], object]


class Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", justify="right")


def bars(title: str = "", write: Write | None = None) -> AbstractContextManager[walks.Progress]:
    """For one sync; `write` gets the lines where there is no terminal."""
    return _bars(title) if Console().is_terminal else _lines(title, write or sys.stdout.write)


@contextmanager
def _bars(title: str) -> Iterator[walks.Progress]:
    """One bar per stream, in the order in which they start."""
    words, times = TextColumn("{task.description:<32}"), (TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(words, BarColumn(), MofNCompleteColumn(), Rate(), *times) as display:
        tasks: dict[str, TaskID] = {}

        def advance(stream: str, seen: int, total: int | None) -> None:
            if stream not in tasks:
                tasks[stream] = display.add_task(f"{title}{stream.replace('_', ' ')}", total=total or seen)
            display.update(tasks[stream], completed=seen, total=max(total or 0, seen))

        yield advance


@contextmanager
def _lines(title: str, write: Write) -> Iterator[walks.Progress]:
    """A sync that is over in a moment says nothing."""
    begun: dict[str, float] = {}
    told: dict[str, float] = {}

    def advance(stream: str, seen: int, total: int | None) -> None:
        now = time.monotonic()
        begin = begun.setdefault(stream, now)
        if now - told.get(stream, begin) >= LINE_EVERY_SECONDS:
            told[stream] = now
            write(f"{title}{stream.replace('_', ' ')}: {_how_far(seen, total, now - begin)}\n")

    yield advance


def _how_far(seen: int, total: int | None, seconds: float) -> str:
    rate = seen / seconds
    if not total or total <= seen:
        return f"{seen:,} so far, {rate:,.0f}/s"
    left = round((total - seen) / rate) if rate else 0
    return f"{seen:,} of {total:,}, {rate:,.0f}/s, about {left // 60}:{left % 60:02} left"
