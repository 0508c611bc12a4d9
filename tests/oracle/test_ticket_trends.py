"""Flows, backlog and scores over whole days, by hand."""

from datetime import date, timedelta
from typing import Any

from tests.oracle.engine import compute
from tests.oracle.figures import Figures, Key
from tests.oracle.rows import at, parts, spell, ticket
from tests.oracle.tables import Row, Tables

NOW = at("2026-03-10 12:00")
KPI = "ticket_trends"
EVERY_DAY = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def figures(*tickets: Row, **more: Any) -> Figures:
    return compute(Tables(tickets=list(tickets), **more), NOW)


def opened_on(counts: dict[date, int], **columns: Any) -> list[Row]:
    days = [day for day, count in counts.items() for _ in range(count)]
    return [ticket(number, f"{day} 09:00", **columns) for number, day in enumerate(days)]


def days_before(last: date, length: int) -> list[date]:
    return [last - timedelta(days=ago) for ago in range(length, 0, -1)]


def test_the_backlog_moves_by_what_comes_in_and_goes_out():
    found = figures(
        ticket(1, "2026-03-02 09:00", "2026-03-02 10:00"),
        ticket(2, "2026-03-02 09:00", "2026-03-04 10:00"),
        ticket(3, "2026-03-03 09:00"),
        ticket(4, "2026-03-04 09:00", "2026-03-03 09:00"),
        spells=[
            spell(2, 1, "2026-03-02 09:00", "2026-03-02 11:00"),
            spell(2, 2, "2026-03-02 12:00", "2026-03-04 10:00"),
        ],
    )
    before = 0
    for row in (found.daily[day] for day in sorted(found.daily)):
        new, reopened = int(str(row["new_tickets"])), int(str(row["reopened_tickets"]))
        before += new + reopened - int(str(row["closed_tickets"]))
        assert row["backlog_open"] == before
    assert [row["backlog_open"] for row in found.daily.values()][:4] == [1, 1, 1, 1]


def test_a_ticket_is_old_from_the_thirtieth_day_after_its_opening():
    found = figures(
        ticket(1, "2026-02-01 09:00", "2026-03-05 09:00"),
        ticket(2, "2026-02-05 09:00"),
        ticket(3, "2026-03-01 09:00"),
    )
    old = {day.day: row["backlog_over_30d"] for day, row in found.daily.items() if day >= date(2026, 3, 1)}
    assert old == {1: 0, 2: 0, 3: 1, 4: 1, 5: 0, 6: 0, 7: 1, 8: 1, 9: 1, 10: 1}


def test_days_before_the_longest_history_have_no_row_but_their_backlog_stays():
    found = figures(ticket(1, "2010-01-01 09:00"))
    assert min(found.daily) == NOW.date() - timedelta(days=3653)
    assert {row["backlog_open"] for row in found.daily.values()} == {1}


def test_flows_are_cut_by_company_board_and_type():
    found = figures(
        ticket(1, "2026-03-02 09:00", "2026-03-03 09:00", owner_id=4), ticket(2, "2026-03-02 09:00")
    )
    cut = Key(KPI, "new_tickets", date(2026, 3, 2), 70, None, 50, "Printer")
    assert found.breakdown[cut] == parts(2)
    closed = cut._replace(metric="closed_tickets", kpi_date=date(2026, 3, 3))
    assert found.breakdown[closed] == parts(1)


def test_the_plain_score_starts_with_the_fifteenth_day():
    first = date(2026, 2, 20)
    found = figures(*opened_on({first: 1, first + timedelta(days=3): 2}))
    scored = [day for day, row in found.daily.items() if row["ticket_zscore"] is not None]
    assert min(scored) == first + timedelta(days=14)


def test_comparable_days_are_of_the_same_weekday_and_holidays_are_days_off():
    last = NOW.date()
    counts = dict.fromkeys(days_before(last, 35), 1)
    found = figures(*opened_on(counts), working_hours=EVERY_DAY)
    scored = [day for day, row in found.daily.items() if row["ticket_seasonal_score"] is not None]
    assert min(scored) == last - timedelta(days=7)
    # Of the four Tuesdays before the 3rd of March, one is now a day off.
    found = figures(*opened_on(counts), working_hours=EVERY_DAY, holidays=[last - timedelta(days=21)])
    assert found.daily[last - timedelta(days=7)]["ticket_seasonal_score"] is None
    assert found.daily[last]["ticket_seasonal_score"] is not None


def test_today_is_unusual_only_upwards():
    last = NOW.date()
    busy = dict.fromkeys(days_before(last, 60), 12)
    quiet_today = figures(*opened_on(busy))
    assert float(str(quiet_today.daily[last]["ticket_seasonal_score"])) < -3
    assert quiet_today.daily[last]["anomaly_detected"] is False
    assert not any(key.metric == "anomaly" for key in quiet_today.breakdown)
    yesterday = last - timedelta(days=1)
    quiet_yesterday = figures(*opened_on(busy | {yesterday: 0}))
    assert quiet_yesterday.daily[yesterday]["anomaly_detected"] is True
    company = Key(KPI, "anomaly", yesterday, company=70, segment="company")
    assert quiet_yesterday.breakdown[company] == parts(1)
    assert quiet_yesterday.breakdown[company._replace(company=None, board=50, segment="board")] == parts(1)


def test_the_plain_rule_flags_beyond_two_and_not_at_two():
    last = NOW.date()
    # The 27 days before have mean 3 and variance 1, so 5 lies exactly at 2.
    past = dict(zip(days_before(last, 27), [2, 4] * 13 + [3], strict=True))
    for today, is_flagged in ((5, False), (6, True)):
        row = figures(*opened_on(past | {last: today}), anomaly_rule="plain").daily[last]
        assert row["ticket_zscore"] == today - 3
        assert row["anomaly_detected"] is is_flagged


def test_a_series_starts_with_its_first_new_ticket():
    last = NOW.date()
    old = opened_on(dict.fromkeys(days_before(last, 60), 1), company_id=70, board_id=None)
    young = [ticket(999, f"{last - timedelta(days=14)} 09:00", company_id=71, board_id=None)]
    found = figures(*old, *young)
    scored = Key(KPI, "zscore", last, company=71, segment="company")
    days = [key.kpi_date for key in found.breakdown if key._replace(kpi_date=last) == scored]
    assert days == [last]
    assert not any(key.segment == "board" for key in found.breakdown)
