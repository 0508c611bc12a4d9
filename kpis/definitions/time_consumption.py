"""04 Time consumption: where the hours go, time not charged to a ticket included."""

from kpis.base import Kpi, WorkedExample
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

KPI = Kpi(
    number="04",
    slug="time_consumption",
    name="Time consumption",
    question="Where do the hours go?",
    owner="Service manager",
    version=1,
    facts=(TIME_WORKED,),
    daily_sql=DAILY,
    daily_columns={
        "billable_minutes": "billable_minutes",
        "non_billable_minutes": "non_billable_minutes",
    },
    example=EXAMPLE,
)
