"""What the resources hold, and what their filters let through."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kpis.models import KpiBreakdown, KpiDaily
from tenants.context import tenant
from tests import factories

LISTS = ["kpi-daily", "kpi-breakdown", "tickets"]


def error(answer, status: int = 400):
    assert answer.status_code == status, answer.content
    return answer.json()["error"]


def found(bi, query: str) -> set[str]:
    return {row["summary"] for row in bi.rows(f"/api/v1/tickets/?{query}")}


@pytest.fixture
def breakdown(bi):
    """Rows that differ in one cut each."""
    plain: dict[str, Any] = {
        "kpi": "a",
        "metric": "m",
        "kpi_date": date(2026, 3, 2),
        "numerator": Decimal("1.25"),
    }
    cuts: list[dict[str, Any]] = [
        {"kpi": "b"},
        {"metric": "n"},
        {"company": 1},
        {"technician": 2},
        {"board": 3},
        {"segment": "x"},
    ]
    with tenant("north"):
        for number, cut in enumerate([{}, *cuts]):
            KpiBreakdown.objects.create(**(plain | {"denominator": number} | cut))
    return lambda query: [int(row["denominator"]) for row in bi.rows(f"/api/v1/kpi-breakdown/?{query}")]


def test_a_day_has_every_column_and_its_tenant(bi):
    with tenant("north"):
        KpiDaily.objects.create(
            kpi_date="2026-03-02",
            computed_at=factories.at("2026-03-03"),
            billable_minutes="12.50",
            new_tickets=3,
        )
    (row,) = bi.rows("/api/v1/kpi-daily/")
    assert list(row) == ["tenant", *(field.name for field in KpiDaily._meta.concrete_fields)]
    assert (row["tenant"], row["kpi_date"], row["new_tickets"]) == ("north", "2026-03-02", 3)
    assert (row["billable_minutes"], row["csat_avg"]) == (12.5, None)
    assert row["computed_at"] == "2026-03-03T00:00:00Z"


def test_figures_are_numbers_with_their_decimals(bi):
    with tenant("north"):
        KpiBreakdown.objects.create(
            kpi="a", metric="m", kpi_date="2026-03-02", numerator=Decimal("12345678901234.5678")
        )
    assert b'"numerator":12345678901234.5678,' in bi.get("/api/v1/kpi-breakdown/").content


@pytest.mark.parametrize("name", ["kpi-daily", "kpi-breakdown"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3, 4]),
        ("from_date=2026-03-02", [2, 3, 4]),
        ("to_date=2026-03-02", [1, 2]),
        ("from_date=2026-03-02&to_date=2026-03-03", [2, 3]),
        ("from_date=2026-03-02&to_date=2026-03-02", [2]),
        ("from_date=0001-01-01&to_date=9999-12-31", [1, 2, 3, 4]),
        ("from_date=2027-01-01", []),
    ],
)
def test_a_period_includes_both_its_days(bi, name, query, expected):
    with tenant("north"):
        for number in range(1, 5):
            day = date(2026, 3, number)
            KpiDaily.objects.create(kpi_date=day, computed_at=factories.at("2026-03-05"))
            KpiBreakdown.objects.create(kpi="a", metric="m", kpi_date=day, numerator=1)
    days = {date.fromisoformat(row["kpi_date"]).day for row in bi.rows(f"/api/v1/{name}/?{query}")}
    assert sorted(days) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kpi=b", [1]),
        ("metric=n", [2]),
        ("company=1", [3]),
        ("technician=2", [4]),
        ("board=3", [5]),
        ("segment=x", [6]),
        ("segment=", [0, 1, 2, 3, 4, 5]),
        ("kpi=a&metric=m&company=1", [3]),
        ("kpi=A", []),
        ("company=9223372036854775807", []),
        ("company=-1", []),
    ],
)
def test_breakdowns_are_cut_by_each_dimension(breakdown, query, expected):
    assert breakdown(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"open", "closed", "project"}),
        ("company=1", {"open"}),
        ("board=2", {"closed"}),
        ("owner=3", {"project"}),
        ("status=New", {"open"}),
        ("status=new", set()),
        ("closed=true", {"closed"}),
        ("closed=false", {"open", "project"}),
        ("record_type=ProjectTicket", {"project"}),
        ("updated_since=2026-03-05T00:00:00Z", {"closed"}),
        ("updated_since=2026-03-05T01:00:00%2B01:00", {"closed"}),
        ("updated_since=2026-03-05T00:00:01Z", set()),
        ("updated_since=0001-01-01T00:00:00%2B23:59", {"open", "closed", "project"}),
        ("updated_since=9999-12-31T23:59:59-23:59", set()),
        ("deleted=true", {"gone"}),
    ],
)
def test_tickets_are_found_by_each_filter(bi, query, expected):
    with tenant("north"):
        factories.ticket(summary="open", company_id=1, status_name="New")
        factories.ticket("2026-03-01", "2026-03-05", summary="closed", board_id=2)
        factories.ticket(summary="project", owner_id=3, record_type="ProjectTicket")
        factories.ticket(summary="gone", deleted_at=factories.at("2026-03-03"))
    assert found(bi, query) == expected


@pytest.mark.parametrize(
    ("zone", "query", "expected"),
    [
        ("America/Toronto", "from_date=2026-03-02&to_date=2026-03-02", {"at 5", "at 23"}),
        ("Asia/Tokyo", "from_date=2026-03-02&to_date=2026-03-02", {"at 0", "at 5"}),
        ("UTC", "from_date=2026-03-02&to_date=2026-03-02", {"at 0", "at 5", "at 23"}),
        ("UTC", "to_date=2026-03-01", set()),
        ("Pacific/Kiritimati", "from_date=0001-01-01&to_date=9999-12-31", {"at 0", "at 5", "at 23"}),
    ],
)
def test_the_days_of_tickets_are_the_tenants_own(bi, zone, query, expected):
    with tenant("north"):
        factories.settings(time_zone=zone)
        for hour in (0, 5, 23):
            factories.ticket(f"2026-03-02 {hour:02}:00", summary=f"at {hour}")
    assert found(bi, query) == expected


def test_a_day_of_23_hours_is_one_day(bi):
    with tenant("north"):
        factories.settings(time_zone="America/Toronto")
        factories.ticket("2026-03-09 03:59", summary="last minute")  # 23:59 local, after the clocks changed
        factories.ticket("2026-03-09 04:00", summary="next day")
    assert found(bi, "from_date=2026-03-08&to_date=2026-03-08") == {"last minute"}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "day",
    [
        "0000-01-01",
        "10000-01-01",
        "2026-02-30",
        "2026-3-1",
        "20260301",
        "01/03/2026",
        "today",
        "",
        "2026-03-01%00",
    ],
)
@pytest.mark.parametrize("bound", ["from_date", "to_date"])
def test_what_is_no_day_is_refused(bi, name, bound, day):
    assert bound in error(bi.get(f"/api/v1/{name}/?{bound}={day}"))["details"]


@pytest.mark.parametrize("name", LISTS)
def test_a_period_that_runs_backwards_is_refused(bi, name):
    answer = bi.get(f"/api/v1/{name}/?from_date=2026-03-02&to_date=2026-03-01")
    assert error(answer)["message"] == "to_date lies before from_date."


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("kpi-breakdown/?company=abc", "company"),
        ("kpi-breakdown/?company=9223372036854775808", "company"),
        ("kpi-breakdown/?company=" + "9" * 5000, "company"),
        ("kpi-breakdown/?company=1.0", "company"),
        ("kpi-breakdown/?company=1&company=2", "company"),
        ("kpi-breakdown/?technician=", "technician"),
        ("kpi-breakdown/?segment=a%00b", "segment"),
        ("kpi-breakdown/?kpi=" + "x" * 201, "kpi"),
        ("kpi-daily/?ordering=kpi_date", "ordering"),
        ("kpi-daily/?ordering=", "ordering"),
        ("tickets/?status=%00", "status"),
        ("tickets/?closed=yes", "closed"),
        ("tickets/?closed=", "closed"),
        ("tickets/?updated_since=2026-03-01T00:00:00", "updated_since"),
        ("tickets/?updated_since=2026-03-01T00:00:00+01:00", "updated_since"),
        ("tickets/?updated_since=yesterday", "updated_since"),
        ("tickets/?updated_since=2026-13-01T00:00:00Z", "updated_since"),
        ("tickets/?a%00b=1", "a\x00b"),
        ("?page_size=5", "page_size"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(bi, address, parameter):
    told = error(bi.get(f"/api/v1/{address}"))
    assert list(told["details"]) == [parameter]
    assert told["code"] == "invalid"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("form_date=2026-03-01", 'unknown filter "form_date", did you mean "from_date"?'),
        ("Company=1", 'unknown filter "Company", did you mean "company"?'),
        (
            "colour=red",
            'unknown filter "colour"; known here: page_size, cursor, from_date, to_date, as_known_at, ordering.',
        ),
    ],
)
def test_an_unknown_filter_is_refused_with_what_may_have_been_meant(bi, given, message):
    name = "kpi-breakdown" if "ompany" in given else "kpi-daily"
    assert error(bi.get(f"/api/v1/{name}/?{given}"))["message"] == message


def test_too_many_parameters_are_refused(bi):
    query = "&".join(f"a{number}=1" for number in range(2000))
    assert error(bi.get(f"/api/v1/tickets/?{query}"))["code"] == "parse_error"


def test_a_page_costs_as_many_queries_whatever_its_size(bi, django_assert_num_queries):
    with tenant("north"):
        for back in range(300):
            KpiDaily.objects.create(
                kpi_date=date(2026, 3, 2) - timedelta(days=back), computed_at=factories.at("2026-03-03")
            )
    bi.get("/api/v1/kpi-daily/")
    for size in (1, 300):
        with django_assert_num_queries(8):
            bi.get(f"/api/v1/kpi-daily/?page_size={size}")
