"""04 Time consumption: where the hours go, time not charged to a ticket included."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Column, Kpi, WorkedExample
from kpis.facts.time_worked import TIME_WORKED

DAILY = """
SELECT
    kpi_date,
    COALESCE(SUM(billable_minutes), 0) AS billable_minutes,
    COALESCE(SUM(non_billable_minutes), 0) AS non_billable_minutes
FROM due_days
LEFT JOIN time_worked USING (kpi_date)
GROUP BY kpi_date
"""

EXAMPLE = WorkedExample(
    rows={
        "member": [{"external_id": 1}, {"external_id": 9, "looks_automated": True}],
        "agreement": [{"external_id": 5, "bill_time": "Billable"}],
        "work_type": [{"external_id": 6, "name": "Remote", "bill_time": "NoCharge"}],
        "charge_code": [{"external_id": 7, "name": "Training"}],
        "ticket": [{"external_id": 100, "board_id": 3, "company_id": 12}],
        "time_entry": [
            {"on": 100, "member": 1, "minutes": 30, "work_type_id": 6},
            {"on": 100, "member": 1, "minutes": 20, "work_type_id": 6, "billable_option": "NoDefault"},
            {"on": 100, "member": 1, "minutes": 10, "billable_option": "NoDefault", "agreement_id": 5},
            {"on": 100, "member": 9, "minutes": 5, "work_type_id": 6},
            {
                "member": 1,
                "minutes": 60,
                "billable_option": "DoNotBill",
                "charge_to_type": "ChargeCode",
                "charge_to_id": 7,
            },
        ],
    },
    daily={"2026-03-02": {"billable_minutes": 40, "non_billable_minutes": 80}},
    breakdown=[
        ("automation_minutes", "2026-03-02", 12, 9, 3, "Remote", 5, None),
        ("billable_minutes", "2026-03-02", 12, 1, 3, "", 10, None),
        ("billable_minutes", "2026-03-02", 12, 1, 3, "Remote", 30, None),
        ("non_billable_minutes", "2026-03-02", 12, 1, 3, "Remote", 20, None),
        ("non_billable_minutes", "2026-03-02", None, 1, None, "ChargeCode: Training", 60, None),
    ],
)

PLAIN = """
SELECT
    (started_at AT TIME ZONE %(zone)s)::date AS day,
    company_id AS company,
    SUM(minutes) AS minutes
FROM raw_time_entries
WHERE deleted_at IS NULL
GROUP BY day, company
ORDER BY day, company
"""

KPI = Kpi(
    number="04",
    slug="time_consumption",
    name=_("Time consumption"),
    question=_("Where do the hours go?"),
    formula=_(
        "Minutes of time entries, on the local day they start, split into billable and not: as the entry says, "
        "else its agreement, else its work type. Time logged by programs is shown apart."
    ),
    owner=_("Service manager"),
    version=1,
    facts=(TIME_WORKED,),
    daily_sql=DAILY,
    daily_columns=(
        Column(
            "billable_minutes",
            "billable_minutes",
            _("Billable minutes"),
            "minutes",
            "more is better",
            _("Minutes worked by people that are charged."),
        ),
        Column(
            "non_billable_minutes",
            "non_billable_minutes",
            _("Non-billable minutes"),
            "minutes",
            "less is better",
            _("Minutes worked by people that are not charged."),
        ),
    ),
    example=EXAMPLE,
    plain_sql=PLAIN,
    plain_differs=_(
        "Gives the sum of the three metrics, always. Asking the entries for billable time gives less than the KPI "
        "where an entry leaves that to its agreement or work type, and more where a program logged it."
    ),
)
