"""What measured projects teach, and what is left out of that.

Coverage of the 80 % interval for the next project when the assumption is .60 and the truth .40: .71, .74, .77, .79,
.78 and .80 with 0, 1, 3, 5, 10 and 20 measured projects. Counting measured projects as trials of a Beta, which is
what one would do first, gives .59 falling to .13: it takes the spread of projects for an error that averages out.
"""

from datetime import timedelta
from functools import cache

import numpy as np
import pytest
from scipy import special

from insights.calibration import (
    ForecastError,
    MeasuredShare,
    addressable_share,
    error_of,
    forecast_error,
    measured_shares,
)
from insights.models import ProjectBaseline, ProjectMeasurement
from insights.roi import Beta
from tenants.context import tenant
from tests.insights.chance import shares
from tests.insights.forecasts import forecast_of
from tests.insights.makers import NOW, proposal, topic

PRIOR, TRUTH, SPREAD, WORLDS = 0.6, 0.4, 0.18, 3_000


def held(alpha, beta, truth) -> float:
    low, high = special.betaincinv(alpha, beta, 0.1), special.betaincinv(alpha, beta, 0.9)
    return float(((low <= truth) & (truth <= high)).mean())


@cache
def coverage(projects: int) -> tuple[float, float]:
    """Of the next project: by what we expect of it, and by plain counting."""
    chance = np.random.default_rng(projects + 1)
    truth = shares(chance, TRUTH, SPREAD, (WORLDS, projects + 1))
    errors = chance.uniform(0.05, 0.2, (WORLDS, projects))
    seen = truth[:, 1:] + errors * chance.standard_normal(errors.shape)
    expected = [
        addressable_share(PRIOR, [MeasuredShare(*pair) for pair in zip(*world, strict=True)])
        for world in zip(seen.tolist(), errors.tolist(), strict=True)
    ]
    ours = held(
        np.array([one.alpha for one in expected]), np.array([one.beta for one in expected]), truth[:, 0]
    )
    trials = np.clip(seen, 0, 1).sum(axis=1)
    weight = PRIOR * (1 - PRIOR) / SPREAD**2 - 1
    counted = (PRIOR * weight + 20 * trials, (1 - PRIOR) * weight + 20 * (projects - trials))
    return ours, held(*counted, truth[:, 0])


@pytest.mark.parametrize(
    ("projects", "bar"), [(0, 0.70), (1, 0.74), (3, 0.77), (5, 0.79), (10, 0.79), (20, 0.80)]
)
def test_the_interval_for_the_next_project_holds_as_often_as_was_found_before(projects, bar):
    assert coverage(projects)[0] == pytest.approx(bar, abs=0.02)


def test_every_measured_project_makes_a_wrong_assumption_weigh_less():
    ours = [coverage(projects)[0] for projects in (0, 1, 3, 10)]
    assert ours == sorted(ours)


@pytest.mark.parametrize("projects", [1, 3, 10])
def test_counting_projects_as_trials_would_be_far_too_sure(projects):
    ours, counted = coverage(projects)
    assert counted < ours - 0.2


def test_without_measured_projects_the_playbook_s_assumption_is_what_is_expected():
    share = addressable_share(0.4)
    assert share.mean == pytest.approx(0.4)
    assert share.measured_projects == 0


def test_a_project_that_did_nothing_lowers_what_is_expected_of_the_next():
    success, failure = MeasuredShare(0.5, 0.08), MeasuredShare(-0.05, 0.08)
    assert addressable_share(0.5, [success, failure]).mean < addressable_share(0.5, [success]).mean


def test_a_project_measured_vaguely_changes_less_than_one_measured_well():
    vague, well = (
        addressable_share(0.6, [MeasuredShare(0.2, 0.5)]),
        addressable_share(0.6, [MeasuredShare(0.2, 0.05)]),
    )
    assert 0.6 > vague.mean > well.mean


def test_even_projects_that_all_made_things_worse_leave_a_share_one_can_draw_from():
    share = addressable_share(0.3, [MeasuredShare(-0.8, 0.05)] * 10)
    assert 0 < share.alpha < share.beta
    assert 0 < share.mean < 0.05


