"""The sums of polars' facts: a row per day, and the cells by company, technician, board and segment."""

from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from polars import col

Frame = pl.DataFrame
KEY = ["kpi_date", "company", "technician", "board", "segment"]


def daily(desk: Any) -> Frame:
    frame = _days(desk)
    for part in (_moved(desk), _old(desk), _worked(desk), _closed(desk), *_others(desk), _active(desk)):
        frame = frame.join(part, on="kpi_date", how="left")
    counted = ["new_tickets", "closed_tickets", "reopened_tickets", "change", "billable_minutes"]
    counted += ["non_billable_minutes", "sla_breach_count", "active_technicians"]
    all_minutes = col.billable_minutes + col.non_billable_minutes
    return (
        frame.sort("kpi_date")
        .with_columns(tickets_per_technician=col.tickets.fill_null(0) / col.active_technicians)
        .with_columns(col(counted).fill_null(0))
        .with_columns(
            backlog_open=(col.new_tickets + col.reopened_tickets - col.closed_tickets).cum_sum(),
            backlog_over_30d=col.change.cum_sum(),
            billable_ratio=pl.when(all_minutes > 0).then(100 * col.billable_minutes / all_minutes),
        )
    )


def _days(desk: Any) -> Frame:
    first = min(desk.flow["kpi_date"].min(), desk.worked["kpi_date"].min())
    today = desk.now.astimezone(ZoneInfo(desk.zone)).date()
    calendar = desk.tables["calendar"].filter(col.day.is_between(first, today))
    return calendar.select("is_working", kpi_date="day")


def _moved(desk: Any) -> Frame:
    moves = ("new_tickets", "closed_tickets", "reopened_tickets")
    return desk.flow.group_by("kpi_date").agg(
        (col.metric == move).sum().cast(pl.Int64).alias(move) for move in moves
    )


def _old(desk: Any) -> Frame:
    """An open ticket is old from its 30th day to its closure: one step up, one step down."""
    aged = desk.spells.select(
        pl.max_horizontal(desk.day("started_at"), desk.day("opened_at") + pl.duration(days=30)).alias(
            "from_day"
        ),
        desk.day("ended_at").alias("until_day"),
    ).filter(col.until_day.is_null() | (col.until_day > col.from_day))
    steps = pl.concat(
        [
            aged.select(kpi_date="from_day", change=pl.lit(1)),
            aged.select(kpi_date="until_day", change=pl.lit(-1)).drop_nulls("kpi_date"),
        ]
    )
    return steps.group_by("kpi_date").agg(col.change.sum())


def _worked(desk: Any) -> Frame:
    return desk.worked.group_by("kpi_date").agg(
        billable_minutes=col.billable.sum(), non_billable_minutes=col.other.sum()
    )


def _closed(desk: Any) -> Frame:
    return desk.closed.group_by("kpi_date").agg(
        tickets=pl.len(),
        avg_ttr_minutes=col.ttr.mean(),
        median_ttr_minutes=col.ttr.quantile(0.5, "linear"),
        p90_ttr_minutes=col.ttr.quantile(0.9, "linear"),
        business_ttr_minutes=col.business_ttr.mean(),
        fcr_rate=100 * col.once.mean(),
        one_touch_rate=100 * col.one_touch.mean(),
    )


def _others(desk: Any) -> tuple[Frame, ...]:
    return (
        desk.responses.group_by("kpi_date").agg(avg_first_response_minutes=col.minutes.mean()),
        desk.answers.group_by("kpi_date").agg(
            csat_avg=col.satisfaction.mean(), nps=100 * col.recommendation.mean()
        ),
        desk.breaches.group_by("kpi_date").agg(sla_breach_count=pl.len()),
    )


def _active(desk: Any) -> Frame:
    seen = pl.concat(
        [
            desk.worked.filter("is_by_technician").select("kpi_date", "technician"),
            desk.closed.filter(col.technician.is_in(desk.known)).select("kpi_date", "technician"),
        ]
    )
    return seen.group_by("kpi_date").agg(active_technicians=col.technician.n_unique())


def cells(desk: Any) -> Frame:
    count, one = pl.len(), pl.lit(None, pl.Float64)
    return pl.concat(
        [
            *_cells(
                desk.worked,
                {
                    "billable_minutes": (_sum("billable"), one),
                    "non_billable_minutes": (_sum("other"), one),
                    "automation_minutes": (_sum("automated"), one),
                },
            ),
            *_cells(
                desk.closed,
                {
                    "ttr_minutes": (_sum("ttr"), col.ttr.count()),
                    "business_ttr_minutes": (_sum("business_ttr"), col.ttr.count()),
                    "fcr": (_sum("once"), count),
                    "one_touch": (_sum("one_touch"), count),
                    "reopened": (count - _sum("once"), count),
                },
            ),
            *_cells(desk.responses, {"first_response_minutes": (_sum("minutes"), count)}),
            *_cells(
                desk.answers,
                {
                    "csat": (_sum("satisfaction"), col.satisfaction.count()),
                    "nps": (_sum("recommendation"), col.recommendation.count()),
                },
            ),
            *_cells(desk.breaches, {"sla_breaches": (count, one)}),
            *_cells(_person_days(desk), PERSON_METRICS),
            _flow_cells(desk),
        ]
    )


def _sum(column: str) -> pl.Expr:
    """Of nothing but nulls: null."""
    return pl.when(col(column).count() > 0).then(col(column).sum())


def _cells(fact: Frame, metrics: dict[str, tuple[pl.Expr, pl.Expr]]) -> list[Frame]:
    columns = [top.alias(f"top {metric}") for metric, (top, _) in metrics.items()]
    columns += [bottom.alias(f"bottom {metric}") for metric, (_, bottom) in metrics.items()]
    grouped = fact.group_by(KEY).agg(columns)
    return [
        grouped.select(
            pl.lit(metric).alias("metric"),
            *KEY,
            col(f"top {metric}").cast(pl.Float64).alias("numerator"),
            col(f"bottom {metric}").cast(pl.Float64).alias("denominator"),
        ).filter(col.numerator.is_not_null() & col.denominator.ne_missing(0))
        for metric in metrics
    ]


PERSON_METRICS = {
    "worked_days": (pl.lit(1).first(), pl.lit(None, pl.Float64)),
    "billable_ratio": (col.billable.sum(), col.minutes.sum()),
    "utilisation": (
        col.minutes.sum(),
        pl.when(col.capacity_hours.max() > 0)
        .then(col.capacity_hours.max() * 60)
        .otherwise(col.working_seconds.max() / 60),
    ),
}


def _person_days(desk: Any) -> Frame:
    calendar = desk.tables["calendar"].select("working_seconds", kpi_date="day")
    nothing = pl.lit(None, pl.Int64)
    return (
        desk.worked.filter("is_by_technician")
        .with_columns(company=nothing, board=nothing, segment=pl.lit(""))
        .join(calendar, on="kpi_date")
    )


def _flow_cells(desk: Any) -> Frame:
    counts = desk.flow.group_by("metric", "kpi_date", "company", "board", "segment").len()
    return counts.select(
        "metric",
        "kpi_date",
        "company",
        pl.lit(None, pl.Int64).alias("technician"),
        "board",
        "segment",
        col.len.cast(pl.Float64).alias("numerator"),
        pl.lit(None, pl.Float64).alias("denominator"),
    )
