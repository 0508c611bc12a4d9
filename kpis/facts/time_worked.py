"""Time entries on their local day, each judged billable or not, by a person or by automation."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric

# Of an entry, its agreement and its work type, under these names.
EFFECTIVE_OPTION = """CASE
            WHEN entry.billable_option IN ('Billable', 'DoNotBill', 'NoCharge') THEN entry.billable_option
            WHEN agreement.bill_time IN ('Billable', 'DoNotBill', 'NoCharge') THEN agreement.bill_time
            WHEN work_type.bill_time IN ('Billable', 'DoNotBill', 'NoCharge') THEN work_type.bill_time
            ELSE 'DoNotBill'
        END"""

SELECT = f"""
SELECT
    entry.external_id AS id,
    (entry.started_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    entry.company_id AS company,
    entry.member_id AS technician,
    ticket_worked_on.board_id AS board,
    CASE
        WHEN entry.charge_to_type IN ('ServiceTicket', 'ProjectTicket') THEN COALESCE(work_type.name, '')
        ELSE entry.charge_to_type || COALESCE(': ' || NULLIF(charge_code.name, ''), '')
    END AS segment,
    CASE WHEN member.is_automation IS NOT TRUE AND effective.option = 'Billable' THEN entry.minutes END
        AS billable_minutes,
    CASE WHEN member.is_automation IS NOT TRUE AND effective.option <> 'Billable' THEN entry.minutes END
        AS non_billable_minutes,
    CASE WHEN member.is_automation THEN entry.minutes END AS automation_minutes,
    NOT member.is_automation IS TRUE AND member.id IS NOT NULL AS is_by_technician,
    member.daily_capacity_hours
FROM due
JOIN raw_time_entries AS entry
    ON entry.started_at >= due.starts_at AND entry.started_at < due.ends_at
LEFT JOIN raw_members AS member
    ON member.source_id = entry.source_id AND member.external_id = entry.member_id
LEFT JOIN raw_work_types AS work_type
    ON work_type.source_id = entry.source_id AND work_type.external_id = entry.work_type_id
LEFT JOIN raw_agreements AS agreement
    ON agreement.source_id = entry.source_id AND agreement.external_id = entry.agreement_id
LEFT JOIN raw_charge_codes AS charge_code
    ON entry.charge_to_type = 'ChargeCode'
    AND charge_code.source_id = entry.source_id
    AND charge_code.external_id = entry.charge_to_id
LEFT JOIN raw_tickets AS ticket_worked_on
    ON ticket_worked_on.source_id = entry.source_id AND ticket_worked_on.external_id = entry.ticket_id
CROSS JOIN LATERAL (
    SELECT
        {EFFECTIVE_OPTION} AS option
) AS effective
WHERE entry.deleted_at IS NULL
"""  # noqa: S608 - our own fragment

TIME_WORKED = Fact(
    name="time_worked",
    sql=SELECT,
    thing="time entry",
    is_kept=True,
    metrics=(
        Metric(
            "billable_minutes",
            _("Billable time"),
            "minutes",
            "more is better",
            "billable_minutes",
            meaning=_("Minutes worked that are charged."),
        ),
        Metric(
            "non_billable_minutes",
            _("Non-billable time"),
            "minutes",
            "less is better",
            "non_billable_minutes",
            meaning=_("Minutes worked that are not charged."),
        ),
        Metric(
            "automation_minutes",
            _("Time logged by automation"),
            "minutes",
            "neither",
            "automation_minutes",
            meaning=_("Minutes logged by programs, charged or not."),
        ),
    ),
)
