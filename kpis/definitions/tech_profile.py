"""08 Tech profile: what a technician works on, and what they are good at; for their own page."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Derived, Kpi, Run, WorkedExample
from kpis.compared import HANDLING_CELLS, as_decided, of_domain
from kpis.facts.domain_minutes import DOMAIN_MINUTES
from kpis.facts.handled import tickets_of_domains

EXAMPLE = WorkedExample(
    rows={
        "member": [{"external_id": 1}, {"external_id": 9, "looks_automated": True}],
        "ticket": [
            {"external_id": 100, "board_id": 3, "company_id": 12, "type_name": "Printer"},
            {"external_id": 101, "board_id": 3, "record_type": "ProjectTicket"},
        ],
        "time_entry": [
            {"on": 100, "member": 1, "minutes": 40},
            {"on": 100, "member": 1, "minutes": 20},
            {"on": 100, "member": 9, "minutes": 5},
            {"on": 100, "member": 77, "minutes": 5},
            {"on": 101, "member": 1, "minutes": 30},
        ],
        "dispute": [{"on": 100, "member": 1}],
    },
    daily={},
    breakdown=[("domain_minutes", "2026-03-02", None, 1, 3, "Printer", 60, None)],
)


def derive(run: Run) -> Derived:
    from kpis import fair_figures  # brings scipy, which only workers need

    return fair_figures.profile(run, KPI)


KPI = Kpi(
    number="08",
    slug="tech_profile",
    name=_("Tech profile"),
    question=_("What is each technician best at?"),
    formula=as_decided(
        _(
            "The share of a technician's time and tickets by board and type over 90 days. A strength is work that "
            "they do credibly faster than colleagues and that does not come back more often; to be improved is work "
            "that takes them credibly longer. Below 5 tickets nothing is said."
        )
    ),
    owner=_("Technician"),
    version=2,
    facts=(DOMAIN_MINUTES, tickets_of_domains("profiled_work")),
    derive=derive,
    derived_from=HANDLING_CELLS,
    derived_metrics=(
        of_domain(
            "strength",
            _("Strength"),
            "more is better",
            "domain_handling",
            _("Time needed over the time that colleagues need, where it is credibly less and as lasting."),
        ),
        of_domain(
            "weakness",
            _("To improve"),
            "less is better",
            "domain_handling",
            _("Time needed over the time that colleagues need, where it is credibly more."),
        ),
    ),
    example=EXAMPLE,
)
