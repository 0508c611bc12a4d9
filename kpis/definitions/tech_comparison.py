"""09 Tech comparison: how technicians compare on equal work, in three tiers and never as a ranking."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from kpis.base import Column, Derived, Direction, Found, Kpi, Metric, Run, Unit, WorkedExample
from kpis.compared import FRAME_DAYS, HANDLING_CELLS, as_decided
from kpis.facts.first_hands import FIRST_HANDS
from kpis.facts.handled import HANDLED

EXAMPLE = WorkedExample(
    rows={
        "member": [
            {"external_id": 1},
            {"external_id": 2, "name": "Bo Lind"},
            {"external_id": 9, "looks_automated": True},
        ],
        "ticket": [
            {
                "external_id": 100,
                "opened": "2026-03-02 14:00",
                "closed": "2026-03-02 18:00",
                "owner_id": 1,
                "board_id": 3,
                "priority_id": 4,
                "type_name": "Printer",
            },
            {
                "external_id": 101,
                "opened": "2026-03-02 14:00",
                "closed": "2026-03-03 18:00",
                "owner_id": 2,
                "board_id": 3,
                "type_name": "Printer",
            },
            {
                "external_id": 102,
                "opened": "2026-03-02 14:00",
                "closed": "2026-03-04 18:00",
                "owner_id": 2,
                "board_id": 3,
                "type_name": "Phone",
            },
            {
                "external_id": 103,
                "opened": "2026-03-02 14:00",
                "closed": "2026-03-04 19:00",
                "owner_id": 2,
                "board_id": 3,
                "type_name": "Parts",
            },
        ],
        "time_entry": [
            {"on": 100, "member": 1, "minutes": 40},
            {"on": 100, "member": 2, "started": "2026-03-02 15:00", "minutes": 20},
            {"on": 100, "member": 9, "minutes": 300},
            {"on": 101, "member": 1, "minutes": 40},
            {"on": 101, "member": 2, "started": "2026-03-02 16:00", "minutes": 20},
            {"on": 102, "member": 2, "minutes": 20},
            {"on": 103, "member": 2, "minutes": 20},
        ],
        "dispute": [{"on": 102, "member": 2, "credited_to": 1}, {"on": 103, "member": 2}],
        "event": [{"on": 101, "kind": "team", "old": "Desk", "new": "Field", "occurred": "2026-03-02 15:00"}],
    },
    daily={"2026-03-02": {"technicians_off_expected": None}},
    breakdown=[
        ("escalated", "2026-03-02", None, 1, 3, "4:Printer", 0, 1),
        ("escalated", "2026-03-03", None, 1, 3, ":Printer", 1, 1),
        ("escalated", "2026-03-04", None, 1, 3, ":Phone", 0, 1),
        ("handling_log", "2026-03-02", None, 1, 3, "4:Printer", "4.0943", 1),
        ("handling_log_squares", "2026-03-02", None, 1, 3, "4:Printer", "16.7633", None),
        ("handling_minutes", "2026-03-02", None, 1, 3, "4:Printer", 60, 1),
        ("reopened_work", "2026-03-02", None, 1, 3, "4:Printer", 0, 1),
        ("reopened_work", "2026-03-03", None, 2, 3, ":Printer", 0, 1),
        ("reopened_work", "2026-03-04", None, 1, 3, ":Phone", 0, 1),
    ],
)


def derive(run: Run) -> Derived:
    from kpis import fair_figures  # brings scipy, which only workers need

    return fair_figures.comparison(run, KPI)


def findings(today: date) -> Iterable[Found]:
    from kpis import fair_findings

    return fair_findings.needing_attention(today)


def _of_frame(
    slug: str, name: Any, unit: Unit, direction: Direction, meaning: Any, behind: str = "handling_minutes"
) -> Metric:
    return Metric(
        slug,
        name,
        unit,
        direction,
        roll_up="none",
        explained_by=behind,
        frame_days=FRAME_DAYS,
        explained_cut=("technician",),
        meaning=meaning,
    )


KPI = Kpi(
    number="09",
    slug="tech_comparison",
    name=_("Tech comparison"),
    question=_("How do technicians compare on equal work?"),
    formula=as_decided(
        _(
            "The time that a technician's tickets of the last 30 days took is compared with what colleagues need for "
            "the same mix of boards, types and priorities. The fewer tickets, the closer the ratio is kept to 1, and "
            "each has an interval in which the truth lies nine times out of ten. Reopened tickets and satisfied "
            "clients count as much as speed. Below 10 tickets, and without enough tickets of at least two colleagues, "
            "nobody is compared."
        )
    ),
    owner=_("Service manager"),
    version=2,
    facts=(HANDLED, FIRST_HANDS),
    derive=derive,
    derived_from=(*HANDLING_CELLS, ("tech_efficiency", "csat")),
    derived_columns=(
        Column(
            "technicians_off_expected",
            "handling_low",
            _("Technicians slower than expected"),
            "people",
            "less is better",
            _("Technicians who credibly needed more time than colleagues on the same work, over 30 days."),
        ),
    ),
    derived_metrics=(
        _of_frame(
            "handling_ratio",
            _("Handling time against expected"),
            "times",
            "less is better",
            _("Time needed over the time that colleagues need for the same work; 1 is as expected."),
        ),
        _of_frame(
            "handling_low",
            _("Handling time against expected, at least"),
            "times",
            "less is better",
            _("The lower end of its 90 % interval."),
        ),
        _of_frame(
            "handling_high",
            _("Handling time against expected, at most"),
            "times",
            "less is better",
            _("The upper end of its 90 % interval."),
        ),
        _of_frame(
            "expected_minutes",
            _("Observed and expected minutes"),
            "minutes",
            "neither",
            _(
                "Minutes on the technician's tickets, over the minutes that colleagues would have needed for them."
            ),
        ),
        _of_frame(
            "reopen_ratio",
            _("Reopened tickets against expected"),
            "times",
            "less is better",
            _("Reopened tickets over as many as colleagues have among the same work."),
            "reopened_work",
        ),
        _of_frame(
            "reopen_low",
            _("Reopened tickets against expected, at least"),
            "times",
            "less is better",
            _("The lower end of its 90 % interval."),
            "reopened_work",
        ),
        _of_frame(
            "reopen_high",
            _("Reopened tickets against expected, at most"),
            "times",
            "less is better",
            _("The upper end of its 90 % interval."),
            "reopened_work",
        ),
        _of_frame(
            "csat_fair",
            _("Satisfaction, fairly"),
            "points",
            "more is better",
            _(
                "Mean satisfaction of the technician's clients, kept close to the team's while answers are few."
            ),
        ),
        _of_frame(
            "score",
            _("Score"),
            "points",
            "more is better",
            _("From 0 to 100, 50 being the team's work; half of it is speed, half quality."),
        ),
        _of_frame(
            "tier",
            _("Tier"),
            "score",
            "more is better",
            _("-1 needs attention, 0 as expected, 1 better."),
        ),
    ),
    findings=findings,
    example=EXAMPLE,
)
