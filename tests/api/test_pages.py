"""Pages: complete, in order, and stable while rows come and go."""

from base64 import urlsafe_b64encode
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.models import RawTicket
from kpis.models import KpiBreakdown, KpiDaily
from tenants.context import tenant
from tests import factories
from tests.api.conftest import Bi

DAY = date(2026, 3, 2)
LISTS = ["kpi-daily", "kpi-breakdown", "tickets"]


def days(number: int) -> None:
    moment = factories.at("2026-03-03")
    KpiDaily.objects.bulk_create(
        KpiDaily(kpi_date=DAY - timedelta(days=back), computed_at=moment) for back in range(number)
    )


def breakdowns(number: int, day: date = DAY) -> None:
    KpiBreakdown.objects.bulk_create(
        KpiBreakdown(kpi="ticket_trends", metric="new_tickets", kpi_date=day, numerator=n)
        for n in range(number)
    )


def message(answer) -> str:
    assert answer.status_code == 400
    return str(answer.json()["error"]["message"])


@pytest.mark.parametrize(("ordering", "newest_first"), [("newest", True), ("oldest", False)])
def test_days_come_in_the_order_asked_for_and_each_once(bi, ordering, newest_first):
    with tenant("north"):
        days(7)
    found = [row["kpi_date"] for row in bi.rows(f"/api/v1/kpi-daily/?page_size=3&ordering={ordering}")]
    assert found == sorted(set(found), reverse=newest_first)
    assert len(found) == 7


@pytest.mark.parametrize(("rows", "size", "pages"), [(0, 3, 1), (3, 3, 1), (4, 3, 2), (6, 3, 2), (7, 1, 7)])
def test_the_last_page_says_that_it_is_the_last(bi, rows, size, pages):
    with tenant("north"):
        breakdowns(rows)
    link, seen = f"/api/v1/kpi-breakdown/?page_size={size}", 0
    while link:
        answer = bi.get(link)
        link, seen = answer.json()["next"], seen + 1
        assert ("Link" in answer.headers) == (link is not None)
    assert seen == pages


def test_the_next_link_keeps_the_filters_and_is_in_the_header_too(bi):
    with tenant("north"):
        breakdowns(3)
    answer = bi.get("/api/v1/kpi-breakdown/?page_size=2&kpi=ticket_trends")
    link = answer.json()["next"]
    assert answer["Link"] == f'<{link}>; rel="next"'
    assert link.startswith("http://127.0.0.1:8000/api/v1/kpi-breakdown/?")
    assert {"cursor", "page_size", "kpi"} == set(parse_qs(urlsplit(link).query))


def test_a_page_has_100_rows_unless_asked_otherwise(bi):
    with tenant("north"):
        breakdowns(101)
    assert len(bi.get("/api/v1/kpi-breakdown/").json()["results"]) == 100
    assert len(bi.get("/api/v1/kpi-breakdown/?page_size=1000").json()["results"]) == 101


@pytest.mark.parametrize("size", ["0", "-1", "1001", "9" * 30, "ten", "1.5", "1_0", "", " 5", "٣", "1%00"])
@pytest.mark.parametrize("name", LISTS)
def test_a_page_size_out_of_bounds_is_refused(bi, name, size):
    assert "page_size" in message(bi.get(f"/api/v1/{name}/?page_size={size}"))


def test_rows_written_meanwhile_neither_repeat_nor_hide_the_others(bi):
    with tenant("north"):
        breakdowns(6)
    first = bi.get("/api/v1/kpi-breakdown/?page_size=3").json()
    seen = [row["id"] for row in first["results"]]
    with tenant("north"):
        expected = set(KpiBreakdown.objects.values_list("id", flat=True))
        KpiBreakdown.objects.filter(id__in=seen).delete()
        breakdowns(2, DAY - timedelta(days=1))  # before the cursor
        breakdowns(2)  # behind it
        late = set(KpiBreakdown.objects.filter(kpi_date=DAY).values_list("id", flat=True)) - expected
    seen += [row["id"] for row in bi.rows(first["next"])]
    assert len(seen) == len(set(seen))
    assert set(seen) == expected | late


def test_tickets_come_by_their_own_id(bi):
    with tenant("north"):
        for _ in range(5):
            factories.ticket()
        expected = list(RawTicket.objects.order_by("id").values_list("id", flat=True))
    assert [row["id"] for row in bi.rows("/api/v1/tickets/?page_size=2")] == expected


def cursor(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "given",
    [
        "garbage",
        "====",
        "%00",
        "é",
        "x" * 501,
        "",
        cursor("null"),
        cursor("{}"),
        cursor("[]"),
        cursor('["kpi_date,id"]'),
        cursor('["kpi_date,id", "2026-03-02"]'),
        cursor('["kpi_date,id", "2026-03-02", 1, 2]'),
        cursor('["kpi_date,id", "2026-13-02", 1]'),
        cursor('["kpi_date,id", "nonsense", 1]'),
        cursor('["kpi_date,id", null, 1]'),
        cursor('["kpi_date,id", 5, 1]'),
        cursor('["kpi_date,id", "2026-03-02", "1"]'),
        cursor('["kpi_date,id", "2026-03-02", true]'),
        cursor('["kpi_date,id", "2026-03-02", 1.5]'),
        cursor('["kpi_date,id", "2026-03-02", 9223372036854775808]'),
        cursor('["id", 1]'),
        cursor("[" * 300),
        cursor('["kpi_date,id", "2026-03-02", NaN]'),
    ],
)
def test_a_made_up_cursor_is_refused(bi, given):
    assert "cursor" in message(bi.get(f"/api/v1/kpi-breakdown/?cursor={given}"))


def test_a_cursor_of_the_other_order_is_refused(bi):
    with tenant("north"):
        days(3)
    link = bi.get("/api/v1/kpi-daily/?page_size=1&ordering=oldest").json()["next"]
    assert "cursor" in message(bi.get(link.replace("ordering=oldest", "ordering=newest")))


def test_a_cursor_of_another_tenant_opens_nothing(bi, token_of):
    with tenant("south"):
        days(3)
    link = Bi(token_of("south")).get("/api/v1/kpi-daily/?page_size=1").json()["next"]
    assert bi.get(link).json() == {"next": None, "results": []}
