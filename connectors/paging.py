"""Ways to fetch ahead: the next page while this one is being written, the next parents while this one is."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def one_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items; each is already being fetched while the one before it is in use."""
    end = object()
    with ThreadPoolExecutor(1, thread_name_prefix="fetch") as pool:
        coming: Future[Item | object] = pool.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, items, end)
            yield item  # type: ignore[misc]


def several_ahead(
    fetch: Callable[[Item], Result], items: Iterable[Item], at_once: int
) -> Generator[tuple[Item, Callable[[], Result]], None, None]:
    """Each item in order with what gives its result (or raises); `at_once` of them are under way."""
    rest = iter(items)
    under_way: deque[tuple[Item, Future[Result]]] = deque()
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="fetch")
    try:
        while True:
            with suppress(StopIteration):
                while len(under_way) < at_once:
                    item = next(rest)
                    under_way.append((item, pool.submit(fetch, item)))
            if not under_way:
                return
            item, future = under_way.popleft()
            yield item, future.result
    finally:
        pool.shutdown(cancel_futures=True)
