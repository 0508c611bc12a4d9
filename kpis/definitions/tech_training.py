"""03 Tech training needs: in which kind of work a technician credibly needs far more time than colleagues."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from kpis.base import Column, Derived, Found, Kpi, Run, WorkedExample
from kpis.compared import HANDLING_CELLS, as_decided, of_domain
from kpis.facts.first_hands import TICKETS_PASSED_ON
from kpis.facts.handled import tickets_of_domains

EXAMPLE = WorkedExample(
    rows={
        "member": [{"external_id": 1}],
        "ticket": [
            {
                "external_id": 100,
                "closed": "2026-03-02 18:00",
                "owner_id": 1,
                "board_id": 3,
                "type_name": "Printer",
            }
        ],
        "time_entry": [{"on": 100, "member": 1, "minutes": 40}],
    },
    daily={"2026-03-02": {"tech_training_flags": None}},
    breakdown=[],
)


def derive(run: Run) -> Derived:
    from kpis import fair_figures  # brings scipy, which only workers need

    return fair_figures.training(run, KPI)


def findings(today: date) -> Iterable[Found]:
    from kpis import fair_findings

    return fair_findings.needing_training(today)


KPI = Kpi(
    number="03",
    slug="tech_training",
    name=_("Tech training needs"),
    question=_("Where does a technician struggle?"),
    formula=as_decided(
        _(
            "For each technician and each board and type of the last 90 days: time needed, tickets reopened and "
            "tickets passed on, against what colleagues have on the same work. A pair is flagged when, fairly judged, "
            "one of them is more than 1.5 times what is expected and credibly above it. Below 5 tickets nothing is "
            "said."
        )
    ),
    owner=_("Service manager"),
    version=2,
    facts=(tickets_of_domains("work_to_train"), TICKETS_PASSED_ON),
    derive=derive,
    derived_from=(*HANDLING_CELLS, ("tech_comparison", "escalated")),
    derived_columns=(
        Column(
            "tech_training_flags",
            "handling_flag",
            _("Training needs of technicians"),
            "findings",
            "less is better",
            _(
                "Technicians and kinds of work in which they credibly need far more than colleagues, over 90 days."
            ),
        ),
    ),
    derived_metrics=(
        of_domain(
            "handling_flag",
            _("Too much time in the domain"),
            "less is better",
            "domain_handling",
            _("Time needed over the time that colleagues need for the same work, where it is flagged."),
        ),
        of_domain(
            "reopen_flag",
            _("Too many reopened in the domain"),
            "less is better",
            "domain_reopened",
            _("Reopened tickets over as many as colleagues have among the same work, where it is flagged."),
        ),
        of_domain(
            "escalation_flag",
            _("Too many passed on in the domain"),
            "less is better",
            "domain_escalated",
            _("Tickets passed on over as many as colleagues pass on of the same work, where it is flagged."),
        ),
    ),
    findings=findings,
    example=EXAMPLE,
)
