"""A client's security alerts: how severe, how fast, what they turned out to be, and how many came again."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from connectors.models import RawSecurityAlert
from insights.client.cells import Cells
from insights.client.ways import Ways
from kpis.cards import LESS_IS_BETTER, NEITHER, Card, duration, number, percent, points, relative

Severity = RawSecurityAlert.Severity
IN_ORDER = (
    Severity.CRITICAL,
    Severity.HIGH,
    Severity.MEDIUM,
    Severity.LOW,
    Severity.INFORMATIONAL,
    Severity.UNKNOWN,
)


@dataclass(frozen=True)
class SeverityLine:
    severity: str
    name: str
    alerts: float
    alerts_before: float
    url: str


@dataclass(frozen=True)
class Alerts:
    cards: list[Card]
    severities: list[SeverityLine]
    recurring: float


def alerts(cells: Cells, ways: Ways) -> Alerts | None:
    """None when there were none, now or before."""
    metrics = ("alerts", "in_sla", "with_verdict")
    if not any(figures.by_segment(*metrics) for figures in (cells.now, cells.before)):
        return None
    return Alerts(_cards(cells, ways), _severities(cells, ways), cells.now.total("recurring_alerts"))


def _cards(cells: Cells, ways: Ways) -> list[Card]:
    now, before = cells.now, cells.before
    seen = now.total("alerts"), before.total("alerts")
    in_time, judged, nothing = (
        (now.quotient(metric, 100), before.quotient(metric, 100))
        for metric in ("in_sla", "with_verdict", "false_positives")
    )
    taken = now.quotient("resolve_minutes"), before.quotient("resolve_minutes")
    spent = now.total("alert_minutes"), before.total("alert_minutes")
    resolved = ways.behind("resolved_alerts")
    return [
        Card(_("Security alerts"), number(seen[0]), *relative(*seen, NEITHER), url=ways.behind("alerts")),
        Card(_("Resolved in time"), percent(in_time[0]), *points(*in_time), url=resolved),
        Card(
            _("Time to resolve an alert"),
            duration(taken[0]),
            *relative(*taken, LESS_IS_BETTER),
            note=_("on average"),
            url=resolved,
        ),
        Card(
            _("With a verdict"),
            percent(judged[0]),
            *points(*judged),
            note=_("%s of them found to be nothing") % percent(nothing[0]) if nothing[0] is not None else "",
            url=resolved,
        ),
        Card(
            _("Time spent on alerts"),
            duration(spent[0]),
            *relative(*spent, NEITHER),
            url=ways.behind("alert_minutes"),
        ),
    ]


def _severities(cells: Cells, ways: Ways) -> list[SeverityLine]:
    now, before = (_by_severity(figures.by_segment("alerts")) for figures in (cells.now, cells.before))
    return [
        SeverityLine(
            severity,
            str(severity.label),
            now.get(severity, 0),
            before.get(severity, 0),
            _page(ways, severity),
        )
        for severity in IN_ORDER
        if now.get(severity) or before.get(severity)
    ]


def _by_severity(segments: dict[str, float]) -> dict[str, float]:
    """Segments are vendor:severity:where the severity comes from."""
    found: dict[str, float] = defaultdict(float)
    for segment, amount in segments.items():
        found[segment.split(":")[1]] += amount
    return found


def _page(ways: Ways, severity: str) -> str:
    return ways.behind("alerts", severity=severity)
