"""What a measurement says, in plain words: never more than it can know."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights.impact_chart import chart
from insights.models import ProjectBaseline, ProjectMeasurement
from insights.proposal_numbers import Bar, bars, hours, money, percent, with_spread
from insights.roi import Forecast, Range

Verdict, Design = ProjectMeasurement.Verdict, ProjectBaseline.Design
TONES = {Verdict.IMPROVED: "dm-good", Verdict.WORSENED: "dm-bad"}
SENTENCES = {
    Verdict.TOO_EARLY: gettext_lazy("It is too early to say whether the project helped."),
    Verdict.UNDERPOWERED: gettext_lazy(
        "There are too few tickets to say whether the project helped: it may have, unnoticed."
    ),
    Verdict.NO_DETECTABLE_EFFECT: gettext_lazy(
        "There is no effect that can be told from chance, though what was promised would have been noticed."
    ),
    Verdict.IMPROVED: gettext_lazy("There is less such work than there would have been without the project."),
    Verdict.WORSENED: gettext_lazy("There is more such work than there would have been without the project."),
}


@dataclass(frozen=True)
class Beside:
    """One figure as projected and as it came out."""

    title: str
    projected: str
    realised: str


def told(
    measurement: ProjectMeasurement, baseline: ProjectBaseline, planned_cost: Decimal | None
) -> dict[str, Any]:
    """Everything that a page says of it."""
    return {
        "measurement": measurement,
        "verdict": sentence(measurement, baseline),
        "tone": TONES.get(Verdict(measurement.verdict), ""),
        "caution": caution(measurement, baseline),
        "reductions": reductions(measurement),
        "saved_bars": saved_bars(measurement, baseline),
        "beside": beside(measurement, baseline, None if planned_cost is None else float(planned_cost)),
        "left_out": len(measurement.details.get("left_out", [])),
        "chart": chart(baseline, measurement.details),
    }


def sentence(measurement: ProjectMeasurement, baseline: ProjectBaseline) -> str:
    if measurement.verdict == Verdict.TOO_EARLY and baseline.measure_on:
        words = str(SENTENCES[Verdict.TOO_EARLY])
        return words + " " + _("It will be judged on %s.") % date_format(baseline.measure_on)
    if design_of(measurement, baseline) == Design.NONE:
        return _("There is nothing to compare with: what changed since cannot be put down to the project.")
    return str(SENTENCES[Verdict(measurement.verdict)])


def caution(measurement: ProjectMeasurement, baseline: ProjectBaseline) -> str:
    if design_of(measurement, baseline) != Design.TOPICS:
        return ""
    return _(
        "It was compared with other topics of the same clients, which is weaker than with other clients."
    )


def design_of(measurement: ProjectMeasurement, baseline: ProjectBaseline) -> str:
    return str(measurement.details.get("design", baseline.design))


def reductions(measurement: ProjectMeasurement) -> list[tuple[str, str]]:
    found = []
    for title, name in ((_("Fewer tickets"), "ticket_reduction"), (_("Fewer hours"), "hour_reduction")):
        value, low, high = (getattr(measurement, name + end) for end in ("", "_low", "_high"))
        if value is not None:
            found.append((title, with_spread(Range(low, value, high), percent)))
    return found


def beside(
    measurement: ProjectMeasurement, baseline: ProjectBaseline, planned_cost: float | None
) -> list[Beside]:
    expected = Forecast.from_json(baseline.forecast) if baseline.forecast else None
    rows = [
        Beside(
            _("Saved a month"),
            with_spread(expected.saved_hours_per_month, hours) if expected else "",
            _saved(measurement),
        ),
        Beside(_("Cost"), _projected_cost(expected, planned_cost), _spent(measurement.details)),
        _return(
            _("Return of 12 months, as capacity"), expected and expected.capacity, measurement.roi_capacity
        ),
        _return(_("Return of 12 months, as cash"), expected and expected.cash, measurement.roi_cash),
    ]
    return [row for row in rows if row.projected or row.realised]


def saved_bars(measurement: ProjectMeasurement, baseline: ProjectBaseline) -> list[Bar]:
    """Hours a month as projected and as they came out, on one scale; none as long as there is nothing to compare."""
    realised = _saved_hours(measurement)
    if realised is None or not baseline.forecast:
        return []
    expected = Forecast.from_json(baseline.forecast).saved_hours_per_month
    return bars([(_("Projected"), expected), (_("Realised"), realised)], hours)


def _return(title: str, line: Any, realised: float | None) -> Beside:
    return Beside(
        title,
        with_spread(line.return_on_cost, percent) if line else "",
        "" if realised is None else percent(realised),
    )


def _saved(measurement: ProjectMeasurement) -> str:
    found = _saved_hours(measurement)
    return with_spread(found, hours) if found else ""


def _saved_hours(measurement: ProjectMeasurement) -> Range | None:
    ends = (
        measurement.saved_minutes_low,
        measurement.saved_minutes_per_month,
        measurement.saved_minutes_high,
    )
    return None if None in ends else Range(*(float(end or 0) / 60 for end in ends))


def _projected_cost(expected: Forecast | None, planned: float | None) -> str:
    if planned is not None:
        return money(planned)
    return with_spread(expected.cost, money) if expected else ""


def _spent(details: dict[str, Any]) -> str:
    spent = details.get("spent")
    if not spent:
        return ""
    told = money(spent["cost"])
    if spent["running_cost_per_month"]:
        told += " + " + _("%s a month") % money(spent["running_cost_per_month"])
    return told
