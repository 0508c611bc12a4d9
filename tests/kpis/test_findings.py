"""The life of a finding from night to night: what is told of it, and how long a decision about it stands."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from kpis.base import Found
from kpis.decisions import decide
from kpis.findings import refresh_findings
from kpis.models import Finding, FindingEvent
from kpis.registry import kpis
from tenants.context import tenant
from tenants.people import Person, create_user
from tenants.roles import Role
from tests.factories import at

Status, Kind = Finding.Status, FindingEvent.Kind
DAY = date(2026, 3, 10)
LATE = DAY + timedelta(days=20)
KPI = kpis()["ticket_trends"]


@pytest.fixture(autouse=True)
def _south_has_the_same_finding_and_keeps_it(db):
    with tenant("south"):
        night([found(weight=4)])
        before = list(Finding.objects.values()), list(FindingEvent.objects.values())
    yield
    with tenant("south"):
        assert before == (list(Finding.objects.values()), list(FindingEvent.objects.values()))


@pytest.fixture
def ada(north) -> User:
    return create_user(Person(username="ada", role=Role.MANAGER)).user


def found(identity: str = "recurring:1", **fields: Any) -> Found:
    day = fields.pop("on", DAY)
    return replace(Found(identity, "T", "medium", first_seen=day, last_seen=day), **fields)


def night(some: list[Found], today: date = DAY, kpi=KPI) -> None:
    refresh_findings(kpi, some, today, at(f"{today} 22:00"))


def kept() -> Finding:
    return Finding.objects.get()


def told(*, since: int = 0) -> list[str]:
    return list(FindingEvent.objects.order_by("id").values_list("kind", flat=True))[since:]


@pytest.mark.parametrize(
    ("before", "again", "after"),
    [
        (Status.OPEN, {}, Status.OPEN),
        (Status.OPEN, {"is_over": True}, Status.EXPIRED),
        (Status.ACKNOWLEDGED, {}, Status.ACKNOWLEDGED),
        (Status.ACKNOWLEDGED, {"is_over": True}, Status.EXPIRED),
        (Status.DISMISSED, {}, Status.DISMISSED),
        (Status.DISMISSED, {"is_over": True}, Status.DISMISSED),
        (Status.ACTIONED, {}, Status.ACTIONED),
        (Status.EXPIRED, {}, Status.OPEN),
        (Status.EXPIRED, {"is_over": True}, Status.EXPIRED),
        (Status.OPEN, None, Status.EXPIRED),
        (Status.DISMISSED, None, Status.DISMISSED),
        (Status.ACTIONED, None, Status.ACTIONED),
    ],
)
def test_what_was_decided_stays_decided(north, before, again, after):
    night([found()])
    Finding.objects.update(status=before)
    night([] if again is None else [found(**again)])
    assert kept().status == after


def test_everything_that_is_found_is_kept(north):
    about = {"company": 1, "board": 2, "technician": 3, "subject": "Printer", "weight": 7}
    stake = {"minutes_at_stake": 90, "money_at_stake": 120, "evidence": {"ticket_ids": [5]}}
    night([found(weight=4)])
    night([found(title="Now", severity="high", **about, **stake)])
    finding = kept()
    wanted = {"title": "Now", "severity": "high"} | about | stake
    assert {name: getattr(finding, name) for name in wanted} == wanted


def test_another_kpis_findings_are_left_alone(north):
    night([found()], kpi=kpis()["time_consumption"])
    night([])
    assert kept().status == Status.OPEN


def test_its_history_begins_with_being_found(north):
    night([found(weight=4)])
    event = FindingEvent.objects.get()
    assert (event.kind, event.after, event.weight, event.user) == (Kind.FOUND, "medium", 4, None)
    assert event.happened_at == at("2026-03-10 22:00")


def test_a_quiet_night_leaves_no_trace(north, django_assert_num_queries):
    night([found()])
    with django_assert_num_queries(1):
        night([found()])
    assert told() == [Kind.FOUND]


def test_what_was_over_when_it_was_first_found_is_not_open(north):
    night([found(is_over=True)])
    assert (kept().status, told()) == (Status.EXPIRED, [Kind.FOUND, Kind.OVER])


def test_a_finding_keeps_the_day_it_was_first_seen(north):
    night([found()])
    later = DAY + timedelta(days=3)
    night([found(on=later, title="Now")], later)
    assert (kept().first_seen, kept().last_seen, kept().title) == (DAY, later, "Now")


def test_what_comes_back_is_the_same_finding_with_a_new_first_day(north):
    night([found()])
    night([], LATE)
    night([found(on=LATE)], LATE)
    assert (kept().status, kept().first_seen) == (Status.OPEN, LATE)
    assert told() == [Kind.FOUND, Kind.OVER, Kind.RETURNED]
    assert FindingEvent.objects.get(kind=Kind.RETURNED).text == f"{DAY} – {DAY}"


def test_it_has_come_back_too_when_nobody_computed_meanwhile(north):
    night([found()])
    night([found(on=LATE)], LATE)
    assert (kept().first_seen, told()) == (LATE, [Kind.FOUND, Kind.RETURNED])


@pytest.mark.parametrize(("days", "status"), [(7, Status.OPEN), (8, Status.EXPIRED)])
def test_what_is_judged_as_of_a_moment_is_given_a_week(north, days, status):
    kpi = replace(KPI, momentary=frozenset({"gap"}))
    night([found("gap:1:edr")], kpi=kpi)
    night([], DAY + timedelta(days=days), kpi=kpi)
    assert kept().status == status


@pytest.mark.parametrize(
    ("status", "after"),
    [(Status.OPEN, Status.OPEN), (Status.ACKNOWLEDGED, Status.OPEN), (Status.DISMISSED, Status.DISMISSED)],
)
def test_becoming_more_severe_is_told_and_asks_again(north, status, after):
    night([found(severity="low")])
    Finding.objects.update(status=status)
    night([found(severity="high")])
    event = FindingEvent.objects.latest("id")
    assert (event.kind, event.before, event.after) == (Kind.ESCALATED, "low", "high")
    assert kept().status == after


def test_becoming_less_severe_is_silent(north):
    night([found(severity="high")])
    Finding.objects.update(status=Status.ACKNOWLEDGED)
    night([found(severity="low")])
    assert (kept().severity, kept().status, told()) == ("low", Status.ACKNOWLEDGED, [Kind.FOUND])


@pytest.mark.parametrize("decision", [Status.DISMISSED, Status.ACTIONED])
@pytest.mark.parametrize(
    ("again", "is_open"),
    [
        ({"weight": 4}, False),
        ({"weight": 6}, False),  # half as much again, but only two more
        ({"weight": 7}, True),
        ({"weight": 7, "weight_step": 60}, False),
        ({"weight": 4, "severity": "high"}, True),
        ({"weight": 4, "severity": "low"}, False),
    ],
)
def test_a_decision_stands_until_the_evidence_changes_materially(ada, decision, again, is_open):
    night([found(weight=4)])
    decide([kept()], decision, "Planned", ada)
    night([found(**again)])
    assert kept().status == (Status.OPEN if is_open else decision)
    assert (Kind.REOPENED in told()) == is_open


def test_many_are_half_as_many_again_before_they_ask_again(ada):
    night([found(weight=40)])
    decide([kept()], Status.DISMISSED, "Planned", ada)
    night([found(weight=59)])
    assert kept().status == Status.DISMISSED
    night([found(weight=60)])
    assert kept().status == Status.OPEN


def test_a_slow_rise_is_measured_from_the_decision_on(ada):
    night([found(weight=4)])
    decide([kept()], Status.DISMISSED, "Planned", ada)
    for weight in (5, 6, 7):
        assert kept().status == Status.DISMISSED
        night([found(weight=weight)])
    event = FindingEvent.objects.latest("id")
    assert (event.kind, event.before, event.after, event.weight) == (Kind.REOPENED, "dismissed", "open", 7)


def test_a_dismissal_outlives_what_it_was_about(ada):
    night([found(weight=4)])
    decide([kept()], Status.DISMISSED, "Planned", ada)
    night([], LATE)
    night([], LATE + timedelta(days=1))
    assert (kept().status, told(since=2)) == (Status.DISMISSED, [Kind.OVER])
    night([found(weight=5, on=LATE + timedelta(days=2))], LATE + timedelta(days=2))
    assert (kept().status, told(since=3)) == (Status.DISMISSED, [Kind.RETURNED])
    night([], LATE + timedelta(days=20))
    night([found(weight=9, on=LATE + timedelta(days=30))], LATE + timedelta(days=30))
    assert (kept().status, told(since=4)) == (Status.OPEN, [Kind.OVER, Kind.RETURNED, Kind.REOPENED])


def test_what_was_done_and_comes_back_did_not_help(ada):
    night([found(weight=4)])
    decide([kept()], Status.ACTIONED, "", ada)
    night([], LATE)
    night([found(weight=4, on=LATE)], LATE)
    assert (kept().status, told(since=2)) == (Status.OPEN, [Kind.OVER, Kind.RETURNED])


def test_opening_what_is_over_again_holds_until_it_is_not_found(ada):
    night([found()])
    night([], LATE)
    decide([kept()], Status.OPEN, "", ada)
    night([], LATE + timedelta(days=1))
    assert kept().status == Status.EXPIRED


def test_a_decision_made_while_figures_are_computed_is_kept(ada):
    night([found(severity="low")])
    decide([kept()], Status.ACKNOWLEDGED, "", ada)

    def found_slowly():
        decide([kept()], Status.DISMISSED, "Planned", ada)
        yield found(severity="high", weight=9)

    refresh_findings(KPI, found_slowly(), DAY, at("2026-03-10 22:00"))
    assert (kept().status, kept().severity, kept().weight) == (Status.DISMISSED, "high", 9)
    assert Kind.ESCALATED not in told()
