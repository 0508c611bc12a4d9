"""Thousands of desks on which the effect of a project is known: how often the measurement is right.

Found here, for 5 tickets a week and a client's own way of 0.1 to 0.2 (standard deviation of the logarithm): the 90 %
interval holds the truth in 88 to 92 % of the worlds, and a project without effect is called *improved* in 3 to 6 %,
which a mere before and after does in up to 33 %. After a spike that fades by itself it is 3 %.
It has limits. Where no client goes its own way at all, the interval is wider than needed (94 to 96 %), because it
assumes some drift as long as controls are few. Where clients drift by 0.2, tickets are many (8 a week and more, over
26 + 26 weeks) and controls few (6), it holds 85 %, and 7.5 % are called *improved* without reason.
"""

from dataclasses import replace

import numpy as np
import pytest

from insights.contrasts import alone, compared, planned, power, weeks_until_noticed
from insights.impact import Series, impact, shrunk_rate
from tests.insights.chance import Desk, Truth, desks, hours_of, tickets

WORLDS = 3_000


def judged(truth: Truth, seed: int) -> tuple[float, float]:
    """How often the interval holds the truth, and how often the verdict would be *improved*."""
    desk = desks(np.random.default_rng(seed), truth, WORLDS)
    found = compared(desk.before, desk.after, desk.controls_before, desk.controls_after)
    is_inside = np.abs(found.change - np.log1p(-truth.reduction)) <= found.reach
    return float(is_inside.mean()), float((found.change + found.reach < 0).mean())


@pytest.mark.parametrize(
    "truth",
    [
        Truth(drift=0.1),
        Truth(drift=0.2),
        Truth(season=0.2, drift=0.1),
        Truth(season=0.2, drift=0.2),
        Truth(drift=0.2, controls=6, weeks_before=16, weeks_after=12),
    ],
    ids=str,
)
def test_a_project_without_effect_is_seldom_called_an_improvement(truth):
    coverage, improved = judged(truth, seed=11)
    assert improved <= 0.07
    assert 0.86 <= coverage <= 0.93


@pytest.mark.parametrize(
    "truth",
    [
        Truth(reduction=0.4, drift=0.1),
        Truth(reduction=0.4, drift=0.2),
        Truth(reduction=0.7, drift=0.2, season=0.2),
        Truth(reduction=0.4, drift=0.2, weeks_after=26),
    ],
    ids=str,
)
def test_the_interval_holds_the_effect_that_was_planted(truth):
    coverage, improved = judged(truth, seed=12)
    assert 0.86 <= coverage <= 0.93
    assert improved > 0.4


@pytest.mark.parametrize("truth", [Truth(), Truth(controls=6), Truth(season=0.2)], ids=str)
def test_where_no_client_goes_its_own_way_the_interval_is_too_wide_rather_than_too_narrow(truth):
    coverage, improved = judged(truth, seed=13)
    assert 0.93 < coverage < 0.98
    assert improved < 0.05


def test_a_season_would_fool_a_mere_before_and_after():
    desk = desks(np.random.default_rng(14), Truth(season=0.2, drift=0.2), WORLDS)
    found = alone(desk.before, desk.after)
    assert (found.change + found.reach < 0).mean() > 0.25


def as_series(desk: Desk, hours: Desk, world: int) -> tuple[Series, list[Series]]:
    treated = Series(desk.before[world], desk.after[world], hours.before[world], hours.after[world])
    controls = zip(
        desk.controls_before[world],
        desk.controls_after[world],
        hours.controls_before[world],
        hours.controls_after[world],
        strict=True,
    )
    return treated, [Series(*one) for one in controls]


