"""All figures of a tenant, from its tables alone: counted cells first, then what is derived from them."""

from collections.abc import Collection
from datetime import date, datetime

from tests.oracle import (
    agreement_mismatch,
    client_training,
    handled,
    improvement_projects,
    project_impact,
    sales_opportunities,
    soc,
    tech_comparison,
    tech_efficiency,
    tech_efficiency_parts,
    tech_training,
    ticket_trends,
    time_consumption,
    trust,
)
from tests.oracle.desk import Desk, read_desk
from tests.oracle.figures import Breakdown, Figures, Key
from tests.oracle.frames import Cells
from tests.oracle.tables import Tables

__all__ = ["KPIS", "Figures", "Key", "compute"]

COUNTED = (
    time_consumption.breakdown,
    tech_efficiency_parts.breakdown,
    ticket_trends.breakdown,
    agreement_mismatch.breakdown,
    sales_opportunities.breakdown,
    client_training.breakdown,
    handled.breakdown,
    handled.domain_minutes,
    improvement_projects.breakdown,
    project_impact.breakdown,
    soc.breakdown,
    trust.breakdown,
)
KPIS = (
    "time_consumption",
    "tech_efficiency",
    "ticket_trends",
    "agreement_mismatch",
    "sales_opportunities",
    "client_training",
    "tech_comparison",
    "tech_training",
    "tech_profile",
    "improvement_projects",
    "project_impact",
    "soc",
    "trust",
)


def compute(tables: Tables, now: datetime, kpis: Collection[str] = KPIS) -> Figures:
    """The columns and cells of these KPIs."""
    desk = read_desk(tables, now)
    days = desk.days()
    counted: Breakdown = {}
    for count in COUNTED:
        counted |= count(desk, days)
    by_kpi = figures_by_kpi(desk, days, Cells(counted))
    cells = counted | {key: parts for figures in by_kpi.values() for key, parts in figures.breakdown.items()}
    return Figures(
        daily={day: columns_of(day, by_kpi, kpis) for day in days},
        breakdown={key: parts for key, parts in cells.items() if key.kpi in kpis},
    )


def figures_by_kpi(desk: Desk, days: list[date], cells: Cells) -> dict[str, Figures]:
    """The columns, and the derived cells."""
    return {
        "time_consumption": Figures(time_consumption.daily(desk, days)),
        "tech_efficiency": Figures(tech_efficiency.daily(desk, days)),
        "ticket_trends": Figures(ticket_trends.daily(desk, days)),
        "agreement_mismatch": Figures(agreement_mismatch.daily(desk, days, cells)),
        "sales_opportunities": Figures(sales_opportunities.daily(desk, days, cells)),
        "client_training": Figures(client_training.daily(desk, days)),
        "tech_comparison": tech_comparison.derived(cells, days, desk.people),
        "tech_training": tech_training.derived(cells, days),
        "improvement_projects": Figures(improvement_projects.daily(desk, days)),
        "project_impact": Figures(project_impact.daily(desk, days)),
        "soc": Figures(soc.daily(desk, days)),
    }


def columns_of(day: date, by_kpi: dict[str, Figures], kpis: Collection[str]) -> dict[str, object]:
    asked = [figures.daily for kpi, figures in by_kpi.items() if kpi in kpis]
    return {column: value for daily in asked for column, value in daily[day].items()}
