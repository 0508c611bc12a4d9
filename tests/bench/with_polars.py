"""The same figures by polars: lazy frames over the tables that PostgreSQL hands over as Arrow."""

from datetime import datetime, timedelta

import pandas as pd  # type: ignore[import-untyped]
import polars as pl
from polars import col

from tests.bench.polars_sums import cells, daily
from tests.bench.scores import Scores, scores
from tests.bench.tables import LOOKED_UP_BY_ENTRIES, Answer, arrow_tables

Frame = pl.DataFrame
CHARGEABLE = ["Billable", "DoNotBill", "NoCharge"]
FIVE_YEARS = timedelta(days=1825).total_seconds()


def figures(now: datetime, zone: str) -> Answer:
    return Desk(
        {name: pl.DataFrame(pl.from_arrow(table)) for name, table in arrow_tables().items()}, now, zone
    ).answer()


class Desk:
    """The tables, the facts made of them, and what they sum up to."""

    def __init__(self, tables: dict[str, Frame], now: datetime, zone: str) -> None:
        self.tables, self.now, self.zone = tables, now, zone
        self.members = tables["members"]
        self.robots = self.members.filter(col.is_automation)["member_id"].implode()
        self.known = self.members["member_id"].implode()
        self.people = self._of_people(tables["entries"]).with_columns(self.day("started_at"))
        self.tickets = self._tickets()
        self.spells = self._spells()
        self.worked = self._time_worked()
        self.closed = self._finally_closed()
        self.responses = self._first_responses()
        self.breaches = self._sla_breaches()
        self.answers = self._answers()
        self.flow = self._flow()

    def day(self, moment: str) -> pl.Expr:
        return col(moment).dt.convert_time_zone(self.zone).dt.date().alias("kpi_date")

    def _of_people(self, rows: Frame) -> Frame:
        return rows.filter(col.member_id.is_not_null() & ~col.member_id.is_in(self.robots))

    def _tickets(self) -> Frame:
        most = (
            self.people.filter(col.ticket_id.is_not_null())
            .group_by("ticket_id", "member_id")
            .agg(col.minutes.sum())
            .sort("minutes", "member_id", descending=[True, False])
            .unique("ticket_id", keep="first", maintain_order=True)
            .select(id="ticket_id", most="member_id")
        )
        is_person = col.owner_id.is_not_null() & ~col.owner_id.is_in(self.robots)
        return (
            self.tables["tickets"]
            .filter(col.in_scope)
            .join(most, on="id", how="left")
            .with_columns(technician=pl.when(is_person).then(col.owner_id).otherwise(col.most))
        )

    def _spells(self) -> Frame:
        every = self.tickets.join(self.tables["spells"], left_on="id", right_on="ticket_id", how="left")
        return every.with_columns(
            ended_at=pl.when(col.number.is_not_null())
            .then(col.ended_at)
            .otherwise(pl.when(col.is_closed).then(col.closed_at)),
            started_at=pl.coalesce("started_at", "opened_at"),
            number=col.number.fill_null(1),
        )

    def _time_worked(self) -> Frame:
        boards = self.tables["tickets"].select(ticket_id="id", board="board")
        entries = self.tables["entries"]
        for table, key in LOOKED_UP_BY_ENTRIES:
            entries = entries.join(self.tables[table], on=key, how="left")
        decided = pl.coalesce(
            pl.when(col(column).is_in(CHARGEABLE)).then(col(column))
            for column in ("billable_option", "agreement_bill", "work_bill")
        )
        is_automated = col.is_automation.fill_null(False)
        is_billable = (decided == "Billable").fill_null(False)
        code = pl.when((col.charge_to_type == "ChargeCode") & (col.charge_code != "")).then(
            ": " + col.charge_code
        )
        return entries.join(boards, on="ticket_id", how="left").with_columns(
            self.day("started_at"),
            technician=col.member_id,
            is_by_technician=~is_automated & col.is_automation.is_not_null(),
            segment=pl.when(col.charge_to_type.is_in(["ServiceTicket", "ProjectTicket"]))
            .then(col.work_type.fill_null(""))
            .otherwise(col.charge_to_type + code.fill_null("")),
            billable=pl.when(~is_automated & is_billable).then(col.minutes),
            other=pl.when(~is_automated & ~is_billable).then(col.minutes),
            automated=pl.when(is_automated).then(col.minutes),
        )

    def _finally_closed(self) -> Frame:
        last = (
            self.spells.filter(col.is_closed)
            .sort("number")
            .group_by("id")
            .agg(spells=col.number.last(), last_at=col.ended_at.last())
            .drop_nulls("last_at")
        )
        simple = self.people.group_by("ticket_id").agg(
            is_simple=(col.member_id.min() == col.member_id.max())
            & (col.kpi_date.min() == col.kpi_date.max())
        )
        handed_over = self.tables["handovers"]["ticket_id"].implode()
        seconds = (col.done_at - col.opened_at).dt.total_seconds(fractional=True)
        closed = (
            self.tickets.join(last, on="id")
            .join(simple, left_on="id", right_on="ticket_id", how="left")
            .with_columns(
                self.day("last_at"),
                done_at=pl.when(col.resolved_at.is_between("opened_at", "last_at"))
                .then(col.resolved_at)
                .otherwise(col.last_at),
                once=(col.spells == 1).cast(pl.Int64),
                one_touch=(
                    col.is_simple.fill_null(False) & (col.spells == 1) & ~col.id.is_in(handed_over)
                ).cast(pl.Int64),
            )
            .with_columns(ttr=pl.when(seconds.is_between(0, FIVE_YEARS)).then(seconds / 60))
        )
        closed = self._worked_before(self._worked_before(closed, "opened_at"), "done_at")
        business = col.before_done_at - col.before_opened_at - 60 * col.waiting_minutes
        return closed.with_columns(business_ttr=pl.when(col.ttr.is_not_null()).then(business.clip(0) / 60))

    def _worked_before(self, rows: Frame, moment: str) -> Frame:
        calendar = self.tables["calendar"].select(
            "day", "seconds_before", first_start="first_start", first_end="first_end"
        )
        joined = rows.with_columns(self.day(moment).alias("day")).join(calendar, on="day", how="left")
        inside = (pl.min_horizontal(moment, "first_end") - col.first_start).dt.total_seconds(fractional=True)
        before = (col.seconds_before + inside.clip(0).fill_null(0)).alias(f"before_{moment}")
        return joined.with_columns(before).drop("day", "seconds_before", "first_start", "first_end")

    def _first_responses(self) -> Frame:
        robots = self.members.filter(col.is_automation & (col.identifier != ""))["identifier"].implode()
        responses = pl.concat(
            [
                self.people.select(id="ticket_id", at="started_at"),
                self._of_people(self.tables["notes"]).select(id="ticket_id", at="written_at"),
                self.tickets.filter(
                    col.responded_at.is_not_null() & ~col.responded_by.fill_null("").is_in(robots)
                ).select("id", at="responded_at"),
            ]
        )
        seconds = (col.at - col.opened_at).dt.total_seconds(fractional=True)
        return (
            self.tickets.join(responses.group_by("id").agg(col.at.min()), on="id")
            .filter(seconds.is_between(0, FIVE_YEARS))
            .with_columns(self.day("at"), minutes=seconds / 60)
        )

    def _sla_breaches(self) -> Frame:
        last = self.spells.sort("number").group_by("id").agg(last_at=col.ended_at.last())
        latest = (
            pl.when(col.is_closed).then(col.last_at).otherwise(pl.lit(self.now, pl.Datetime("us", "UTC")))
        )
        goals = [f"{stage}_goal_at" for stage in ("respond", "plan", "resolve")]
        actual = ["responded_at", "planned_at", "resolved_at"]
        missed = [
            pl.when(pl.coalesce(col(moment), latest) > col(goal)).then(col(goal))
            for goal, moment in zip(goals, actual, strict=True)
        ]
        unplanned = pl.when(
            col.is_closed & (~col.is_in_sla).fill_null(False) & pl.coalesce(goals).is_null()
        ).then(latest)
        return (
            self.tickets.join(last, on="id")
            .with_columns(at=pl.min_horizontal(*missed, unplanned))
            .drop_nulls("at")
            .with_columns(self.day("at"))
            .filter(col("at") <= self.now)
        )

    def _answers(self) -> Frame:
        everything = self.tables["tickets"].select(ticket_id="id", in_scope="in_scope")
        scope = self.tickets.select("company", "technician", "board", "segment", ticket_id="id")
        five, eleven = col.option_count == 5, col.option_count == 11
        return (
            self.tables["answers"]
            .join(everything, on="ticket_id", how="left")
            .filter(col.in_scope.fill_null(True) & (five | eleven))
            .join(scope, on="ticket_id", how="left")
            .with_columns(
                self.day("answered_at"),
                company=pl.when(col.in_scope).then(col.company).otherwise(col.company_id),
                segment=col.segment.fill_null(""),
                satisfaction=pl.when(five).then(col.option + 1),
                recommendation=pl.when(eleven).then(
                    (col.option >= 9).cast(pl.Int64) - (col.option <= 6).cast(pl.Int64)
                ),
            )
        )

    def _flow(self) -> Frame:
        moves = {
            "new_tickets": (self.tickets, "opened_at"),
            "closed_tickets": (self.spells.drop_nulls("ended_at"), "ended_at"),
            "reopened_tickets": (self.spells.filter(col.number > 1), "started_at"),
        }
        return pl.concat(
            rows.select(self.day(moment), "company", "board", "segment", metric=pl.lit(metric))
            for metric, (rows, moment) in moves.items()
        )

    def answer(self) -> Answer:
        days, sums = daily(self), cells(self)
        scored = self._scores(days)
        frame = days.to_pandas()
        frame["ticket_zscore"], frame["ticket_seasonal_score"] = (
            scored.zscore.round(4),
            scored.seasonal.round(4),
        )
        return Answer(frame, pd.concat([sums.to_pandas(), scored.cells], ignore_index=True))

    def _scores(self, days: Frame) -> Scores:
        index = pd.DatetimeIndex(days["kpi_date"].to_numpy())
        companies, boards = (self._counts(days, series) for series in ("company", "board"))
        return scores(
            index, days["new_tickets"].to_pandas(), companies, boards, days["is_working"].to_numpy()
        )

    def _counts(self, days: Frame, series: str) -> pd.DataFrame:
        new = self.flow.filter((col.metric == "new_tickets") & col(series).is_not_null())
        counts = new.group_by("kpi_date", series).len().pivot(series, index="kpi_date", values="len")
        frame = days.select("kpi_date").join(counts, on="kpi_date", how="left").drop("kpi_date").fill_null(0)
        return frame.to_pandas().rename(columns=int)
