"""What a client's hours cost and what agreements bring for them; told only as far as amounts are known."""

from collections.abc import Sequence
from dataclasses import dataclass

from insights.client.agreements import Agreement
from insights.client.cells import Cells
from tenants.models import TenantSettings

FEWEST_HOURS = 1.0  # below which a rate of an hour says nothing


@dataclass(frozen=True)
class Margin:
    """Of some hours, and the revenue for them where it is known."""

    hours: float
    cost: float
    revenue: float | None

    @property
    def left(self) -> float | None:
        return None if self.revenue is None else self.revenue - self.cost

    @property
    def percent(self) -> float | None:
        return 100 * self.left / self.revenue if self.left is not None and self.revenue else None

    @property
    def hourly_rate(self) -> float | None:
        return self.revenue / self.hours if self.revenue is not None and self.hours >= FEWEST_HOURS else None


@dataclass(frozen=True)
class Money:
    rows: list[tuple[Agreement, Margin]]
    total: Margin  # of the agreements whose revenue is known
    elsewhere: Margin  # hours on none of the agreements
    unknown: list[str]  # agreements whose revenue is not


def money(of: Sequence[Agreement], cells: Cells) -> Money:
    rows = [(one, margin(one.hours, one.revenue)) for one in of]
    known = [each for each in rows if each[1].revenue is not None]
    worked = cells.now.total("billable_minutes", "non_billable_minutes") / 60
    return Money(
        rows=rows,
        total=margin(
            sum(each.hours for _one, each in known), sum(each.revenue or 0 for _one, each in known) or None
        ),
        elsewhere=margin(max(0.0, worked - sum(one.hours for one in of)), None),
        unknown=[one.name for one, each in rows if each.revenue is None],
    )


def margin(hours: float, revenue: float | None) -> Margin:
    return Margin(hours, hours * float(TenantSettings.load().loaded_hourly_cost), revenue)
