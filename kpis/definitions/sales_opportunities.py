"""01 Sales opportunities: what clients' tickets already ask for, judged day by day over the 30 days before."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from kpis import frames
from kpis.base import Column, Derived, Found, Kpi, Run, Selected, WorkedExample
from kpis.due import stretches
from kpis.facts.asked_for import ASKED_FOR

FRAME_DAYS = 30

# Each cell enters its group's frame on its day and leaves it 30 days later; between two such days nothing changes.
# Worths are kept in minutes × rate, and divided once at the end, so that all sums are exact.
DAILY = """
WITH stretch AS (
    SELECT number, since, until
    FROM UNNEST(%(since)s::date[], %(until)s::date[]) WITH ORDINALITY AS stretch (since, until, number)
),
cell AS (
    SELECT
        stretch.number,
        breakdown.kpi_date,
        breakdown.metric LIKE 'mismatch%%' AS is_outside,
        breakdown.company,
        breakdown.board,
        CASE WHEN breakdown.metric NOT LIKE 'mismatch%%' THEN breakdown.segment END AS subject,
        CASE WHEN breakdown.metric IN ('asked_tickets', 'mismatch_tickets') THEN breakdown.numerator ELSE 0 END
            AS tickets,
        CASE breakdown.metric
            WHEN 'subject_minutes' THEN breakdown.numerator * settings.hourly_rate
            WHEN 'mismatch_value' THEN breakdown.numerator * 60
            ELSE 0
        END AS worth
    FROM stretch
    JOIN kpi_breakdown AS breakdown
        ON breakdown.kpi_date > stretch.since - %(frame)s AND breakdown.kpi_date < stretch.until
    CROSS JOIN tenants_tenantsettings AS settings
    WHERE breakdown.company IS NOT NULL
        AND (
            breakdown.kpi = 'sales_opportunities' AND breakdown.metric = 'asked_tickets'
            OR breakdown.kpi = 'agreement_mismatch'
            AND breakdown.metric IN ('subject_minutes', 'mismatch_tickets', 'mismatch_value')
        )
),
step AS (
    SELECT
        number,
        is_outside,
        company,
        board,
        subject,
        GREATEST(bound.day, stretch.since) AS day,
        SUM(bound.sign * tickets) AS tickets,
        SUM(bound.sign * worth) AS worth
    FROM cell
    JOIN stretch USING (number)
    CROSS JOIN LATERAL (VALUES (kpi_date, 1), (kpi_date + %(frame)s, -1)) AS bound (day, sign)
    WHERE bound.day < stretch.until
    GROUP BY 1, 2, 3, 4, 5, 6
),
in_frame AS (
    SELECT
        number,
        is_outside,
        company,
        board,
        subject,
        day,
        SUM(tickets) OVER so_far > 3 AS holds,
        SUM(worth) OVER so_far AS worth
    FROM step
    WINDOW so_far AS (PARTITION BY number, is_outside, company, board, subject ORDER BY day)
),
change AS (
    SELECT
        number,
        day,
        holds::int - LAG(holds::int, 1, 0) OVER before AS found,
        CASE WHEN holds THEN worth ELSE 0 END - LAG(CASE WHEN holds THEN worth ELSE 0 END, 1, 0) OVER before AS worth
    FROM in_frame
    WINDOW before AS (PARTITION BY number, is_outside, company, board, subject ORDER BY day)
)
SELECT
    day.day::date AS kpi_date,
    COALESCE(SUM(SUM(change.found)) OVER so_far, 0) AS sales_opportunities_open,
    ROUND(COALESCE(SUM(SUM(change.worth)) OVER so_far, 0) / 60, 2) AS sales_opportunity_value
FROM stretch
CROSS JOIN LATERAL GENERATE_SERIES(stretch.since, stretch.until - 1, INTERVAL '1 day') AS day (day)
LEFT JOIN change ON change.number = stretch.number AND change.day = day.day::date
GROUP BY stretch.number, day.day
WINDOW so_far AS (PARTITION BY stretch.number ORDER BY day.day)
"""

EXAMPLE = WorkedExample(
    rows={
        "agreement": [{"external_id": 5, "company_id": 12, "covers_time": True}],
        "coverage": [{"of_agreement": 5, "kind": "board_default", "subject_id": 3}],
        "ticket": [
            {
                "external_id": 100 + number,
                "board_id": 3,
                "company_id": 12,
                "type_name": "Printer",
                "sub_type_name": "Toner" if number < 4 else "",
                "opened": f"2026-03-0{2 + number // 3} 14:00",
            }
            for number in range(5)
        ],
        "time_entry": [
            {"on": 100, "minutes": 60},
            {"on": 100, "minutes": 30, "started": "2026-03-04 14:00"},
            {"on": 104, "minutes": 10, "started": "2026-03-04 14:00"},
        ],
    },
    daily={
        "2026-03-02": {"sales_opportunities_open": 0, "sales_opportunity_value": 0},
        "2026-03-03": {"sales_opportunities_open": 1, "sales_opportunity_value": 120},
        "2026-03-04": {"sales_opportunities_open": 1, "sales_opportunity_value": 180},
    },
    breakdown=[
        ("asked_tickets", "2026-03-02", 12, None, 3, "Printer / Toner", 3, None),
        ("asked_tickets", "2026-03-03", 12, None, 3, "Printer", 1, None),
        ("asked_tickets", "2026-03-03", 12, None, 3, "Printer / Toner", 1, None),
    ],
)


def derive(run: Run) -> Derived:
    days = frames.days_to_derive(run, KPI, FRAME_DAYS)
    since, until = zip(*stretches(days), strict=True)
    parameters = {"since": list(since), "until": list(until), "frame": FRAME_DAYS}
    return Derived(days, daily=Selected(DAILY, parameters))


def findings(today: date) -> Iterable[Found]:
    from kpis import opportunities

    return opportunities.find(today)


KPI = Kpi(
    number="01",
    slug="sales_opportunities",
    name=_("Sales opportunities"),
    question=_("What could we sell this client that its tickets already ask for?"),
    formula=_(
        "More than 3 tickets of a client about one subject (their topic, else their type) on one board in 30 days: a "
        "project or training, worth the covered time they took at your hourly rate; where the language model's labels "
        "count, not of topics of which it says that they sell nothing. More than 3 worked outside its agreement on "
        "one board: a larger agreement, worth that time. From 6 on it is urgent. Devices without protection or "
        "beyond what is paid for are found as well, but have no history and so no column."
    ),
    owner=_("Account manager"),
    version=2,
    facts=(ASKED_FOR,),
    derive=derive,
    derived_from=(
        ("sales_opportunities", "asked_tickets"),
        ("agreement_mismatch", "subject_minutes"),
        ("agreement_mismatch", "mismatch_tickets"),
        ("agreement_mismatch", "mismatch_minutes"),
        ("agreement_mismatch", "mismatch_value"),
    ),
    derived_columns=(
        Column(
            "sales_opportunities_open",
            "asked_tickets",
            _("Sales opportunities"),
            "findings",
            "neither",
            _("Recurring problems and work outside agreements in the 30 days up to this one."),
        ),
        Column(
            "sales_opportunity_value",
            "asked_tickets",
            _("Value of sales opportunities"),
            "money",
            "neither",
            _("What their time in these 30 days is worth."),
        ),
    ),
    findings=findings,
    momentary=frozenset({"gap"}),
    example=EXAMPLE,
)
