"""10 Project impact: what finished projects have really saved, beside what had been promised."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from kpis.base import Column, Found, Kpi, WorkedExample
from kpis.facts.measured_projects import DAILY, PROJECT_VERDICTS, REALISED_SAVINGS

# A project that worked, and one of which no effect can be told from chance.
EXAMPLE = WorkedExample(
    rows={
        "topic": [{"id": 7, "name_en": "Password resets"}, {"id": 8, "name_en": "Printer queues"}],
        "ticket": [{"external_id": 100, "opened": "2026-03-02 14:00"}],
        "proposal": [
            {"id": 4, "topic": 7, "company": 12, "status": "measured"},
            {"id": 5, "topic": 8, "status": "measured"},
        ],
        "proposal_event": [
            {"of_proposal": 4, "day": "2025-09-01", "status": "accepted", "minutes": 600},
            {"of_proposal": 5, "day": "2025-09-01", "status": "accepted", "minutes": 300},
        ],
        "measurement": [
            {"of_proposal": 4, "day": "2026-03-03", "verdict": "too_early"},
            {
                "of_proposal": 4,
                "day": "2026-03-04",
                "verdict": "improved",
                "saved_minutes_per_month": 450,
                "ticket_reduction": 0.4,
                "hour_reduction": 0.375,
            },
            {
                "of_proposal": 5,
                "day": "2026-03-04",
                "verdict": "no_detectable_effect",
                "saved_minutes_per_month": 20,
                "ticket_reduction": 0.03,
            },
        ],
    },
    daily={
        "2026-03-02": {"realised_savings_minutes": None},
        "2026-03-03": {"realised_savings_minutes": 0},
        "2026-03-04": {"realised_savings_minutes": 450},
        "2026-03-05": {"realised_savings_minutes": 450},
    },
    breakdown=[
        ("realised_savings_minutes", "2026-03-03", 12, None, None, "7", 0, None),
        *(
            cell
            for day in ("2026-03-04", "2026-03-05")
            for cell in (
                ("realised_savings_minutes", day, 12, None, None, "7", 450, None),
                ("realised_savings_minutes", day, None, None, None, "8", 0, None),
                ("promised_savings_minutes", day, 12, None, None, "7", 600, None),
                ("promised_savings_minutes", day, None, None, None, "8", 300, None),
                ("measured_projects", day, 12, None, None, "improved", 1, None),
                ("measured_projects", day, None, None, None, "no_detectable_effect", 1, None),
                ("ticket_reduction", day, 12, None, None, "improved", "0.4", 1),
                ("ticket_reduction", day, None, None, None, "no_detectable_effect", "0.03", 1),
                ("hour_reduction", day, 12, None, None, "improved", "0.375", 1),
            )
        ),
        ("promised_savings_minutes", "2026-03-03", 12, None, None, "7", 600, None),
        ("measured_projects", "2026-03-03", 12, None, None, "too_early", 1, None),
    ],
)


def findings(today: date) -> Iterable[Found]:
    from kpis import project_findings

    return project_findings.disappointing(today)


KPI = Kpi(
    number="10",
    slug="project_impact",
    name=_("Project impact"),
    question=_("Did the project pay?"),
    formula=_(
        "Tickets and time of a finished project's topic after it, against before it and against clients or topics "
        "without it over the same time. What that saves in a month counts as soon as it can be told from chance, "
        "and as a loss where it became worse; otherwise the project counts as 0."
    ),
    owner=_("Service manager"),
    version=1,
    facts=(REALISED_SAVINGS, PROJECT_VERDICTS),
    rolling_sql=DAILY,
    rolling_columns=(
        Column(
            "realised_savings_minutes",
            "realised_savings_minutes",
            _("Minutes a month that projects save"),
            "minutes",
            "more is better",
            _(
                "What finished projects save in a month, as measured by then. Empty before the first measurement."
            ),
        ),
    ),
    findings=findings,
    momentary=frozenset({"disappointing"}),
    example=EXAMPLE,
)
