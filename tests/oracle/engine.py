"""All figures of a tenant, from its tables alone."""

from datetime import date, datetime

from tests.oracle import tech_efficiency, tech_efficiency_parts, ticket_trends, time_consumption
from tests.oracle.desk import Desk, read_desk
from tests.oracle.figures import Breakdown, Daily, Figures, Key
from tests.oracle.tables import Tables

__all__ = ["Figures", "Key", "compute"]


def compute(tables: Tables, now: datetime) -> Figures:
    desk = read_desk(tables, now)
    days = desk.days()
    return Figures(daily=all_columns(desk, days), breakdown=all_rows(desk, days))


def all_columns(desk: Desk, days: list[date]) -> Daily:
    by_figure = [figure.daily(desk, days) for figure in (time_consumption, tech_efficiency, ticket_trends)]
    return {
        day: {column: value for figure in by_figure for column, value in figure[day].items()} for day in days
    }


def all_rows(desk: Desk, days: list[date]) -> Breakdown:
    return {
        **time_consumption.breakdown(desk, days),
        **tech_efficiency_parts.breakdown(desk, days),
        **ticket_trends.breakdown(desk, days),
    }
