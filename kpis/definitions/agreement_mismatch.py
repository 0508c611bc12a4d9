"""05 Agreement mismatch: what was worked on that no agreement covers, why, and what it is worth."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from kpis import frames
from kpis.base import Column, Derived, Found, Kpi, Run, Selected, WorkedExample
from kpis.facts.agreement_minutes import AGREEMENT_VERDICTS, MISMATCH_TICKETS, SUBJECT_MINUTES

# Where no agreement is known at all, nothing is known of what they cover.
DAILY = """
SELECT
    day.kpi_date,
    COALESCE(total.tickets, 0) AS mismatch_tickets,
    COALESCE(total.minutes, 0) AS mismatch_minutes,
    COALESCE(total.value, 0) AS mismatch_value
FROM UNNEST(%(days)s::date[]) AS day (kpi_date)
LEFT JOIN (
    SELECT
        kpi_date,
        SUM(numerator) FILTER (WHERE metric = 'mismatch_tickets') AS tickets,
        SUM(numerator) FILTER (WHERE metric = 'mismatch_minutes') AS minutes,
        SUM(numerator) FILTER (WHERE metric = 'mismatch_value') AS value
    FROM UNNEST(%(days)s::date[]) AS day (kpi_date)
    JOIN kpi_breakdown USING (kpi_date)
    WHERE kpi = 'agreement_mismatch'
    GROUP BY kpi_date
) AS total USING (kpi_date)
WHERE EXISTS (SELECT FROM raw_agreements)
UNION ALL
SELECT kpi_date, NULL, NULL, NULL
FROM UNNEST(%(days)s::date[]) AS day (kpi_date)
WHERE NOT EXISTS (SELECT FROM raw_agreements)
"""

EXAMPLE = WorkedExample(
    rows={
        "member": [{"external_id": 1}, {"external_id": 9, "looks_automated": True}],
        "agreement": [
            {
                "external_id": 5,
                "company_id": 12,
                "covers_time": True,
                "starts_on": "2026-01-01",
                "limit_units": "Hours",
                "limit_amount": 1,
                "limit_cycle": "CalendarMonth",
            }
        ],
        "coverage": [
            {"of_agreement": 5, "kind": "board_default", "subject_id": 3},
            {"of_agreement": 5, "kind": "work_type_exclusion", "subject_id": 6},
        ],
        "ticket": [
            {"external_id": 100, "board_id": 3, "company_id": 12, "type_name": "Printer"},
            {"external_id": 101, "board_id": 4, "company_id": 12},
        ],
        "time_entry": [
            {"on": 100, "member": 1, "minutes": 50, "started": "2026-03-02 14:00"},
            {"on": 100, "member": 1, "minutes": 30, "started": "2026-03-02 15:00"},
            {"on": 100, "member": 1, "minutes": 10, "work_type_id": 6, "billable_option": "NoCharge"},
            {"on": 101, "member": 1, "minutes": 15, "hourly_rate": 80},
            {"on": 101, "member": 9, "minutes": 5},
            {"member": 1, "minutes": 45},
        ],
    },
    daily={"2026-03-02": {"mismatch_tickets": 2, "mismatch_minutes": 45, "mismatch_value": 80}},
    breakdown=[
        ("agreement_minutes", "2026-03-02", 12, 1, 3, "COVERED", 60, None),
        ("agreement_minutes", "2026-03-02", 12, 1, 3, "OVER_LIMIT", 20, None),
        ("agreement_minutes", "2026-03-02", 12, 1, 3, "WORK_TYPE_EXCLUDED", 10, None),
        ("agreement_minutes", "2026-03-02", 12, 1, 4, "BOARD_NOT_COVERED", 15, None),
        ("agreement_minutes", "2026-03-02", None, 1, None, "OTHER_TIME", 45, None),
        ("mismatch_minutes", "2026-03-02", 12, 1, 3, "OVER_LIMIT", 20, None),
        ("mismatch_minutes", "2026-03-02", 12, 1, 3, "WORK_TYPE_EXCLUDED", 10, None),
        ("mismatch_minutes", "2026-03-02", 12, 1, 4, "BOARD_NOT_COVERED", 15, None),
        ("mismatch_tickets", "2026-03-02", 12, None, 3, "OVER_LIMIT", 1, None),
        ("mismatch_tickets", "2026-03-02", 12, None, 4, "BOARD_NOT_COVERED", 1, None),
        ("mismatch_value", "2026-03-02", 12, 1, 3, "OVER_LIMIT", 40, None),
        ("mismatch_value", "2026-03-02", 12, 1, 3, "WORK_TYPE_EXCLUDED", 20, None),
        ("mismatch_value", "2026-03-02", 12, 1, 4, "BOARD_NOT_COVERED", 20, None),
        ("subject_minutes", "2026-03-02", 12, None, 3, "Printer", 60, None),
        ("unbilled_minutes", "2026-03-02", 12, 1, 3, "WORK_TYPE_EXCLUDED", 10, None),
    ],
)


def derive(run: Run) -> Derived:
    days = frames.days_to_derive(run, KPI, 1)
    return Derived(days, daily=Selected(DAILY, {"days": list(days)}))


def findings(today: date) -> Iterable[Found]:
    from kpis import mismatches

    return mismatches.find(today)


KPI = Kpi(
    number="05",
    slug="agreement_mismatch",
    name=_("Agreement mismatch"),
    question=_("What do we work on that no agreement covers?"),
    formula=_(
        "Each minute worked on a ticket is judged by the client's agreements in force on that day: covered, or "
        "outside because there is none, it has ended, it leaves out the board, the type or the work type, or its "
        "limit is used up."
    ),
    owner=_("Account manager"),
    version=2,
    facts=(AGREEMENT_VERDICTS, MISMATCH_TICKETS, SUBJECT_MINUTES),
    derive=derive,
    derived_from=(
        ("agreement_mismatch", "mismatch_minutes"),
        ("agreement_mismatch", "mismatch_value"),
        ("agreement_mismatch", "mismatch_tickets"),
    ),
    derived_columns=(
        Column(
            "mismatch_tickets",
            "mismatch_tickets",
            _("Tickets outside agreements"),
            "tickets",
            "less is better",
            _("Tickets worked on that day outside their agreement."),
        ),
        Column(
            "mismatch_minutes",
            "mismatch_minutes",
            _("Minutes outside agreements"),
            "minutes",
            "less is better",
            _("Minutes worked on tickets that no agreement covers."),
        ),
        Column(
            "mismatch_value",
            "mismatch_value",
            _("Value outside agreements"),
            "money",
            "less is better",
            _("The same at the entry's hourly rate, else yours."),
        ),
    ),
    findings=findings,
    example=EXAMPLE,
)
