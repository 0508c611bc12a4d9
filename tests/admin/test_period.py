"""Which days a page speaks of, as its address asks; every choice ends with yesterday at the latest."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import RequestFactory
from django.utils import timezone

from kpis import behind
from kpis.behind import Behind
from kpis.period import LONGEST_DAYS, Period

NOW = datetime(2026, 3, 20, 9, tzinfo=ZoneInfo("America/Toronto"))


@pytest.fixture(autouse=True)
def _on_20_march(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def asked(**query: str) -> Period:
    return Period.asked_for(RequestFactory().get("/", query))


def said(period: Period) -> tuple[str, str]:
    return str(period.since), str(period.last_day)


@pytest.mark.parametrize(("days", "since"), [("7", "2026-03-13"), ("30", "2026-02-18"), ("90", "2025-12-20")])
def test_a_length_ends_with_yesterday_and_is_compared_with_as_many_days(days, since):
    period = asked(days=days)
    assert said(period) == (since, "2026-03-19")
    assert (period.before.until, period.before.days) == (period.since, period.days)


@pytest.mark.parametrize("days", ["", "0", "-7", "8", "all", "٧"])
def test_an_odd_length_is_the_usual_one(days):
    assert asked(days=days).days == 30
    assert not asked(days=days).problem


def test_a_page_offers_lengths_of_its_own():
    request = RequestFactory().get("/", {"days": "365"})
    assert Period.asked_for(request, lengths=(90, 365)).days == 365
    assert Period.asked_for(RequestFactory().get("/"), lengths=(90, 365)).days == 90


def test_a_month_is_compared_with_the_month_before():
    period = asked(month="2026-02")
    assert said(period) == ("2026-02-01", "2026-02-28")
    assert said(period.before) == ("2026-01-01", "2026-01-31")


@pytest.mark.parametrize(
    ("today", "before"),
    [(date(2026, 3, 20), ("2026-02-01", "2026-02-19")), (date(2026, 3, 31), ("2026-02-01", "2026-02-28"))],
)
def test_a_month_that_is_not_over_is_compared_with_the_same_days_of_the_month_before(
    monkeypatch, today, before
):
    monkeypatch.setattr(timezone, "localdate", lambda: today)
    period = asked(month="2026-03")
    assert said(period) == ("2026-03-01", str(today - timedelta(days=1)))
    assert said(period.before) == before


def test_the_last_twelve_months_can_be_chosen_and_the_chosen_one_is_marked():
    months = asked(month="2025-12").months
    assert [month.value for month in months][:2] == ["2026-03", "2026-02"]
    assert len(months) == 12
    assert [month.value for month in months if month.is_chosen] == ["2025-12"]


def test_on_the_first_of_a_month_none_is_offered_that_has_no_day(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 3, 1))
    assert asked().months[0].value == "2026-02"


def test_any_days_can_be_chosen_both_included():
    period = asked(since="2026-01-05", until="2026-01-09")
    assert (said(period), period.days) == (("2026-01-05", "2026-01-09"), 5)
    assert said(period.before) == ("2025-12-31", "2026-01-04")
    assert said(asked(since="2026-03-01")) == ("2026-03-01", "2026-03-19")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"since": "soon"}, "Write days like 2026-03-31"),
        ({"since": "0001-01-01"}, "not before the year 2000"),
        ({"since": "9999-12-31"}, "Write days like"),
        ({"until": "2026-03-01"}, "Choose the first day, too."),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "The first day has to be before the last."),
        ({"since": "2026-03-02", "until": "2026-03-20"}, "until March 19, 2026 at the latest"),
        ({"since": "2025-03-01", "until": "2026-03-10"}, "Choose 366 days at most."),
        ({"month": "2026-13"}, "Write days like"),
        ({"month": "2026-04"}, "No day of this month is over yet."),
    ],
)
def test_nonsense_is_answered_with_a_sentence_and_the_usual_days(query, sentence):
    period = asked(**query)
    assert sentence in period.problem
    assert period.days == 30


@pytest.mark.parametrize(
    "query", [{"days": "7"}, {"month": "2026-01"}, {"since": "2026-01-05", "until": "2026-01-09"}]
)
def test_a_choice_survives_in_an_address(query):
    period = asked(**query)
    again = Period.asked_for(RequestFactory().get(f"/?{period.asked}"))
    assert (again.since, again.until, again.before) == (period.since, period.until, period.before)


def test_what_else_an_address_says_is_kept():
    assert asked(days="7", by="board").kept == (("by", "board"),)


def test_a_long_period_is_told_in_weeks_counted_from_its_end():
    week, longer = asked(days="7"), asked(since="2025-12-01", until="2026-03-19")
    assert [step.days for step in week.steps] == [1] * 7
    assert [step.days for step in longer.steps] == [4, *[7] * 15]
    assert (longer.steps[0].since, longer.steps[-1].until) == (longer.since, longer.until)
    assert all(one.until == other.since for one, other in zip(longer.steps, longer.steps[1:], strict=False))


def test_whatever_can_be_chosen_can_be_looked_behind():
    longest = asked(since="2025-03-19", until="2026-03-19")
    assert (longest.days, longest.problem) == (LONGEST_DAYS, "")
    window = Behind("new_tickets", longest.since, longest.until)
    assert behind.Behind.read(str(window)) == window
