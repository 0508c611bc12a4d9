"""The walk in the order of change, and lists that are read whole, against the ways in which services cut pages."""

from itertools import product

import msgspec
import pytest

from connectors.base import Json
from connectors.errors import Missing, Retry, StopStream
from connectors.vendors.defender import changes, listing
from connectors.vendors.defender.changes import Place
from connectors.vendors.defender.listing import Listing

RESOLVED = "2025-03-02T09:00:00Z"


class List:
    """Answers as Graph does: filtered, in order, cut at `most`; keeps what it was asked."""

    def __init__(self, records, most=1000, has_links=False):
        self.records = sorted(records, key=lambda record: listing.sortable(record[1]))
        self.most, self.has_links = most, has_links
        self.asked = []
        self.before = lambda: None

    def __call__(self, asked):
        self.before()
        self.asked.append(asked)
        params = (
            dict(part.split("=", 1) for part in asked.split("&")) if isinstance(asked, str) else dict(asked)
        )
        found = [record for record in self.records if self._matches(record, params.get("$filter", ""))]
        skip, top = int(params.get("$skip", 0)), min(int(params["$top"]), self.most)
        assert skip <= 500 or isinstance(asked, str)
        page, rest = found[skip : skip + top], found[skip + top :]
        following = params | {"$skip": str(skip + top)}
        link = (
            "&".join(f"{name}={value}" for name, value in following.items())
            if self.has_links and rest
            else ""
        )
        return Listing([record_of(*record) for record in page], link)

    def _matches(self, record, condition):
        if not condition:
            return True
        field, operator, moment = condition.split(" ")
        assert field == "lastUpdateDateTime"
        mine, limit = listing.sortable(record[1]), listing.sortable(moment)
        return mine > limit or (operator == "ge" and mine == limit)


def record_of(id_, moment):
    return Json(msgspec.json.encode({"id": id_, "lastUpdateDateTime": moment}))


def ids(pages):
    return [msgspec.json.decode(record)["id"] for page in pages for record in page.records]


def walked(ask, top=1000, place=None):
    return list(changes.walk(ask, place or Place(), top, "alerts"))


def minutes(count, each=1):
    return [(f"a{number}", f"2025-03-02T08:{number // each:02}:00Z") for number in range(count)]


# No service lowers $top so far without a link.
LISTS = [
    (top, most, has_links)
    for top, most, has_links in product([1, 4, 7, 1000], [1, 3, 50, 1000], [True, False])
    if has_links or top <= most or most >= listing.LEAST_PAGE
]


@pytest.mark.parametrize(("top", "most", "has_links"), LISTS)
@pytest.mark.parametrize("each", [1, 2, 5])
def test_every_record_comes_once_whatever_the_size_of_pages(top, most, each, has_links):
    records = minutes(55, each)
    assert sorted(ids(walked(List(records, most, has_links), top))) == sorted(id_ for id_, _ in records)


def test_a_quiet_list_costs_one_request():
    ask = List(minutes(3))
    walked(ask, place=Place("2025-03-02T08:01:00Z"))
    assert ask.asked == [
        {
            "$orderby": "lastUpdateDateTime asc",
            "$top": "1000",
            "$filter": "lastUpdateDateTime ge 2025-03-02T08:01:00Z",
        }
    ]


def test_moments_that_differ_in_the_seventh_digit_are_told_apart():
    records = [(f"a{digit}", f"2025-03-02T08:00:00.000000{digit}Z") for digit in range(1, 10)]
    ask = List([*records, ("a0", "2025-03-02T08:00:00Z")])
    assert ids(walked(ask, top=2)) == [f"a{digit}" for digit in range(10)]
    assert "ge 2025-03-02T08:00:00.0000009Z" in ask.asked[-1]["$filter"]


def test_what_changes_meanwhile_is_found_again_at_its_new_place():
    records = minutes(20)
    ask = List(records)

    def edit():
        if len(ask.asked) == 2:
            ask.records.remove(("a1", "2025-03-02T08:01:00Z"))
            ask.records.append(("a1", "2025-03-02T08:59:00Z"))

    ask.before = edit
    found = ids(walked(ask, top=4))
    assert sorted(set(found)) == sorted(id_ for id_, _ in records)
    assert found[-1] == "a1"


def test_a_moment_shared_by_more_than_a_page_is_read_by_skipping():
    records = [
        *minutes(1),
        *[(f"b{number:02}", "2025-03-02T09:00:00Z") for number in range(40)],
        ("z", RESOLVED[:-1] + ".1Z"),
    ]
    ask = List(records)
    pages = walked(ask, top=6)
    assert sorted(ids(pages)) == sorted(id_ for id_, _ in records)
    assert any("$skip" in asked for asked in ask.asked)
    assert not any(page.gap for page in pages)


