"""The charts of the first page: a point for each day, or for each week of a long period."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kpis import cards
from kpis.behind import behind
from kpis.drawing import Chart, Number, Series, Style, chart
from kpis.facts.detected_alerts import SEVERITIES
from kpis.home.read import Desk, Figures
from kpis.models import Target
from tenants.models import TenantSettings

Goal = Target.Figure
Value = Callable[[Figures], Number]
# From the bottom of the bars up; informational alerts stand with the low ones.
SHADES: tuple[tuple[str, Style], ...] = (
    ("critical", "alarm"),
    ("high", "third"),
    ("medium", "first"),
    ("low", "second"),
)


@dataclass(frozen=True)
class Drawer:
    """What all charts of a page share."""

    desk: Desk
    targets: dict[str, Target]

    def line(
        self, title: str, value: Value, said: Callable[[Number], str], behind_it: str, goal: str
    ) -> Chart | None:
        target = self.targets.get(goal)
        return self._chart(
            [Series(title, self._values(value))],
            said,
            behind_it,
            target=float(target.value) if target else None,
            from_zero=said is not cards.percent,
        )

    def flow(self) -> Chart | None:
        series = [
            Series(_("New tickets"), self._values(_total("new_tickets")), "first", is_bars=True),
            Series(_("Closed tickets"), self._values(_total("closed_tickets")), "second", is_bars=True),
        ]
        return self._chart(series, cards.count, "new_tickets", marked=self._unusual())

    def backlog(self) -> Chart | None:
        target = self.targets.get(Goal.BACKLOG)
        return self._chart(
            [Series(_("Backlog"), self._values(lambda of: of.backlog), "third")],
            cards.count,
            "backlog_open",
            target=float(target.value) if target else None,
            from_zero=False,
        )

    def scores(self) -> Chart | None:
        """Of a week, that of its least usual day."""
        rule = TenantSettings.load().anomaly_rule
        column = "ticket_seasonal_score" if rule == TenantSettings.AnomalyRule.SEASONAL else "ticket_zscore"
        series = Series(
            _("How unusual"), self._values(lambda of: _extreme(of, column)), "second", is_bars=True
        )
        return self._chart([series], _score, "new_tickets", marked=self._unusual())

    def alerts(self) -> Chart | None:
        series = [
            Series(_shade(severity), self._values(_total(*_columns(severity))), style, is_bars=True)
            for severity, style in SHADES
        ]
        return self._chart(series, cards.count, "alerts", stacked=True)

    def _chart(
        self,
        series: list[Series],
        said: Callable[[Number], str],
        behind_it: str,
        marked: set[date] | None = None,
        **how: float | bool | None,
    ) -> Chart | None:
        spans = {step.period.since: step.period for step in self.desk.steps}

        def url(day: date) -> str:
            return behind(
                behind_it, spans[day].last_day if behind_it == "backlog_open" else day, spans[day].until
            )

        is_weekly = self.desk.now.period.is_weekly
        return chart(list(spans), series, said, url=url, marked=marked or (), is_weekly=is_weekly, **how)  # type: ignore[arg-type]

    def _values(self, value: Value) -> list[Number]:
        return [value(step) for step in self.desk.steps]

    def _unusual(self) -> set[date]:
        return {
            step.period.since for step in self.desk.steps if any(day.anomaly_detected for day in step.days)
        }


def _total(*columns: str) -> Value:
    return lambda of: of.total(*columns)


def _columns(severity: str) -> list[str]:
    parts = ["low", "informational"] if severity == "low" else [severity]
    return [f"security_alerts_{part}" for part in parts]


def _shade(severity: str) -> str:
    return _("Low and informational") if severity == "low" else str(SEVERITIES[severity])


def _extreme(of: Figures, column: str) -> Number:
    scores = [float(score) for day in of.days if (score := getattr(day, column)) is not None]
    return max(scores, key=abs) if scores else None


def _score(value: Number) -> str:
    return "–" if value is None else cards.number(value, 1).replace("-", "−")
