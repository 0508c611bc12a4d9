"""Fetching ahead, in order and with bounds."""

import threading
import time

import pytest

from connectors.errors import Missing, StopStream
from connectors.paging import one_ahead, several_ahead


def test_one_ahead_gives_the_same_items():
    assert list(one_ahead(iter(range(10)))) == list(range(10))


def test_one_ahead_fetches_the_next_while_this_one_is_in_use():
    fetched = threading.Event()

    def items():
        yield 1
        fetched.set()
        yield 2

    ahead = one_ahead(items())
    assert next(ahead) == 1
    assert fetched.wait(5)
    assert list(ahead) == [2]


def test_one_ahead_fails_where_the_items_fail():
    def items():
        yield 1
        raise StopStream("no more")

    seen = []
    with pytest.raises(StopStream):
        seen.extend(one_ahead(items()))
    ahead = one_ahead(items())
    assert next(ahead) == 1


def test_several_ahead_keep_the_order_and_never_exceed_their_number():
    under_way, most, lock = set(), [0], threading.Lock()

    def fetch(item):
        with lock:
            under_way.add(item)
            most[0] = max(most[0], len(under_way))
        time.sleep(0.001 * (item % 3))
        with lock:
            under_way.remove(item)
        return item * 2

    fetched = [(item, result()) for item, result in several_ahead(fetch, range(20), 4)]
    assert fetched == [(item, item * 2) for item in range(20)]
    assert 1 < most[0] <= 4


def test_several_ahead_fail_one_by_one():
    def fetch(item):
        if item == 2:
            raise Missing("gone")
        return item

    results = several_ahead(fetch, range(4), 2)
    seen = []
    for item, result in results:
        try:
            seen.append(result())
        except Missing:
            seen.append(f"no {item}")
    assert seen == [0, 1, "no 2", 3]


def test_several_ahead_of_nothing_is_nothing():
    assert list(several_ahead(str, [], 4)) == []
