"""11 Ticket trends: what came in, what went out, what is left, and whether a day was unusual."""

from collections.abc import Iterable
from datetime import date

from kpis.base import Derived, Found, Kpi, Metric, Run, WorkedExample
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


KPI = Kpi(
    number="11",
    slug="ticket_trends",
    name="Ticket trends",
    question="Is something unusual happening?",
    owner="Service manager",
    version=1,
    facts=(TICKET_FLOW, OPEN_TICKETS),
    daily_sql=DAILY,
    daily_columns={
        "new_tickets": "new_tickets",
        "closed_tickets": "closed_tickets",
        "reopened_tickets": "reopened_tickets",
    },
    rolling_sql=BACKLOG,
    rolling_columns={"backlog_open": "backlog_open", "backlog_over_30d": "backlog_over_30d"},
    derive=derive,
    derived_columns={
        "ticket_zscore": "zscore",
        "ticket_seasonal_score": "seasonal_score",
        "anomaly_detected": "anomaly",
    },
    derived_metrics=tuple(
        Metric(
            slug=slug,
            name=name,
            unit="score",
            direction="neither",
            roll_up="none",
            explained_by="new_tickets",
        )
        for slug, name in (
            ("zscore", "Plain z-score of new tickets"),
            ("seasonal_score", "Seasonal score of new tickets"),
            ("anomaly", "Unusual number of new tickets"),
        )
    ),
    findings=findings,
    example=EXAMPLE,
)
