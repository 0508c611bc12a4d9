"""Fair comparison: by hand where it can be done by hand, else against the formulas taken ticket by ticket."""

import math
import random
from datetime import date, timedelta
from decimal import Decimal
from statistics import mean, median
from typing import NamedTuple

import pytest
from scipy.stats import gamma

from tests.oracle.engine import compute
from tests.oracle.fair import Raw, Tally, noise_of, rate_ratios, shrunken
from tests.oracle.figures import Figures, Key
from tests.oracle.rows import at, entry, member, owner_change, parts, question, survey, ticket
from tests.oracle.tables import Tables

NOW = at("2026-04-30 12:00")
TODAY = NOW.date()
KPI = "tech_comparison"
Z = 1.6448536


class Done(NamedTuple):
    """A ticket that one person handled alone, some days ago."""

    who: int
    board: int
    kind: str
    priority: int
    minutes: int
    ago: int
    is_reopened: bool = False
    is_passed_on: bool = False

    @property
    def x(self) -> float:
        return round(math.log(self.minutes), 4)

    @property
    def stratum(self) -> tuple[int, str, int]:
        return self.board, self.kind, self.priority


def invented(seed: int, technicians: int = 5, tickets: int = 40, slow: float = 1.0) -> list[Done]:
    rng = random.Random(seed)
    done = []
    for who in range(1, technicians + 1):
        for _ in range(tickets):
            board, kind, priority = rng.choice([50, 51]), rng.choice(["Mail", "Print"]), rng.choice([1, 2])
            level = 3 + 0.3 * (board - 50) + 0.5 * (kind == "Mail") + 0.2 * priority
            level += math.log(slow) if who == 1 else 0
            minutes = max(1, round(math.exp(rng.gauss(level, 0.8))))
            ago, chance = rng.randrange(0, 45), rng.random()
            done.append(Done(who, board, kind, priority, minutes, ago, chance < 0.2, chance > 0.8))
    return done


def desk_of(done: list[Done]) -> Tables:
    tables = Tables(members=[member(who) for who in sorted({each.who for each in done})])
    for number, each in enumerate(done, start=1):
        start = at(f"{TODAY - timedelta(days=each.ago)} 00:00")
        end = start + timedelta(hours=9)
        row = ticket(number, start.isoformat()[:16], end.isoformat()[:16], owner_id=each.who)
        row |= {"board_id": each.board, "type_name": each.kind, "priority_id": each.priority}
        tables.tickets.append(row)
        worked = entry(start.isoformat()[:16], str(each.minutes), each.who, ticket_id=number)
        tables.time_entries.append(worked | {"external_id": number})
        if each.is_reopened:
            reopened = ((start, start + timedelta(hours=1)), (start + timedelta(hours=2), end))
            for place, (started, ended) in enumerate(reopened, start=1):
                spell = {"source_id": 1, "ticket_id": number, "number": place}
                tables.spells.append(spell | {"started_at": started, "ended_at": ended})
        if each.is_passed_on:
            later = {"kind": "board", "occurred_at": start + timedelta(hours=1)}
            tables.events.append(owner_change(number, "a", "b", **later))
    return tables


def figures(tables: Tables) -> Figures:
    return compute(tables, NOW, kpis=["tech_comparison", "tech_training", "tech_profile"])


def borrowed(of_peers: list[tuple[Done, float]], stratum: tuple[int, str, int], borrows: int) -> float:
    norm = mean(value for _, value in of_peers)
    for length in (1, 2, 3):
        values = [value for each, value in of_peers if each.stratum[:length] == stratum[:length]]
        norm = (sum(values) + borrows * norm) / (len(values) + borrows)
    return norm


def noises(done: list[Done]) -> dict[int, float]:
    """Of each board."""
    within, freedom = {50: 0.0, 51: 0.0}, {50: 0, 51: 0}
    for who, stratum in {(each.who, each.stratum) for each in done}:
        values = [each.x for each in done if (each.who, each.stratum) == (who, stratum)]
        squares = sum(math.floor(value * value * 10**4 + 0.5) / 10**4 for value in values)
        within[stratum[0]] += max(0, squares - sum(values) ** 2 / len(values))
        freedom[stratum[0]] += len(values) - 1
    whole = sum(within.values()) / sum(freedom.values())
    return {board: (within[board] + 30 * whole) / (freedom[board] + 30) for board in within}


def raw_by_ticket(done: list[Done], own: list[Done]) -> tuple[float, float]:
    """The mean distance from the norm, and its variance."""
    peers = [(each, each.x) for each in done if each.who != own[0].who]
    noise, above, doubt = noises(done), 0.0, 0.0
    for each in own:
        above += each.x - borrowed(peers, each.stratum, 5)
        alike = sum(other.stratum == each.stratum for other in own)
        theirs = sum(other.stratum == each.stratum for other, _ in peers)
        doubt += noise[each.board] * (1 + alike / (theirs + 5))
    return above / len(own), doubt / len(own) ** 2


