"""The sums of pandas' facts: a row per day, and the cells by company, technician, board and segment."""

from typing import Any

import pandas as pd  # type: ignore[import-untyped]

KEY = ["kpi_date", "company", "technician", "board", "segment"]


def daily(desk: Any) -> pd.DataFrame:
    first = min(desk.flow.kpi_date.min(), desk.worked.kpi_date.min())
    calendar = desk.tables["calendar"].set_index("day").sort_index()
    days = calendar.loc[first : desk.today, ["is_working"]].rename_axis("kpi_date")
    days = days.join(pd.crosstab(desk.flow.kpi_date, desk.flow.metric))
    days = days.join([_old(desk), _worked(desk), _closed(desk), *_others(desk), _active(desk)])
    counted = ["new_tickets", "closed_tickets", "reopened_tickets", "change", "billable_minutes"]
    counted += ["non_billable_minutes", "sla_breach_count"]
    days[counted] = days[counted].fillna(0)
    days["tickets_per_technician"] = days.tickets.fillna(0) / days.active_technicians
    days["active_technicians"] = days.active_technicians.fillna(0)
    days["backlog_open"] = (days.new_tickets + days.reopened_tickets - days.closed_tickets).cumsum()
    days["backlog_over_30d"] = days.change.cumsum()
    all_minutes = days.billable_minutes + days.non_billable_minutes
    days["billable_ratio"] = 100 * days.billable_minutes / all_minutes.where(all_minutes > 0)
    return days


def _old(desk: Any) -> pd.Series:
    """An open ticket is old from its 30th day to its closure: one step up, one step down."""
    spells = desk.spells
    aged = desk.day(spells.opened_at) + pd.Timedelta(days=30)
    started, until = desk.day(spells.started_at), desk.day(spells.ended_at)
    since = aged.where(aged > started, started)
    is_old = until.isna() | (until > since)
    steps = since[is_old].value_counts().sub(until[is_old].value_counts(), fill_value=0)
    return steps.rename("change")


def _worked(desk: Any) -> pd.DataFrame:
    minutes = desk.worked.groupby("kpi_date")[["billable", "other"]].sum()
    return minutes.set_axis(["billable_minutes", "non_billable_minutes"], axis=1)


def _closed(desk: Any) -> pd.DataFrame:
    by_day = desk.closed.groupby("kpi_date")
    return pd.DataFrame(
        {
            "tickets": by_day.size(),
            "avg_ttr_minutes": by_day.ttr.mean(),
            "median_ttr_minutes": by_day.ttr.quantile(0.5),
            "p90_ttr_minutes": by_day.ttr.quantile(0.9),
            "business_ttr_minutes": by_day.business_ttr.mean(),
            "fcr_rate": 100 * by_day.once.mean(),
            "one_touch_rate": 100 * by_day.one_touch.mean(),
        }
    )


def _others(desk: Any) -> tuple[Any, ...]:
    answers = desk.answers.groupby("kpi_date")[["satisfaction", "recommendation"]].mean()
    answers["recommendation"] *= 100
    return (
        desk.responses.groupby("kpi_date").minutes.mean().rename("avg_first_response_minutes"),
        answers.set_axis(["csat_avg", "nps"], axis=1),
        desk.breaches.groupby("kpi_date").size().rename("sla_breach_count"),
    )


def _active(desk: Any) -> pd.Series:
    worked, closed = desk.worked, desk.closed
    seen = pd.concat(
        [
            worked.loc[worked.is_by_technician, ["kpi_date", "technician"]],
            closed.loc[closed.technician.isin(desk.known), ["kpi_date", "technician"]],
        ]
    )
    return seen.drop_duplicates().groupby("kpi_date").size().rename("active_technicians")


def cells(desk: Any) -> list[pd.DataFrame]:
    closed = desk.closed.assign(tickets=1, timed=desk.closed.ttr.notna().astype(int))
    responses = desk.responses.assign(tickets=1)
    answers = desk.answers.assign(
        satisfactions=desk.answers.satisfaction.notna().astype(int),
        recommendations=desk.answers.recommendation.notna().astype(int),
    )
    times = {
        "billable_minutes": "billable",
        "non_billable_minutes": "other",
        "automation_minutes": "automated",
    }
    return [
        *_cells(desk.worked, {metric: (column, None) for metric, column in times.items()}),
        *_cells(
            closed,
            {
                "ttr_minutes": ("ttr", "timed"),
                "business_ttr_minutes": ("business_ttr", "timed"),
                "fcr": ("once", "tickets"),
                "one_touch": ("one_touch", "tickets"),
                "reopened": ("reopened", "tickets"),
            },
        ),
        *_cells(responses, {"first_response_minutes": ("minutes", "tickets")}),
        *_cells(
            answers, {"csat": ("satisfaction", "satisfactions"), "nps": ("recommendation", "recommendations")}
        ),
        *_cells(desk.breaches.assign(breaches=1), {"sla_breaches": ("breaches", None)}),
        *_person_cells(desk),
        *_cells(desk.flow.assign(technician=None, count=1), {None: ("count", None)}),
    ]


def _cells(fact: pd.DataFrame, metrics: dict[Any, tuple[str, str | None]]) -> list[pd.DataFrame]:
    """A metric of None stands for the fact's own column of that name."""
    key = KEY if None not in metrics else ["metric", *KEY]
    columns = {column for pair in metrics.values() for column in pair if column}
    grouped = fact.groupby(key, dropna=False, observed=True)[sorted(columns)].sum(min_count=1).reset_index()
    found = []
    for metric, (numerator, denominator) in metrics.items():
        has_cell = grouped[numerator].notna() & (grouped[denominator].ne(0) if denominator else True)
        rows = grouped.loc[has_cell, key].assign(
            numerator=grouped[numerator], denominator=grouped[denominator] if denominator else float("nan")
        )
        found.append(rows if metric is None else rows.assign(metric=metric))
    return found


def _person_cells(desk: Any) -> list[pd.DataFrame]:
    by_day = desk.worked[desk.worked.is_by_technician].groupby(["kpi_date", "technician"])
    sums = by_day[["billable", "minutes"]].sum()
    own = by_day.capacity_hours.max() * 60
    office = desk.tables["calendar"].set_index("day").working_seconds / 60
    general = pd.Series(sums.index.get_level_values("kpi_date"), index=sums.index).map(office)
    capacity = own.where(own > 0, general)
    figures = {
        "worked_days": (sums.minutes * 0 + 1, capacity * float("nan")),
        "billable_ratio": (sums.billable, sums.minutes),
        "utilisation": (sums.minutes, capacity),
    }
    cells = [
        pd.DataFrame({"numerator": top, "denominator": bottom})
        .reset_index()
        .assign(metric=metric, segment="")
        for metric, (top, bottom) in figures.items()
    ]
    return [rows[rows.denominator.ne(0)] for rows in cells]
