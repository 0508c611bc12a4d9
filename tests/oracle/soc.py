"""Figure 12: how security alerts are handled."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.alerts import Alert, AlertIdentity
from tests.oracle.desk import Desk
from tests.oracle.figures import (
    Breakdown,
    Daily,
    Key,
    Number,
    Sums,
    percent,
    ratio,
    rounded_minutes,
    rounded_rate,
)

KPI = "soc"
SEVERITIES = ("critical", "high", "medium", "low", "informational")
SURE_ENOUGH = Decimal("0.5")
RECURRING_DAYS = 30
RECURRENCES = 3

Fact = tuple[str, datetime, Number, Number | None]  # metric, moment, numerator, denominator


def breakdown(desk: Desk, days: list[date]) -> Breakdown:
    sums = Sums()
    linked, recurring = links(desk), recurring_alerts(desk)
    for alert in desk.alerts:
        for metric, moment, numerator, denominator in facts(alert, desk):
            sums.add(cut(alert, metric, moment, desk), numerator, denominator)
        with_ticket = int(alert.identity in linked)
        sums.add(cut(alert, "with_ticket", alert.detected_at, desk), with_ticket, 1)
        category = cut(alert, "alerts_by_category", alert.detected_at, desk)
        sums.add(category._replace(segment=alert.row["category"]), 1)
        if alert.identity in recurring:
            sums.add(cut(alert, "recurring_alerts", alert.detected_at, desk), 1)
    add_minutes(sums, desk)
    return sums.rows(days)


def cut(alert: Alert, metric: str, moment: datetime, desk: Desk) -> Key:
    return Key(KPI, metric, desk.clock.local_day(moment), alert.company_id, segment=alert.segment)


def facts(alert: Alert, desk: Desk) -> Iterator[Fact]:
    yield "alerts", alert.detected_at, 1, None
    if alert.acknowledge_minutes is not None:
        yield "acknowledge_minutes", alert.row["acknowledged_at"], alert.acknowledge_minutes, 1
    if alert.resolved_at:
        yield from facts_of_resolution(alert, alert.resolved_at, desk)
    for reopened_at in alert.reopenings:
        yield "reopened_alerts", reopened_at, 1, None


def facts_of_resolution(alert: Alert, moment: datetime, desk: Desk) -> Iterator[Fact]:
    minutes, verdict = alert.resolve_minutes, alert.row["verdict"]
    yield "estimated_moments", moment, int(alert.row["resolved_is_estimated"]), 1
    yield "with_verdict", moment, int(verdict != ""), 1
    if verdict:
        yield "false_positives", moment, int(verdict == "false_positive"), 1
    if minutes is not None:
        yield "resolve_minutes", moment, minutes, 1
        if alert.row["severity"] in SEVERITIES:
            yield "in_sla", moment, int(minutes <= goal_minutes(alert, desk)), 1


def goal_minutes(alert: Alert, desk: Desk) -> Fraction:
    return 60 * Fraction(str(desk.tables.alert_sla_hours[alert.row["severity"]]))


def links(desk: Desk) -> dict[AlertIdentity, int]:
    """The ticket of each alert that surely has one."""
    return {
        (row["source_id"], row["alert_id"]): row["ticket_id"]
        for row in desk.tables.alert_links
        if row["confidence"] >= SURE_ENOUGH
    }


def add_minutes(sums: Sums, desk: Desk) -> None:
    """Each ticket's once, however many alerts it has."""
    linked = links(desk)
    tickets = {linked[alert.identity] for alert in desk.alerts if alert.identity in linked}
    for entry in desk.entries:
        if entry.is_human and entry.row["ticket_id"] in tickets:
            key = Key(KPI, "alert_minutes", entry.day, entry.company_id, entry.member_id, entry.board_id)
            sums.add(key, entry.minutes)


def recurring_alerts(desk: Desk) -> set[AlertIdentity]:
    """From the third on that a machine has within the days."""
    earlier: dict[object, list[date]] = defaultdict(list)
    recurring = set()
    for alert in sorted(desk.alerts, key=lambda alert: (alert.detected_at, alert.row["external_id"])):
        if alert.host is not None:
            day = desk.clock.local_day(alert.detected_at)
            earlier[alert.host].append(day)
            since = day - timedelta(days=RECURRING_DAYS - 1)
            if sum(past >= since for past in earlier[alert.host]) >= RECURRENCES:
                recurring.add(alert.identity)
    return recurring


def daily(desk: Desk, days: list[date]) -> Daily:
    by_day: dict[date, list[tuple[Alert, Fact]]] = defaultdict(list)
    for alert in desk.alerts:
        for fact in facts(alert, desk):
            by_day[desk.clock.local_day(fact[1])].append((alert, fact))
    return {
        day: {
            **alert_counts(by_day[day], has_alerts=bool(desk.alerts)),
            "security_mttr_minutes": rounded_minutes(ratio(*parts(by_day[day], "resolve_minutes"))),
            "security_sla_pct": rounded_rate(percent(*parts(by_day[day], "in_sla"))),
        }
        for day in days
    }


def alert_counts(told: list[tuple[Alert, Fact]], *, has_alerts: bool) -> dict[str, object]:
    """NULL while the tenant has none at all: nobody watches then."""
    severities = [alert.row["severity"] for alert, (metric, *_) in told if metric == "alerts"]
    return {
        f"security_alerts_{severity}": severities.count(severity) if has_alerts else None
        for severity in SEVERITIES
    }


def parts(told: list[tuple[Alert, Fact]], wanted: str) -> tuple[Fraction, Fraction]:
    numerators = [Fraction(numerator) for _, (metric, _, numerator, _) in told if metric == wanted]
    return sum(numerators, Fraction(0)), Fraction(len(numerators))
