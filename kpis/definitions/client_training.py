"""02 Client training needs: tickets that users would not have opened if somebody had shown them how."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from kpis.base import Column, Derived, Found, Kpi, Run, Selected, WorkedExample
from kpis.facts.training_needs import TRAINING_NEEDS
from kpis.frames import days_to_derive

DAILY = """
SELECT due.kpi_date, COALESCE(SUM(cell.numerator), 0) AS client_training_tickets
FROM UNNEST(%(days)s::date[]) AS due (kpi_date)
LEFT JOIN kpi_breakdown AS cell
    ON cell.kpi_date = due.kpi_date AND cell.kpi = 'client_training' AND cell.metric = 'training_tickets'
GROUP BY due.kpi_date
"""

PERSON = {"company_id": 12, "board_id": 3, "contact_id": 7, "type_name": "E-mail"}
EXAMPLE = WorkedExample(
    rows={
        "member": [{"external_id": 1}],
        "ticket": [
            {
                "external_id": 100,
                "opened": "2026-03-02 14:00",
                "summary": "Comment créer une signature ?",
                **PERSON,
            },
            {"external_id": 101, "opened": "2026-03-02 15:00", "summary": "Outlook is slow", **PERSON},
            {"external_id": 102, "opened": "2026-03-03 15:00", "summary": "Outlook again", **PERSON},
            {
                "external_id": 103,
                "opened": "2026-03-03 16:00",
                "summary": "Unplugged the projector in the training room",
                "company_id": 12,
            },
        ],
        "time_entry": [
            {"on": 100, "member": 1, "minutes": 10, "started": "2026-03-04 14:00"},
            {"on": 101, "member": 1, "minutes": 40},
        ],
    },
    daily={
        "2026-03-02": {"client_training_tickets": 1},
        "2026-03-03": {"client_training_tickets": 1},
        "2026-03-04": {"client_training_tickets": 0},
    },
    breakdown=[
        ("training_minutes", "2026-03-02", 12, None, 3, "how_to", 10, None),
        ("training_minutes", "2026-03-03", 12, None, 3, "repeat", 0, None),
        ("training_share", "2026-03-02", 12, None, 3, "E-mail", 1, 2),
        ("training_share", "2026-03-03", 12, None, 3, "E-mail", 1, 1),
        ("training_share", "2026-03-03", 12, None, None, "", 0, 1),
        ("training_tickets", "2026-03-02", 12, None, 3, "how_to", 1, None),
        ("training_tickets", "2026-03-03", 12, None, 3, "repeat", 1, None),
    ],
)


def derive(run: Run) -> Derived:
    days = days_to_derive(run, KPI, frame_days=1)
    return Derived(days=days, daily=Selected(DAILY, {"days": list(days)}))


def findings(today: date) -> Iterable[Found]:
    from kpis import training_findings  # brings scipy, which only workers need

    return training_findings.find(today)


KPI = Kpi(
    number="02",
    slug="client_training",
    name=_("Client training needs"),
    question=_("Which clients' users need training, and on what?"),
    formula=_(
        "Tickets whose summary is a how-to question or tells of a user error, by a list of English and French phrases "
        "that each MSP extends, and from the third ticket on that the same person opens on the same subject within "
        "30 days. The subject is the ticket's topic, else its type. Where the MSP lets the language model's labels "
        "count, it decides about the topics it has labelled. A client stands out with 5 of them in 30 days, or with "
        "a share that is credibly above the others'."
    ),
    owner=_("Account manager"),
    version=2,
    facts=(TRAINING_NEEDS,),
    derive=derive,
    derived_from=(
        ("client_training", "training_tickets"),
        ("client_training", "training_share"),
        ("client_training", "training_minutes"),
    ),
    derived_columns=(
        Column(
            "client_training_tickets",
            "training_tickets",
            _("Tickets that ask for training"),
            "tickets",
            "less is better",
            _("Tickets opened on the day that are a how-to question, a user error or a repeat."),
        ),
    ),
    findings=findings,
    example=EXAMPLE,
)
