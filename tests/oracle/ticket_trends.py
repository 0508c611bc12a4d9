"""Figure 11: what comes in, goes out and stays, and whether that is unusual."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.oracle.clock import Clock, days_between
from tests.oracle.desk import Desk
from tests.oracle.figures import RATE_PLACES, Breakdown, Daily, Key, Sums, rounded
from tests.oracle.scores import (
    PLAIN_DAYS,
    SEASONAL_DAYS,
    chance_of,
    discoveries,
    plain_score,
    seasonal_score,
)
from tests.oracle.tickets import Ticket

KPI = "ticket_trends"
OLD_AFTER = timedelta(days=30)
PLAIN_LIMIT = 2


def daily(desk: Desk, days: list[date]) -> Daily:
    flows = {metric: Counter(day for day, _ in moved) for metric, moved in movements(desk).items()}
    backlog, old = backlog_by_day(desk, days), old_backlog(desk, days)
    series = Series(flows["new_tickets"], days)
    return {
        day: {
            **{metric: count[day] for metric, count in flows.items()},
            "backlog_open": backlog[day],
            "backlog_over_30d": old[day],
            **scores(desk, series, day),
        }
        for day in days
    }


def movements(desk: Desk) -> dict[str, list[tuple[date, Ticket]]]:
    """Each opening, closure and reopening with its day."""
    return {
        "new_tickets": on_days(desk, lambda ticket: [ticket.opened_at]),
        "closed_tickets": on_days(desk, lambda ticket: ticket.closures),
        "reopened_tickets": on_days(desk, lambda ticket: ticket.reopenings),
    }


def on_days(desk: Desk, moments_of: Callable[[Ticket], list[datetime]]) -> list[tuple[date, Ticket]]:
    return [
        (desk.clock.local_day(moment), ticket) for ticket in desk.tickets for moment in moments_of(ticket)
    ]


def backlog_by_day(desk: Desk, days: list[date]) -> dict[date, int]:
    """Spells started so far less spells ended so far."""
    spells = [spell for ticket in desk.tickets for spell in ticket.spells]
    started = Counter(desk.clock.local_day(spell.started_at) for spell in spells)
    ended = Counter(desk.clock.local_day(spell.ended_at) for spell in spells if spell.ended_at)
    first = days[0] if days else date.max
    still_open = sum(count for day, count in started.items() if day < first)
    still_open -= sum(count for day, count in ended.items() if day < first)
    backlog = {}
    for day in days:
        still_open += started[day] - ended[day]
        backlog[day] = still_open
    return backlog


def old_backlog(desk: Desk, days: list[date]) -> Counter[date]:
    """Of the tickets open at a day's end, those opened 30 days before it or earlier."""
    old: Counter[date] = Counter()
    for ticket in desk.tickets:
        aged = desk.clock.local_day(ticket.opened_at) + OLD_AFTER
        for spell in ticket.spells:
            started = desk.clock.local_day(spell.started_at)
            last = last_open_day(spell.ended_at, desk)
            old.update(days_between(max(started, aged, *days[:1]), last))
    return old


def last_open_day(ended_at: datetime | None, desk: Desk) -> date:
    return desk.clock.local_day(ended_at) - timedelta(days=1) if ended_at else desk.today


@dataclass(frozen=True)
class Series:
    """New tickets by day, on the days that the series exists."""

    counts: Counter[date]
    days: list[date]

    def history(self, day: date, length: int) -> list[date]:
        """The days before, as far back as the series goes."""
        return list(days_between(max(self.days[0], day - timedelta(days=length)), day - timedelta(days=1)))

    def plain_score(self, day: date) -> Decimal | None:
        return plain_score(self.counts[day], [self.counts[past] for past in self.history(day, PLAIN_DAYS)])

    def seasonal_score(self, day: date, clock: Clock) -> float | None:
        comparable = [
            self.counts[past]
            for past in self.history(day, SEASONAL_DAYS)
            if clock.day_class(past) == clock.day_class(day)
        ]
        return seasonal_score(self.counts[day], tuple(comparable))


def scores(desk: Desk, series: Series, day: date) -> dict[str, object]:
    plain, seasonal = series.plain_score(day), series.seasonal_score(day, desk.clock)
    return {
        "ticket_zscore": None if plain is None else rounded(plain, RATE_PLACES),
        "ticket_seasonal_score": None if seasonal is None else rounded(seasonal, RATE_PLACES),
        "anomaly_detected": is_anomaly(desk, day, plain, seasonal),
    }


def is_anomaly(desk: Desk, day: date, plain: Decimal | None, seasonal: float | None) -> bool:
    """Today is not over, so that few tickets say nothing yet."""
    upwards_only = day == desk.today
    threshold = desk.tables.anomaly_threshold
    if desk.tables.anomaly_rule == "plain":
        return plain is not None and (plain if upwards_only else abs(plain)) > PLAIN_LIMIT
    return seasonal is not None and (seasonal if upwards_only else abs(seasonal)) >= threshold


def breakdown(desk: Desk, days: list[date]) -> Breakdown:
    return {**flow_rows(desk, days), **series_rows(desk, days)}


def flow_rows(desk: Desk, days: list[date]) -> Breakdown:
    sums = Sums()
    for metric, moved in movements(desk).items():
        for day, ticket in moved:
            row = ticket.row
            key = Key(KPI, metric, day, row["company_id"], None, row["board_id"], row["type_name"])
            sums.add(key, 1)
    return sums.rows(days)


def series_rows(desk: Desk, days: list[date]) -> Breakdown:
    rows: Breakdown = {}
    seasonal: dict[date, dict[Key, float]] = {day: {} for day in days}
    for cut, series in all_series(desk, days):
        for day in series.days:
            plain, score = series.plain_score(day), series.seasonal_score(day, desk.clock)
            here = cut._replace(kpi_date=day)
            if plain is not None:
                rows[here._replace(metric="zscore")] = (rounded(plain, RATE_PLACES), None)
            if score is not None:
                rows[here._replace(metric="seasonal_score")] = (rounded(score, RATE_PLACES), None)
                seasonal[day][here._replace(metric="anomaly")] = score
    for day in days:
        rows |= {key: (Decimal(1), None) for key in flagged(seasonal[day], only_upwards=day == desk.today)}
    return rows


def flagged(seasonal: dict[Key, float], *, only_upwards: bool) -> set[Key]:
    return discoveries({key: chance_of(score, only_upwards=only_upwards) for key, score in seasonal.items()})


def all_series(desk: Desk, days: list[date]) -> Iterator[tuple[Key, Series]]:
    """One for each company and one for each board, from their first new ticket on."""
    for company, counts in new_tickets_by(desk, "company_id").items():
        yield Key(KPI, "", desk.today, company=company, segment="company"), since_first(counts, days)
    for board, counts in new_tickets_by(desk, "board_id").items():
        yield Key(KPI, "", desk.today, board=board, segment="board"), since_first(counts, days)


def new_tickets_by(desk: Desk, column: str) -> dict[int, Counter[date]]:
    counts: dict[int, Counter[date]] = defaultdict(Counter)
    for ticket in desk.tickets:
        if ticket.row[column] is not None:
            counts[ticket.row[column]][desk.clock.local_day(ticket.opened_at)] += 1
    return counts


def since_first(counts: Counter[date], days: list[date]) -> Series:
    return Series(counts, [day for day in days if day >= min(counts)])