def measured(about, *, design="clients", status="measured", forecast=None, on=NOW, archetype="vpn", **fields):
    project = proposal(about, archetype=archetype, status=status, now=NOW - timedelta(days=300))
    ProjectBaseline.objects.create(
        proposal=project,
        frozen_at=NOW - timedelta(days=250),
        registry_version=1,
        since=(NOW - timedelta(days=400)).date(),
        until=(NOW - timedelta(days=250)).date(),
        design=design,
        tickets_per_week=5,
        hours_per_month=20,
        weeks_to_measure=12,
        forecast=forecast or {},
    )
    defaults = {"verdict": "improved", "is_final": True, "weeks_after": 12, "measured_on": on.date()}
    return ProjectMeasurement.objects.create(proposal=project, measured_at=on, **defaults | fields)


def tickets_down_by(share: float) -> dict[str, float]:
    return {
        "ticket_reduction": share,
        "ticket_reduction_low": share - 0.1645,
        "ticket_reduction_high": share + 0.1645,
    }


def test_projects_teach_by_their_archetype_and_failed_ones_are_among_them(north):
    measured(topic("VPN"), **tickets_down_by(0.4))
    measured(topic("Remote access"), verdict="no_detectable_effect", **tickets_down_by(-0.02))
    measured(topic("Gave up"), status="rejected", is_final=False, verdict="worsened", **tickets_down_by(-0.3))
    found = measured_shares(NOW)
    assert {one.share for one in found["vpn"]} == {0.4, -0.02, -0.3}
    assert {round(one.standard_error, 2) for one in found["vpn"]} == {0.1}


def test_hours_teach_where_they_could_be_compared(north):
    hours = {"hour_reduction": 0.3, "hour_reduction_low": 0.1, "hour_reduction_high": 0.5}
    measured(topic(), **tickets_down_by(0.6), **hours)
    assert [one.share for one in measured_shares(NOW)["vpn"]] == [0.3]


def test_nothing_is_learned_from_what_is_not_over_or_could_not_be_compared(north):
    measured(topic("Early"), verdict="too_early", is_final=False, **tickets_down_by(0.9))
    measured(topic("Interim"), is_final=False, **tickets_down_by(0.9))
    measured(topic("Alone"), design="none", **tickets_down_by(0.9))
    assert measured_shares(NOW) == {}


def test_the_past_knows_nothing_of_what_was_measured_later(north):
    measured(topic(), **tickets_down_by(0.4))
    assert measured_shares(NOW - timedelta(days=1)) == {}


def test_projects_of_another_msp_teach_nothing_here(north):
    measured(topic(), saved_minutes_per_month=600, forecast=forecast_of().as_json(), **tickets_down_by(0.4))
    assert forecast_error(NOW).projects == 1
    with tenant("south"):
        assert measured_shares(NOW) == {}
        assert forecast_error(NOW) == ForecastError(0, None, None, None)


def test_the_forecast_error_compares_what_was_saved_with_what_was_forecast_at_acceptance(north):
    promise = forecast_of()
    p50 = promise.saved_hours_per_month.p50
    for share, name in ((1.0, "As promised"), (0.0, "In vain")):
        saved = {"saved_minutes_per_month": round(p50 * share * 60, 2), "forecast": promise.as_json()}
        measured(topic(name), **saved, **tickets_down_by(0.4))
    found = forecast_error(NOW)
    assert found.projects == 2
    assert found.realised_of_projected == pytest.approx(0.5, abs=0.001)
    assert found.median_error == pytest.approx(0.5, abs=0.001)
    assert found.inside_interval == 0.5


def test_a_forecast_of_nothing_is_left_out_of_the_error():
    assert error_of([(3.0, forecast_of(weekly_hours=(0.0,) * 16))]).projects == 0


def test_a_share_says_how_many_projects_it_rests_on():
    assert addressable_share(0.5, [MeasuredShare(0.4, 0.1)] * 3).measured_projects == 3
    assert Beta(2, 2).measured_projects == 0
