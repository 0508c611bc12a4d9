"""06 Improvement projects: which recurring work could be removed, and what waits for a decision about it."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from kpis.base import Column, Found, Kpi, WorkedExample
from kpis.facts.standing_proposals import DAILY, PROPOSALS_BY_KIND, STANDING_PROPOSALS
from kpis.facts.topic_work import TOPIC_MINUTES, TOPIC_TICKETS

# Two tickets of a topic, one of them through a topic that was merged into it, and a third that is only like it.
EXAMPLE = WorkedExample(
    rows={
        "member": [{"external_id": 1}],
        "topic": [
            {"id": 7, "name_en": "Password resets", "name_fr": "Mots de passe oubliés"},
            {"id": 8, "name_en": "Forgotten passwords", "merged_into": 7},
        ],
        "ticket": [
            {"external_id": 100, "opened": "2026-03-02 14:00", "company_id": 12, "board_id": 3},
            {"external_id": 101, "opened": "2026-03-02 15:00", "company_id": 12, "board_id": 3},
            {"external_id": 102, "opened": "2026-03-02 16:00", "company_id": 12, "board_id": 3},
        ],
        "ticket_topic": [
            {"on": 100, "topic": 7},
            {"on": 101, "topic": 8},
            {"on": 102, "topic": 7, "is_core": False},
        ],
        "time_entry": [{"on": 101, "member": 1, "minutes": 30, "started": "2026-03-03 14:00"}],
        "proposal": [{"id": 4, "topic": 7, "archetype": "password_self_service"}],
        "proposal_event": [
            {"of_proposal": 4, "day": "2026-03-03", "status": "proposed", "minutes": 600},
            {"of_proposal": 4, "day": "2026-03-04", "status": "proposed", "minutes": 660},
            {"of_proposal": 4, "day": "2026-03-05", "status": "accepted", "minutes": 660},
        ],
    },
    daily={
        "2026-03-02": {"projects_proposed": None, "projected_savings_minutes": None},
        "2026-03-03": {"projects_proposed": 1, "projected_savings_minutes": 600},
        "2026-03-04": {"projects_proposed": 1, "projected_savings_minutes": 660},
        "2026-03-05": {"projects_proposed": 0, "projected_savings_minutes": 0},
    },
    breakdown=[
        ("topic_tickets", "2026-03-02", 12, None, 3, "7", 2, None),
        ("topic_minutes", "2026-03-03", 12, None, 3, "7", 30, None),
        ("projects_proposed", "2026-03-03", None, None, None, "7", 1, None),
        ("projects_proposed", "2026-03-04", None, None, None, "7", 1, None),
        ("projected_savings_minutes", "2026-03-03", None, None, None, "7", 600, None),
        ("projected_savings_minutes", "2026-03-04", None, None, None, "7", 660, None),
        ("proposed_by_kind", "2026-03-03", None, None, None, "password_self_service", 1, None),
        ("proposed_by_kind", "2026-03-04", None, None, None, "password_self_service", 1, None),
        ("projected_by_kind", "2026-03-03", None, None, None, "password_self_service", 600, None),
        ("projected_by_kind", "2026-03-04", None, None, None, "password_self_service", 660, None),
    ],
)

PLAIN = """
SELECT
    (raw.opened_at AT TIME ZONE %(zone)s)::date AS day,
    topic.root_id AS topic,
    COUNT(*) AS tickets
FROM raw_tickets AS raw
JOIN ticket_topics AS about ON about.source_id = raw.source_id AND about.ticket_id = raw.external_id
JOIN topics AS topic ON topic.id = about.topic_id
WHERE raw.record_type = 'ServiceTicket'
    AND raw.deleted_at IS NULL
    AND raw.merged_into IS NULL
    AND about.is_core
GROUP BY day, topic.root_id
ORDER BY day, topic.root_id
"""


def findings(today: date) -> Iterable[Found]:
    from kpis import project_findings

    return project_findings.waiting(today)


KPI = Kpi(
    number="06",
    slug="improvement_projects",
    name=_("Improvement projects"),
    question=_("Which project would remove the most recurring work?"),
    formula=_(
        "Tickets that surely belong to the same recurring problem make a topic, with the time booked on them. From a "
        "topic with enough tickets of enough people comes a proposal; each day has those that then waited for a "
        "decision, and what they would save in a month as estimated then."
    ),
    owner=_("Service manager"),
    version=1,
    facts=(TOPIC_TICKETS, TOPIC_MINUTES, STANDING_PROPOSALS, PROPOSALS_BY_KIND),
    rolling_sql=DAILY,
    rolling_columns=(
        Column(
            "projects_proposed",
            "projects_proposed",
            _("Proposed projects"),
            "projects",
            "neither",
            _("Proposals that wait for a decision at the day's end. Empty before the first one."),
        ),
        Column(
            "projected_savings_minutes",
            "projected_savings_minutes",
            _("Minutes a month that they would save"),
            "minutes",
            "neither",
            _("What these proposals would save in a month, as estimated at that time."),
        ),
    ),
    findings=findings,
    momentary=frozenset({"waiting"}),
    example=EXAMPLE,
    plain_sql=PLAIN,
    plain_differs=_(
        "Gives the tickets of each topic, which agree while every topic is in use; the KPI leaves out those that wait "
        "for review and those that were retired."
    ),
)
