"""How far projects come: proposed, accepted, done, measured, with the days between and what share goes on."""

from datetime import date, timedelta

import pytest

from insights import workflow
from insights.funnel import funnel, funnel_of
from insights.models import Proposal
from insights.tasks import measure_projects
from tenants.context import tenant
from tests.insights import makers
from tests.insights.makers import NOW
from tests.insights.projects import desk, proposed, stage

START = date(2026, 1, 1)


def life(proposal: int, *steps: tuple[str, int]) -> list[tuple[int, str, str, date]]:
    """Events of one proposal: each status and the day on which it came to it."""
    before = ["", *(status for status, _day in steps)]
    return [
        (proposal, was, status, START + timedelta(days=day))
        for was, (status, day) in zip(before, steps, strict=False)
    ]


def counts(*lives: list[tuple[int, str, str, date]]) -> list[tuple[int, float | None, float | None]]:
    found = funnel_of(event for one in lives for event in one)
    return [(step.count, step.share_of_previous, step.median_days) for step in found.steps]


def test_each_step_has_its_count_share_and_days():
    assert counts(
        life(1, ("proposed", 0), ("accepted", 4), ("in_progress", 5), ("done", 30), ("measured", 120)),
        life(2, ("proposed", 0), ("accepted", 10), ("in_progress", 12), ("done", 20)),
        life(3, ("proposed", 0), ("accepted", 6)),
        life(4, ("proposed", 0)),
    ) == [(4, None, None), (3, 0.75, 6.0), (2, 2 / 3, 18.0), (1, 0.5, 90.0)]


def test_without_projects_there_is_nothing_to_divide():
    assert counts() == [(0, None, None)] * 4
    assert funnel_of([]).acceptance_rate is None


def test_of_those_decided_is_what_was_called_off_later_still_accepted():
    found = funnel_of(
        [
            *life(1, ("proposed", 0), ("accepted", 1), ("rejected", 9)),
            *life(2, ("proposed", 0), ("rejected", 1)),
            *life(3, ("proposed", 0), ("snoozed", 1)),
            *life(4, ("proposed", 0), ("withdrawn", 1)),
        ]
    )
    assert found.acceptance_rate == 0.5
    assert (found.waiting, found.snoozed, found.rejected, found.withdrawn) == (0, 1, 2, 1)


def test_an_acceptance_that_was_taken_back_is_none():
    back = life(1, ("proposed", 0), ("accepted", 1), ("rejected", 2), ("proposed", 3))
    assert counts(back)[1] == (0, 0.0, None)
    again = [*back, (1, "proposed", "accepted", START + timedelta(days=8))]
    assert counts(again)[1] == (1, 1.0, 5.0)


def test_comments_and_renewed_evidence_are_no_steps():
    same = (1, "accepted", "accepted", START + timedelta(days=50))
    assert counts([*life(1, ("proposed", 0), ("accepted", 4)), same])[1] == (1, 1.0, 4.0)


def test_a_part_of_another_project_is_not_counted_beside_it(north):
    topic = makers.topic()
    whole = makers.proposal(topic)
    proposed(topic, rolled_into=whole)
    assert funnel(NOW).steps[0].count == 1


def test_it_is_told_as_of_a_moment(north):
    topic = makers.topic()
    desk(topic, per_week=1)
    one = stage(topic, "accepted")
    assert funnel(NOW).steps[1].count == 1
    assert funnel(NOW - timedelta(days=1)).steps[0].count == 0
    workflow.reject(one, None, NOW + timedelta(days=2), "no time")
    assert funnel(NOW + timedelta(days=1)).rejected == 0
    with tenant("south"):
        assert funnel(NOW).steps[0].count == 0


def test_the_task_measures_in_its_tenant_only(north):
    topic = makers.topic()
    then = NOW - timedelta(days=500)
    desk(topic, per_week=10, now=then)
    one = stage(topic, "done", now=then)
    measure_projects(schema="south")
    assert Proposal.objects.get().status == "done"
    measure_projects(schema="north")
    one.refresh_from_db()
    assert one.status == "measured"


@pytest.mark.parametrize("status", ["done", "measured"])
def test_every_step_before_it_was_taken_too(north, status):
    topic = makers.topic()
    desk(topic, per_week=1)
    stage(topic, status)
    reached = [step.count for step in funnel(NOW).steps]
    assert reached == [1, 1, 1, int(status == "measured")]