@pytest.mark.parametrize(
    "truth",
    [Truth(drift=0.1, controls=6), Truth(drift=0.2, reduction=0.4, weeks_before=16, weeks_after=12)],
    ids=str,
)
def test_the_interval_of_hours_holds_the_truth_as_well(truth):
    chance, worlds = np.random.default_rng(15), 400
    desk = desks(chance, truth, worlds)
    parts = (desk.before, desk.after, desk.controls_before, desk.controls_after)
    hours = Desk(*(hours_of(chance, part) for part in parts))
    found = [
        impact(*as_series(desk, hours, world), "clients", promised_reduction=0.4, is_due=True).hours
        for world in range(worlds)
    ]
    inside = [one is not None and one.low <= truth.reduction <= one.high for one in found]
    assert 0.86 <= np.mean(inside) <= 0.94


def spiking(chance: np.random.Generator, clients: int, worlds: int) -> tuple[np.ndarray, np.ndarray]:
    """Rates, and sixteen weeks of each client, of those worlds where the first client's last month doubled."""
    rates = chance.gamma(2, 2, (worlds, clients)) + 0.5
    weekly = tickets(chance, np.repeat(rates[..., None], 16, axis=-1))
    has_spike = weekly[:, 0, -4:].mean(axis=-1) >= 2 * np.maximum(weekly[:, 0, :-4].mean(axis=-1), 0.5)
    return rates[has_spike], weekly[has_spike]


def test_a_month_that_only_stood_out_by_chance_promises_no_savings_that_are_not_there():
    rates, weekly = spiking(np.random.default_rng(16), 12, 20_000)
    truth, own = rates[:, 0].sum(), weekly[:, 0]
    shrunk = [shrunk_rate(world[0].tolist(), world.mean(axis=-1).tolist()) for world in weekly]
    assert own[:, -4:].mean(axis=-1).sum() / truth > 1.3  # the month that drew attention
    assert own[:, :-4].mean(axis=-1).sum() / truth < 0.85  # the months before, chosen for being quiet
    assert sum(shrunk) / truth == pytest.approx(1, abs=0.05)


def test_a_spike_that_fades_by_itself_is_not_the_project_s_doing():
    chance = np.random.default_rng(17)
    rates, before = spiking(chance, 10, 20_000)
    after = tickets(chance, np.repeat(rates[..., None], 16, axis=-1))
    verdicts, reductions = [], []
    for was, now in zip(before, after, strict=True):
        treated, *controls = (Series(b, a) for b, a in zip(was, now, strict=True))
        shrunk = shrunk_rate(was[0].tolist(), was.mean(axis=-1).tolist())
        found = impact(
            treated,
            controls,
            "clients",
            promised_reduction=0.4,
            is_due=True,
            rate_shrinkage=shrunk / was[0].mean(),
        )
        verdicts.append(found.verdict)
        reductions.append(found.tickets.value)
    assert verdicts.count("improved") / len(verdicts) <= 0.07
    assert abs(np.median(reductions)) < 0.1


@pytest.mark.parametrize(
    ("tickets_per_week", "reduction", "weeks"), [(10, 0.5, 18), (10, 0.7, 4), (2, 0.7, 22), (10, 0.3, None)]
)
def test_how_long_one_has_to_wait_is_as_was_found_before(tickets_per_week, reduction, weeks):
    flat = np.full((6, 26), float(tickets_per_week))
    plan = replace(planned(flat[0], flat), overdispersion=1.4, drift=0.2)
    found = weeks_until_noticed(plan, reduction, range(1, 105))
    assert found == weeks if weeks is None else found == pytest.approx(weeks, rel=0.25)


def test_what_is_called_detectable_is_noticed_four_times_out_of_five():
    truth = Truth(reduction=0.5, drift=0.1, treated_per_week=8)
    desk = desks(np.random.default_rng(18), truth, WORLDS)
    found = compared(desk.before, desk.after, desk.controls_before, desk.controls_after)
    plans = [planned(desk.before[world], desk.controls_before[world]) for world in range(300)]
    foreseen = [power(plan, np.array([0.5]), truth.weeks_after)[0] for plan in plans]
    assert np.mean(foreseen) == pytest.approx((found.change + found.reach < 0).mean(), abs=0.08)
