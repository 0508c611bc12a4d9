"""11 Ticket trends: what came in, what went out, what is left, and whether a day was unusual."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from kpis.base import Column, Derived, Found, Kpi, Metric, Run, WorkedExample
from kpis.facts.backlog import BACKLOG, OPEN_TICKETS
from kpis.facts.ticket_flow import TICKET_FLOW

DAILY = """
SELECT
    kpi_date,
    COUNT(opened) AS new_tickets,
    COUNT(closed) AS closed_tickets,
    COUNT(reopened) AS reopened_tickets
FROM due_days
LEFT JOIN ticket_flow USING (kpi_date)
GROUP BY kpi_date
"""

EXAMPLE = WorkedExample(
    rows={
        "ticket": [
            {"external_id": 1, "opened": "2026-03-02 14:00", "board_id": 3, "company_id": 12},
            {
                "external_id": 2,
                "opened": "2026-03-02 15:00",
                "closed": "2026-03-04 15:00",
                "board_id": 3,
                "company_id": 12,
            },
        ],
        "spells": [
            {
                "of": 2,
                "spans": [
                    ("2026-03-02 15:00", "2026-03-02 18:00"),
                    ("2026-03-03 15:00", "2026-03-04 15:00"),
                ],
            }
        ],
    },
    daily={
        "2026-03-02": {"new_tickets": 2, "closed_tickets": 1, "reopened_tickets": 0, "backlog_open": 1},
        "2026-03-03": {"new_tickets": 0, "closed_tickets": 0, "reopened_tickets": 1, "backlog_open": 2},
        "2026-03-04": {"new_tickets": 0, "closed_tickets": 1, "reopened_tickets": 0, "backlog_open": 1},
    },
    breakdown=[
        ("closed_tickets", "2026-03-02", 12, None, 3, "", 1, None),
        ("closed_tickets", "2026-03-04", 12, None, 3, "", 1, None),
        ("new_tickets", "2026-03-02", 12, None, 3, "", 2, None),
        ("reopened_tickets", "2026-03-03", 12, None, 3, "", 1, None),
    ],
)


def derive(run: Run) -> Derived:
    from kpis import series  # brings scipy, which only workers need

    return series.scores(run)


def findings(today: date) -> Iterable[Found]:
    from kpis import anomalies

    return anomalies.find(today)


PLAIN = """
WITH daily AS (
    SELECT (opened_at AT TIME ZONE %(zone)s)::date AS day, COUNT(*) AS tickets
    FROM raw_tickets
    WHERE record_type = 'ServiceTicket' AND deleted_at IS NULL AND merged_into IS NULL
    GROUP BY day
),
every_day AS (
    SELECT calendar.day::date AS day, COALESCE(daily.tickets, 0) AS tickets
    FROM GENERATE_SERIES(%(first_day)s::date, %(today)s::date, INTERVAL '1 day') AS calendar (day)
    LEFT JOIN daily ON daily.day = calendar.day::date
)
SELECT
    day,
    tickets,
    (tickets - AVG(tickets) OVER before) / NULLIF(STDDEV_SAMP(tickets) OVER before, 0) AS zscore
FROM every_day
WINDOW before AS (ORDER BY day ROWS BETWEEN 30 PRECEDING AND 1 PRECEDING)
ORDER BY day
"""

KPI = Kpi(
    number="11",
    slug="ticket_trends",
    name=_("Ticket trends"),
    question=_("Is something unusual happening?"),
    formula=_(
        "Each day's new tickets - the MSP's, each client's and each board's - are compared with the 30 days before "
        "(plain score) and with similar days of the 12 weeks before (seasonal score). Across the many clients and "
        "boards, false alarms are held down: only what stands out among all of them is flagged."
    ),
    owner=_("Service manager"),
    version=1,
    facts=(TICKET_FLOW, OPEN_TICKETS),
    daily_sql=DAILY,
    daily_columns=(
        Column(
            "new_tickets",
            "new_tickets",
            _("New tickets"),
            "tickets",
            "less is better",
            _("Tickets opened on the day."),
        ),
        Column(
            "closed_tickets",
            "closed_tickets",
            _("Closed tickets"),
            "tickets",
            "more is better",
            _("Closures on the day."),
        ),
        Column(
            "reopened_tickets",
            "reopened_tickets",
            _("Reopened tickets"),
            "tickets",
            "less is better",
            _("Reopenings on the day."),
        ),
    ),
    rolling_sql=BACKLOG,
    rolling_columns=(
        Column(
            "backlog_open",
            "backlog_open",
            _("Backlog"),
            "tickets",
            "less is better",
            _("Tickets open at the day's end."),
        ),
        Column(
            "backlog_over_30d",
            "backlog_over_30d",
            _("Backlog over 30 days"),
            "tickets",
            "less is better",
            _("Of those, opened 30 days before or earlier."),
        ),
    ),
    derive=derive,
    derived_from=(("ticket_trends", "new_tickets"),),
    derived_columns=(
        Column(
            "ticket_zscore",
            "zscore",
            _("Plain z-score"),
            "score",
            "neither",
            _("New tickets against the mean of the 30 days before, in standard deviations."),
        ),
        Column(
            "ticket_seasonal_score",
            "seasonal_score",
            _("Seasonal score"),
            "score",
            "neither",
            _("New tickets against similar days of the 12 weeks before, as a signed z."),
        ),
        Column(
            "anomaly_detected",
            "anomaly",
            _("Unusual day"),
            "score",
            "neither",
            _("Whether the score is beyond the MSP's threshold."),
        ),
    ),
    derived_metrics=tuple(
        Metric(
            slug=slug,
            name=name,
            unit="score",
            direction="neither",
            roll_up="none",
            explained_by="new_tickets",
            meaning=meaning,
        )
        for slug, name, meaning in (
            (
                "zscore",
                _("Plain z-score of new tickets"),
                _(
                    "Of a client or a board: distance from the mean of the 30 days before, in standard deviations."
                ),
            ),
            (
                "seasonal_score",
                _("Seasonal score of new tickets"),
                _("Of a client or a board: how unusual the day is among similar days, as a signed z."),
            ),
            (
                "anomaly",
                _("Unusual number of new tickets"),
                _("1 for a client or a board on a day that stands out."),
            ),
        )
    ),
    findings=findings,
    example=EXAMPLE,
    plain_sql=PLAIN,
    plain_differs=_(
        "Gives new tickets always, and the plain z-score from the 15th day on; before, the KPI gives none, as there "
        "is too little to compare with. Weekends look unusual to it, which is why the seasonal score is the rule."
    ),
)