def intervals(
    raws: dict[object, tuple[float, float]], doubts: dict[object, float]
) -> dict[object, list[float]]:
    middle = median(r for r, _ in raws.values())
    spread = (1.4826 * median(abs(r - middle) for r, _ in raws.values())) ** 2
    spread = max(0, spread - median(v for _, v in raws.values()))
    tau, found = max(spread, 0.09), {}
    for unit, (r, v) in raws.items():
        u = v + spread * doubts[unit]
        b = tau / (tau + u)
        found[unit] = [math.exp(b * r + side * math.sqrt(b * u)) for side in (0, -Z, Z)]
    return found


def rates(events: dict[object, tuple[int, float]]) -> dict[object, list[float]]:
    excess = sum((o - e) ** 2 - e for o, e in events.values())
    a = 1 / max(0.09, excess / sum(e * e for _, e in events.values()))
    quantiles = {unit: gamma(a + o, scale=1 / (a + e)) for unit, (o, e) in events.items()}
    return {unit: [(a + o) / (a + e), *quantiles[unit].ppf([0.05, 0.95])] for unit, (o, e) in events.items()}


def expected_events(done: list[Done], own: list[Done], wanted: str) -> tuple[int, float]:
    peers = [(each, float(getattr(each, wanted))) for each in done if each.who != own[0].who]
    likely = sum(borrowed(peers, each.stratum, 20) for each in own)
    return sum(getattr(each, wanted) for each in own), likely


def of_technicians(done: list[Done]) -> dict[object, list[Done]]:
    return {who: [each for each in done if each.who == who] for who in {each.who for each in done}}


def of_pairs(done: list[Done]) -> dict[object, list[Done]]:
    pairs: dict[object, list[Done]] = {}
    for each in done:
        pairs.setdefault((each.who, each.board, each.kind), []).append(each)
    return {pair: own for pair, own in pairs.items() if len(own) >= 5}


