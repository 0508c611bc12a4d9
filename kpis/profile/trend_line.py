"""The score of the last 90 days as a line, with the band in which the truth lies nine times out of ten."""

from collections.abc import Mapping
from dataclasses import replace
from math import hypot, log2

from django.utils.translation import gettext as _

from kpis.cards import number
from kpis.drawing import Chart, Number, Series, chart
from kpis.strengths import Trend

TEAM = 50.0
LEAST_DAYS = 2
Band = tuple[Number, Number, Number]  # score, at least, at most


def trend_line(trend: Trend) -> Chart | None:
    """None while there are too few days with a score to see a line."""
    bands = [band(metrics) for _day, metrics in trend.days]
    if sum(score is not None for score, _low, _high in bands) < LEAST_DAYS:
        return None
    scores, lows, highs = (list(part) for part in zip(*bands, strict=True))
    drawn = chart(
        [day for day, _metrics in trend.days],
        [
            Series(_("Score"), scores),
            Series(_("At least"), lows, "second"),
            Series(_("At most"), highs, "second"),
            Series(_("As the team on equal work"), [TEAM] * len(scores), "quiet"),
        ],
        lambda value: "–" if value is None else number(value),
        from_zero=False,
    )
    return with_band(drawn) if drawn else None


def with_band(drawn: Chart) -> Chart:
    """The lines of the second and third series are the band's edges."""
    _score, low, high, *_rest = drawn.series
    edges = zip(low.lines, high.lines, strict=True)
    areas = [f"{below} {' '.join(reversed(above.split()))}" for below, above in edges]
    return replace(drawn, areas=areas)


def band(metrics: Mapping[str, float]) -> Band:
    """Speed and reopening are unsure independently of each other; satisfaction has no interval to add."""
    if "score" not in metrics or "handling_low" not in metrics or "reopen_low" not in metrics:
        return metrics.get("score"), None, None
    weight = 0.25 if "csat_fair" in metrics else 0.5
    down, up = (
        hypot(
            0.5 * _apart(metrics, "handling_ratio", f"handling_{end}"),
            weight * _apart(metrics, "reopen_ratio", f"reopen_{end}"),
        )
        for end in ("high", "low")
    )
    score = metrics["score"]
    return score, max(0.0, score - down), min(100.0, score + up)


def _apart(metrics: Mapping[str, float], ratio: str, end: str) -> float:
    return abs(_points(metrics[ratio]) - _points(metrics[end]))


def _points(ratio: float) -> float:
    """Of a hundred: 50 as expected, none for twice as much, all for half; as kpis.fairness has it."""
    return 50 - 50 * max(-1.0, min(1.0, log2(ratio)))
