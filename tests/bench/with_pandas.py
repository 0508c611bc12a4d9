"""The same figures by pandas, as it is used against a database: whole tables read, merged and grouped."""

from datetime import datetime

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from tests.bench.pandas_sums import cells, daily
from tests.bench.scores import scores
from tests.bench.tables import LOOKED_UP_BY_ENTRIES, Answer, pandas_tables

CHARGEABLE = ["Billable", "DoNotBill", "NoCharge"]
FIVE_YEARS = 1825 * 86400


def figures(now: datetime, zone: str) -> Answer:
    return Desk(pandas_tables(), now, zone).answer()


class Desk:
    """The tables, the facts made of them, and what they sum up to."""

    def __init__(self, tables: dict[str, pd.DataFrame], now: datetime, zone: str) -> None:
        self.tables, self.now, self.zone = tables, pd.Timestamp(now), zone
        self.today = self.now.tz_convert(zone).normalize().tz_localize(None)
        members = tables["members"]
        self.robots, self.known = members.member_id[members.is_automation], members.member_id
        self.people = self._of_people(tables["entries"])
        self.people = self.people.assign(kpi_date=self.day(self.people.started_at))
        self.tickets = self._tickets()
        self.spells = self._spells()
        self.worked = self._time_worked()
        self.closed = self._finally_closed()
        self.responses = self._first_responses()
        self.breaches = self._sla_breaches()
        self.answers = self._answers()
        self.flow = self._flow()

    def day(self, moments: pd.Series) -> pd.Series:
        return moments.dt.tz_convert(self.zone).dt.tz_localize(None).dt.normalize()

    def _of_people(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows.member_id.notna() & ~rows.member_id.isin(self.robots)]

    def _tickets(self) -> pd.DataFrame:
        minutes = self.people.dropna(subset="ticket_id").groupby(["ticket_id", "member_id"]).minutes.sum()
        ranked = minutes.reset_index().sort_values(["minutes", "member_id"], ascending=[False, True])
        most = ranked.drop_duplicates("ticket_id").set_index("ticket_id").member_id
        tickets = self.tables["tickets"]
        tickets = tickets[tickets.in_scope]
        is_person = tickets.owner_id.notna() & ~tickets.owner_id.isin(self.robots)
        return tickets.assign(technician=tickets.owner_id.where(is_person, tickets.id.map(most)))

    def _spells(self) -> pd.DataFrame:
        every = self.tickets.merge(self.tables["spells"], left_on="id", right_on="ticket_id", how="left")
        once = every.number.isna()
        return every.assign(
            started_at=every.started_at.fillna(every.opened_at),
            ended_at=every.ended_at.where(~once, every.closed_at.where(every.is_closed)),
            number=every.number.fillna(1),
        )

    def _time_worked(self) -> pd.DataFrame:
        entries = self.tables["entries"]
        for table, key in LOOKED_UP_BY_ENTRIES:
            entries = entries.merge(self.tables[table], on=key, how="left")
        tickets = self.tables["tickets"]
        boards = tickets[["id", "board"]].rename(columns={"id": "ticket_id"})
        entries = entries.merge(boards, on="ticket_id", how="left")
        decided = entries.billable_option.where(entries.billable_option.isin(CHARGEABLE))
        for column in ("agreement_bill", "work_bill"):
            decided = decided.fillna(entries[column].where(entries[column].isin(CHARGEABLE)))
        is_automated = entries.is_automation.eq(True)
        is_billable = decided.eq("Billable")
        code = (": " + entries.charge_code).where(
            (entries.charge_to_type == "ChargeCode") & entries.charge_code.fillna("").ne(""), ""
        )
        is_on_ticket = entries.charge_to_type.isin(["ServiceTicket", "ProjectTicket"])
        return entries.assign(
            kpi_date=self.day(entries.started_at),
            technician=entries.member_id,
            is_by_technician=~is_automated & entries.is_automation.notna(),
            segment=entries.work_type.fillna("").where(is_on_ticket, entries.charge_to_type + code),
            billable=entries.minutes.where(~is_automated & is_billable),
            other=entries.minutes.where(~is_automated & ~is_billable),
            automated=entries.minutes.where(is_automated),
        )

    def _finally_closed(self) -> pd.DataFrame:
        ended = self.spells[self.spells.is_closed].sort_values("number").groupby("id")
        last = ended[["number", "ended_at"]].last().dropna(subset="ended_at")
        last = last.rename(columns={"number": "spells", "ended_at": "last_at"})
        hands = self.people.groupby("ticket_id")[["member_id", "kpi_date"]].agg(["min", "max"])
        simple = (hands["member_id"]["min"] == hands["member_id"]["max"]) & (
            hands["kpi_date"]["min"] == hands["kpi_date"]["max"]
        )
        closed = self.tickets.merge(last, left_on="id", right_index=True)
        done = closed.resolved_at.where(
            closed.resolved_at.between(closed.opened_at, closed.last_at), closed.last_at
        )
        seconds = (done - closed.opened_at).dt.total_seconds()
        is_valid = seconds.between(0, FIVE_YEARS)
        once = closed.spells == 1
        is_simple = closed.id.isin(simple.index[simple]) & ~closed.id.isin(self.tables["handovers"].ticket_id)
        business = (
            self._worked_before(done) - self._worked_before(closed.opened_at) - 60 * closed.waiting_minutes
        )
        return closed.assign(
            kpi_date=self.day(closed.last_at),
            ttr=(seconds / 60).where(is_valid),
            business_ttr=(business.clip(lower=0) / 60).where(is_valid),
            once=once.astype(int),
            one_touch=(once & is_simple).astype(int),
            reopened=(~once).astype(int),
        )

    def _worked_before(self, moments: pd.Series) -> pd.Series:
        calendar = self.tables["calendar"].set_index("day")[["seconds_before", "first_start", "first_end"]]
        on_day = calendar.reindex(self.day(moments)).set_axis(moments.index)
        inside = on_day.first_end.where(on_day.first_end < moments, moments) - on_day.first_start
        return on_day.seconds_before + inside.dt.total_seconds().clip(lower=0).fillna(0)

    def _first_responses(self) -> pd.DataFrame:
        members = self.tables["members"]
        robots = members.identifier[members.is_automation & members.identifier.ne("")]
        desk = self.tickets[self.tickets.responded_at.notna() & ~self.tickets.responded_by.isin(robots)]
        notes = self._of_people(self.tables["notes"])
        responses = pd.concat(
            [
                rows[[id_, moment]].set_axis(["id", "at"], axis=1)
                for rows, id_, moment in (
                    (self.people, "ticket_id", "started_at"),
                    (notes, "ticket_id", "written_at"),
                    (desk, "id", "responded_at"),
                )
            ]
        )
        tickets = self.tickets.merge(responses.groupby("id").at.agg("min"), left_on="id", right_index=True)
        seconds = (tickets["at"] - tickets.opened_at).dt.total_seconds()
        tickets = tickets.assign(kpi_date=self.day(tickets["at"]), minutes=seconds / 60)
        return tickets[seconds.between(0, FIVE_YEARS)]

    def _sla_breaches(self) -> pd.DataFrame:
        last = self.spells.sort_values("number").drop_duplicates("id", keep="last").set_index("id").ended_at
        tickets = self.tickets
        latest = tickets.id.map(last).where(tickets.is_closed, self.now)
        missed = {}
        for stage, actual in (
            ("respond", "responded_at"),
            ("plan", "planned_at"),
            ("resolve", "resolved_at"),
        ):
            goal = tickets[f"{stage}_goal_at"]
            missed[stage] = goal.where(tickets[actual].fillna(latest) > goal)
        has_goal = tickets[["respond_goal_at", "plan_goal_at", "resolve_goal_at"]].notna().any(axis=1)
        missed["none"] = latest.where(tickets.is_closed & tickets.is_in_sla.eq(False) & ~has_goal)
        at = pd.DataFrame(missed).min(axis=1)
        return tickets.assign(kpi_date=self.day(at))[at.notna() & (at <= self.now)]

    def _answers(self) -> pd.DataFrame:
        answers = self.tables["answers"]
        known = self.tables["tickets"].set_index("id").in_scope
        scope = self.tickets[["id", "company", "technician", "board", "segment"]].rename(
            columns={"id": "ticket_id"}
        )
        answers = answers[answers.ticket_id.map(known).ne(False) & answers.option_count.isin([5, 11])]
        answers = answers.merge(scope, on="ticket_id", how="left")
        five, eleven = answers.option_count == 5, answers.option_count == 11
        return answers.assign(
            kpi_date=self.day(answers.answered_at),
            company=answers.company.where(answers.ticket_id.isin(known.index), answers.company_id),
            segment=answers.segment.fillna(""),
            satisfaction=(answers.option + 1).where(five),
            recommendation=((answers.option >= 9).astype(int) - (answers.option <= 6).astype(int)).where(
                eleven
            ),
        )

    def _flow(self) -> pd.DataFrame:
        moves = {
            "new_tickets": (self.tickets, "opened_at"),
            "closed_tickets": (self.spells.dropna(subset="ended_at"), "ended_at"),
            "reopened_tickets": (self.spells[self.spells.number > 1], "started_at"),
        }
        return pd.concat(
            [
                rows[["company", "board", "segment"]].assign(kpi_date=self.day(rows[moment]), metric=metric)
                for metric, (rows, moment) in moves.items()
            ]
        )

    def answer(self) -> Answer:
        days = daily(self)
        new = self.flow[self.flow.metric == "new_tickets"]
        companies, boards = (
            pd.crosstab(new.kpi_date, new[series]).reindex(days.index, fill_value=0)
            for series in ("company", "board")
        )
        scored = scores(
            pd.DatetimeIndex(days.index),
            days.new_tickets,
            companies,
            boards,
            days.is_working.to_numpy(np.bool_),
        )
        days["ticket_zscore"], days["ticket_seasonal_score"] = (
            scored.zscore.round(4),
            scored.seasonal.round(4),
        )
        return Answer(days, pd.concat([*cells(self), scored.cells], ignore_index=True))
