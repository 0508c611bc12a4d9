"""Progress bars for people who wait for a sync; nothing is drawn where nobody watches."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from connectors import walks


@contextmanager
def bars(title: str = "") -> Iterator[walks.Progress]:
    """One bar per stream, in the order in which they start."""
    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, disable=not Console().is_terminal) as display:
        tasks: dict[str, TaskID] = {}

        def advance(stream: str, seen: int, total: int | None) -> None:
            if stream not in tasks:
                tasks[stream] = display.add_task(f"{title}{stream.replace('_', ' ')}", total=total or seen)
            display.update(tasks[stream], completed=seen, total=max(total or 0, seen))

        yield advance