def test_links_are_followed_only_where_nothing_else_leads_on():
    records = [
        *minutes(1),
        *[(f"b{number:02}", RESOLVED) for number in range(40)],
        ("z", "2025-03-02T10:00:00Z"),
    ]
    ask = List(records, has_links=True)
    assert sorted(ids(walked(ask, top=6))) == sorted(id_ for id_, _ in records)
    assert sum(isinstance(asked, str) for asked in ask.asked) in range(5, 9)
    ask = List(minutes(30), has_links=True)
    walked(ask, top=6)
    assert not any(isinstance(asked, str) for asked in ask.asked)


def test_a_moment_shared_by_more_than_can_be_listed_is_stepped_past_and_told():
    crowd = [(f"b{number:04}", RESOLVED) for number in range(700)]
    ask = List([*minutes(2), *crowd, ("z", "2025-03-02T10:00:00Z")])
    pages = walked(ask, top=50)
    (gap,) = [page.gap for page in pages if page.gap]
    assert "2025-03-02T09:00:00Z" in gap
    assert "missing" in gap
    found = ids(pages)
    assert len(found) == len(set(found)) == 2 + 550 + 1
    assert found[-1] == "z"


def test_a_walk_goes_on_where_it_was_written_down():
    records = [
        *minutes(5),
        *[(f"b{number:02}", RESOLVED) for number in range(20)],
        ("z", "2025-03-02T10:00:00Z"),
    ]
    ask = List(records)
    pages = walked(ask, top=4)
    for number, page in enumerate(pages[:-1], 1):
        rest = ids(pages[number:])
        assert set(rest) <= set(ids(walked(ask, top=4, place=Place.of(page.next_after))))
    assert pages[-1].next_after == ""


def test_a_list_in_another_order_is_refused():
    ask = List([])
    ask.__class__ = type(
        "Unsorted",
        (List,),
        {"__call__": lambda *_: Listing([record_of(*each) for each in reversed(minutes(3))])},
    )
    with pytest.raises(Retry, match="another order"):
        walked(ask)


def test_a_link_that_leads_in_a_circle_is_refused():
    def ask(asked):
        return Listing([record_of("a", RESOLVED)], "again")

    with pytest.raises(StopStream, match="twice"):
        walked(ask)


def test_records_without_a_date_stop_nothing():
    def ask(asked):
        return Listing(
            [Json(b'{"id": 1, "lastUpdateDateTime": "somewhen"}'), Json(b'{"id": 2}'), Json(b"null")]
        )

    assert len(walked(ask)) == 1


# --- lists that are read whole ------------------------------------------------------------------------


def counted(ask, top=10):
    return [msgspec.json.decode(record)["id"] for each in listing.whole(ask, top) for record in each.records]


class Machines:
    def __init__(self, count, most=10_000, has_links=False):
        self.ids, self.most, self.has_links = [f"m{number}" for number in range(count)], most, has_links
        self.drifts = False
        self.asked = 0

    def __call__(self, asked):
        self.asked += 1
        params = asked if isinstance(asked, dict) else {"$skip": asked, "$top": "10"}
        skip, top = int(params.get("$skip", 0)), min(int(params["$top"]), self.most)
        if self.drifts and skip:
            self.ids.pop(0)
        if not self.ids:
            raise Missing("none")
        link = str(skip + top) if self.has_links and len(self.ids) > skip + top else ""
        return Listing([record_of(id_, "") for id_ in self.ids[skip : skip + top]], link)


@pytest.mark.parametrize("has_links", [True, False])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 19, 20, 35])
def test_a_whole_list_is_whole(count, has_links):
    machines = Machines(count, has_links=has_links)
    assert set(counted(machines)) == set(machines.ids)
    if not has_links:
        assert set(counted(Machines(count), top=1)) == set(machines.ids)
    assert set(counted(Machines(count, most=12), top=500)) == set(machines.ids)


def test_a_list_that_shifts_under_the_walk_is_read_again():
    machines = Machines(35)
    machines.drifts = True
    with pytest.raises(Retry, match="changed while"):
        counted(machines)


def test_a_service_that_ignores_the_count_does_not_hold_us_for_ever():
    with pytest.raises(Retry, match="changed while"):
        counted(lambda asked: Listing([record_of(f"m{number}", "") for number in range(10)]))
    with pytest.raises(Retry, match="changed while"):
        counted(lambda asked: Listing([record_of("m", "")]), top=1)
    with pytest.raises(StopStream, match="twice"):
        counted(lambda asked: Listing([record_of("m", "")], "again"))