@pytest.mark.parametrize("seed", range(4))
def test_cells_of_the_model_are_those_of_the_formulas_ticket_by_ticket(seed):
    done = invented(seed)
    found = figures(desk_of(done)).breakdown
    for day in (TODAY, TODAY - timedelta(days=3)):
        ago = (TODAY - day).days
        framed = [each for each in done if ago <= each.ago < ago + 30]
        teams = of_technicians(framed)
        doubts = {
            who: sum(
                (len(own) / (len(framed) - len(teams[who]))) ** 2
                for peer, own in teams.items()
                if peer != who
            )
            / 2
            for who in teams
        }
        raws = {who: raw_by_ticket(framed, own) for who, own in teams.items()}
        reopening = rates({who: expected_events(framed, own, "is_reopened") for who, own in teams.items()})
        for who, (ratio, low, high) in intervals(raws, doubts).items():
            cut = Key(KPI, "", day, technician=who)
            told = {"handling_ratio": ratio, "handling_low": low, "handling_high": high}
            told |= dict(zip(("reopen_ratio", "reopen_low", "reopen_high"), reopening[who], strict=True))
            for metric, value in told.items():
                assert float(found[cut._replace(metric=metric)][0]) == pytest.approx(value, abs=1e-4)
            handled, fair = found[cut._replace(metric="expected_minutes")]
            assert float(handled / fair) == pytest.approx(math.exp(raws[who][0]), abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_flags_and_profiles_are_those_of_the_formulas_ticket_by_ticket(seed):
    done = invented(seed, slow=4.0)
    found = figures(desk_of(done))
    pairs = of_pairs(done)
    handling = intervals(
        {pair: raw_by_ticket(done, own) for pair, own in pairs.items()}, dict.fromkeys(pairs, 0.0)
    )
    reopened, passed = (
        rates({pair: expected_events(done, own, wanted) for pair, own in pairs.items()})
        for wanted in ("is_reopened", "is_passed_on")
    )
    told: dict[object, float] = {}
    for metric, ratios in (
        ("handling_flag", handling),
        ("reopen_flag", reopened),
        ("escalation_flag", passed),
    ):
        told |= {(metric, pair): each[0] for pair, each in ratios.items() if each[0] > 1.5 and each[1] > 1}
    for pair, (ratio, low, high) in handling.items():
        if low > 1 or (high < 1 and reopened[pair][0] <= 1.1):
            told["weakness" if low > 1 else "strength", pair] = ratio
    today = {key: row for key, row in found.breakdown.items() if key.kpi_date == TODAY}
    metrics = {"handling_flag", "reopen_flag", "escalation_flag", "strength", "weakness"}
    cells = {
        (key.metric, (key.technician, key.board, key.segment)): float(row[0])
        for key, row in today.items()
        if key.metric in metrics
    }
    assert cells == pytest.approx(told, abs=1e-4)
    flagged = {pair for metric, pair in told if metric.endswith("flag")}
    assert found.daily[TODAY]["tech_training_flags"] == len(flagged) > 0


def test_one_who_takes_four_times_as_long_needs_attention():
    found = figures(desk_of(invented(7, slow=4.0)))
    cut = Key(KPI, "tier", TODAY, technician=1)
    assert found.breakdown[cut] == parts(-1)
    assert found.breakdown[cut._replace(metric="score")][0] < 40
    assert found.daily[TODAY]["technicians_off_expected"] == 1


def test_nobody_is_compared_without_ten_tickets_of_their_own_and_thirty_of_two_peers():
    def compared(done: list[Done]) -> list[int]:
        cells = figures(desk_of(done)).breakdown
        return sorted(key.technician or 0 for key in cells if key.metric == "tier" and key.kpi_date == TODAY)

    def some(who: int, count: int) -> list[Done]:
        return [Done(who, 50, "Mail", 1, 20 + number % 7, 0) for number in range(count)]

    assert compared([*some(1, 10), *some(2, 10), *some(3, 20)]) == [1, 2]
    assert compared([*some(1, 10), *some(2, 9), *some(3, 21)]) == [1]
    assert compared([*some(1, 10), *some(2, 40)]) == []
    assert compared([Done(who, 50, "Mail", 1, 20, 0) for who in (1, 2, 3) for _ in range(30)]) == []
    assert figures(desk_of(some(1, 10))).daily[TODAY]["technicians_off_expected"] is None
    assert figures(desk_of(some(1, 10))).daily[TODAY]["tech_training_flags"] is None


def test_a_norm_goes_from_everything_to_the_finest_and_borrows_on_the_way():
    rows = [
        (1, (50, "Mail", "1"), Decimal(99), Decimal(9)),
        (2, (50, "Mail", "1"), Decimal(40), Decimal(10)),
        (3, (51, "Mail", "1"), Decimal(60), Decimal(30)),
    ]
    logs = Tally(rows)
    everything = 100 / 40
    board = (40 + 5 * everything) / 15
    kind = (40 + 5 * board) / 15
    assert logs.norm(1, (50, "Mail", "1"), 5) == pytest.approx((40 + 5 * kind) / 15)
    assert logs.norm(1, (50, "Mail", "2"), 5) == pytest.approx((0 + 5 * kind) / 5)
    assert logs.norm(1, (52, "Web", "1"), 5) == pytest.approx(everything)
    assert logs.has_norm(1)
    assert not logs.has_norm(3)


def test_noise_is_within_a_technician_and_stratum_and_a_board_borrows():
    logs = Tally([(1, (50, "", ""), Decimal(60), Decimal(20)), (2, (51, "", ""), Decimal(40), Decimal(20))])
    squares = {(1, (50, "", "")): Decimal(199), (2, (51, "", "")): Decimal(80)}
    noise = noise_of(logs, squares)
    assert noise is not None
    assert noise.variance == pytest.approx(19 / 38)
    assert noise.of_board(50) == pytest.approx((19 + 15) / (19 + 30))
    assert noise.of_board(51) == pytest.approx(15 / (19 + 30))
    assert noise.of_board(52) == pytest.approx(0.5)


def test_ratios_shrink_by_what_is_unsure():
    ratio = shrunken({1: Raw(0.5, 0.09), 2: Raw(0.5, 0.09)}, lambda _: 0.0)[1]
    assert ratio.ratio == pytest.approx(math.exp(0.25))
    assert ratio.low == pytest.approx(math.exp(0.25 - Z * math.sqrt(0.045)))
    assert ratio.high == pytest.approx(math.exp(0.25 + Z * math.sqrt(0.045)))
    assert shrunken({}, lambda _: 0.0) == {}


def test_a_rate_without_any_event_expected_keeps_the_least_spread():
    shape = 1 / 0.09
    ratio = rate_ratios({1: (0, 0.0)})[1]
    assert ratio.ratio == 1
    assert ratio.low == pytest.approx(gamma(shape).ppf(0.05) / shape)


def test_satisfaction_borrows_ten_answers_of_the_team():
    tables = desk_of(invented(3))
    tables.survey_questions = [question(1, 5)]
    liked = next(row["external_id"] for row in tables.tickets if row["owner_id"] == 1)
    tables.surveys = [survey(f"{TODAY} 09:00", (1, 0), ticket_id=liked)]
    tables.surveys += [survey(f"{TODAY} 09:00", (1, 4), ticket_id=liked + 50) for _ in range(3)]
    cut = Key(KPI, "csat_fair", TODAY, technician=1)
    found = figures(tables).breakdown
    assert found[cut] == parts("3.7273")
    assert found[cut._replace(technician=5)] == parts("4.0000")
    assert not any(key.metric == "csat_fair" for key in figures(desk_of(invented(3))).breakdown)
    day: date = TODAY - timedelta(days=1)
    assert cut._replace(kpi_date=day) not in found
