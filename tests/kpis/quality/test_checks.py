"""A table per check: what is wrong of what was looked at."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kpis.compute import compute
from kpis.drilldown import drilldown
from kpis.models import KpiBreakdown
from tenants.context import tenant
from tests import factories
from tests.factories import at

NOW = at("2026-03-05 17:00")
DAY = date(2026, 3, 2)
# The tenant's zone is Toronto: its day is 05:00 to 05:00 UTC.
MORNING = "2026-03-02 14:00"


@pytest.fixture(autouse=True)
def two_desks(north) -> None:
    """A desk that was connected in time, and a tenant beside it with the same wrongs."""
    with tenant("south"):
        factories.time_entry(factories.ticket(MORNING, closed=MORNING), MORNING, minutes=2000)
    factories.connection(created_at=at("2026-03-01 00:00"))
    factories.member(1)
    factories.member(9, looks_automated=True)


def counted(check: str) -> tuple[Decimal, Decimal] | None:
    compute(NOW)
    cells = KpiBreakdown.objects.filter(kpi="trust", metric=check, kpi_date=DAY)
    wrongs, ofs = zip(*cells.values_list("numerator", "denominator"), strict=True) if cells else ((), ())
    behind = drilldown("trust", check, DAY)
    assert sum(part.numerator for part in behind) == pytest.approx(sum(wrongs), abs=Decimal("0.01"))
    return (sum(wrongs), sum(ofs)) if cells else None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"type_name": "Printer"}, (0, 1)),
        ({"type_name": ""}, (1, 1)),
        ({"record_type": "ProjectTicket"}, None),
        ({"merged_into": 7}, None),
    ],
)
def test_tickets_without_a_type(fields, expected):
    factories.time_entry(started=MORNING)
    factories.ticket(MORNING, **fields)
    assert counted("no_type") == expected


@pytest.mark.parametrize(
    ("owner", "worker", "expected"),
    [(1, None, (0, 1)), (None, 1, (0, 1)), (None, None, (1, 1)), (9, None, (1, 1)), (9, 9, (1, 1))],
)
def test_closed_tickets_of_nobody(owner, worker, expected):
    ticket = factories.ticket(MORNING, closed="2026-03-02 15:00", owner_id=owner)
    factories.time_entry(ticket, MORNING, member=worker)
    assert counted("no_owner") == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"member": 1}, (0, 1)),
        ({"member": 77}, (0, 1)),
        ({"member": None}, (1, 1)),
        ({"member": 9}, (1, 1)),
        ({"member": 1, "minutes": 0}, (1, 1)),
        ({"member": 1, "deleted_at": at("2026-03-03")}, (1, 1)),
    ],
)
def test_closed_tickets_without_time(entry, expected):
    factories.time_entry(factories.ticket(MORNING, closed="2026-03-02 15:00"), "2026-03-01 14:00", **entry)
    assert counted("no_time") == expected


@pytest.mark.parametrize(
    ("opened", "expected"),
    [(MORNING, (0, 1)), ("2026-03-02 16:00", (1, 1)), ("2021-03-01 14:00", (1, 1)), ("2021-03-05", (0, 1))],
)
def test_closed_tickets_with_an_impossible_duration(opened, expected):
    factories.ticket(opened, closed="2026-03-02 15:00")
    assert counted("absurd_duration") == expected


@pytest.mark.parametrize(
    ("connected", "expected"),
    [("2026-03-01 00:00", (0, 1)), ("2026-05-31 15:00", (0, 1)), ("2026-05-31 15:01", (1, 1))],
)
def test_tickets_closed_before_their_history(connected, expected):
    factories.connection(created_at=at(connected))
    factories.ticket(MORNING, closed="2026-03-02 15:00")
    assert counted("no_history") == expected


SERVICE = {"company_id": 5, "agreement_id": None}


@pytest.mark.parametrize(
    ("agreement", "entry", "expected"),
    [
        ({"company_id": 5}, {}, (0, 1)),
        ({"company_id": 5, "covers_time": False}, {}, (1, 1)),
        ({"company_id": 5, "starts_on": "2026-03-02"}, {}, (0, 1)),
        ({"company_id": 5, "starts_on": "2026-03-03"}, {}, (1, 1)),
        ({"company_id": 5, "ends_on": "2020-01-01"}, {}, (0, 1)),
        ({"company_id": 6}, {}, (1, 1)),
        ({"company_id": 6}, {"agreement_id": 4}, (0, 1)),
        ({"company_id": 6}, {"charge_to_type": "ProjectTicket"}, None),
        ({"company_id": 6}, {"ticket_id": 12345}, None),
        ({"company_id": 6}, {"company_id": 8}, None),
        ({"company_id": 5}, {"member": 9}, None),
        (None, {}, None),
    ],
)
def test_entries_of_clients_without_any_agreement(agreement: dict[str, Any] | None, entry, expected):
    factories.settings(companies_without_agreement=[8])
    if agreement is not None:
        factories.agreement(4, **{"covers_time": True} | agreement)
    factories.time_entry(factories.ticket(MORNING, company_id=5), MORNING, **{"member": 1} | entry)
    assert counted("no_agreement") == expected


@pytest.mark.parametrize(
    ("entered", "expected"),
    [
        (None, None),
        ("2026-03-02 23:00", (0, 1)),
        ("2026-03-04 04:59", (0, 1)),  # the next day still, in Toronto
        ("2026-03-04 05:00", (1, 1)),
    ],
)
def test_entries_that_were_entered_late(entered, expected):
    factories.time_entry(None, MORNING, member=1, entered_at=entered and at(entered))
    assert counted("late_entry") == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"minutes": 960}, (0, 1)),
        ({"minutes": 960.01}, (1, 1)),
        ({"minutes": 5, "ended_at": at("2026-03-02 13:59")}, (1, 1)),
        ({"minutes": 5, "ended_at": at(MORNING)}, (0, 1)),
        ({"minutes": 2000, "member": 9}, None),
    ],
)
def test_entries_that_are_too_long_or_end_before_they_start(fields, expected):
    factories.time_entry(None, MORNING, **fields)
    assert counted("long_entry") == expected


@pytest.mark.parametrize(("member", "expected"), [(1, (0, 1)), (77, (1, 1)), (None, (1, 1)), (9, None)])
def test_entries_of_nobody_or_of_somebody_unknown(member, expected):
    factories.time_entry(None, MORNING, member=member)
    assert counted("no_member") == expected


def entry(start: str, end: str | None, member: int | None = 1) -> None:
    factories.time_entry(
        None, at(f"2026-03-{start}"), 60, member, ended_at=end and at(f"2026-03-{end}"), company_id=3
    )


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], (0, 60)),
        ([("02 13:00", "02 14:00")], (0, 120)),
        ([("02 13:00", "02 14:20")], (20, 120)),
        ([("02 13:00", "02 14:20"), ("02 13:30", "02 14:10")], (60, 180)),
        ([("02 13:00", "02 18:00")], (60, 120)),
        ([("02 14:00", "02 14:30")], (30, 120)),  # begun together: the later one overlaps
        ([("02 13:00", "02 15:00", 2)], (0, 120)),
        ([("02 13:00", None)], (0, 60)),
        ([("01 14:00", "02 14:30")], (30, 60)),  # 24 hours before, on the day before
        ([("01 13:59", "02 14:30")], (0, 60)),
    ],
)
def test_minutes_that_were_entered_twice(others, expected):
    factories.member(2)
    entry("02 14:00", "02 15:00")
    for other in others:
        entry(*other)
    assert counted("overlap") == expected


def test_nobody_overlaps_nobody():
    entry("02 14:00", "02 15:00", None)
    entry("02 14:00", "02 15:00", None)
    assert counted("overlap") == (0, 120)


@pytest.mark.parametrize(
    ("fields", "unmapped", "derived"),
    [
        ({"customer_id": "known"}, (0, 1), (0, 1)),
        ({"customer_id": "stray"}, (1, 1), (0, 1)),
        ({"customer_id": "known", "severity_source": "derived"}, (0, 1), (1, 1)),
        ({"customer_id": "known", "severity": "unknown"}, (0, 1), (1, 1)),
        ({"customer_id": "known", "kind": "incident"}, None, None),
    ],
)
def test_alerts_of_nobody_and_alerts_whose_severity_was_not_given(fields, unmapped, derived):
    factories.customer("known", company_id=5)
    factories.customer("stray")
    factories.alert("a", MORNING, **fields)
    factories.time_entry(None, MORNING)
    assert (counted("unmapped_alert"), counted("derived_severity")) == (unmapped, derived)


@pytest.mark.parametrize(("is_estimated", "expected"), [(True, (1, 1)), (False, (0, 1))])
def test_alerts_whose_moment_of_resolution_is_estimated(is_estimated, expected):
    resolved = {"status": "resolved", "resolved_at": at("2026-03-02 15:00")}
    factories.alert("a", MORNING, resolved_is_estimated=is_estimated, **resolved)
    assert counted("estimated") == expected
