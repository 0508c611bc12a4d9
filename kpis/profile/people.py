"""The technicians of a period as managers see them: in the order of names, each with a fair comparison, no ranks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from django.urls import reverse

from connectors.models import RawMember
from kpis import names, windows
from kpis.comparison import Comparison, compared
from kpis.period import Period
from kpis.profile.fair import TIERS, Interval, Tier, intervals
from kpis.windows import Efficiency
from tenants.models import TenantSettings


@dataclass(frozen=True)
class Person:
    """A technician who worked in the period."""

    name: str
    url: str
    figures: Efficiency
    intervals: Sequence[Interval]
    tier: Tier | None


def one_by_one(period: Period, privacy: str) -> dict[str, Any]:
    """Whoever worked in the period, in the order of names; of the others only that they are there."""
    members = RawMember.objects.filter(is_automation=False).order_by()
    has_left = dict(members.values_list("external_id", "is_inactive"))
    rows = windows.technician_efficiency(period.since, period.until)
    figures = {row.technician: row for row in rows if row.technician in has_left}
    idle = [number for number, gone in has_left.items() if not gone and number not in figures]
    comparisons = {one.technician: one for one in compared(period.since, period.until)}
    named = names.technicians([*figures, *idle], privacy)
    people = [
        _person(named[number], names.address_id(number, privacy), row, comparisons.get(number), period)
        for number, row in figures.items()
        if number is not None
    ]
    is_named = privacy == TenantSettings.Privacy.NAMED
    return {
        "people": sorted(people, key=lambda person: sorted_by(person.name)),
        "idle": sorted((named[number] for number in idle), key=sorted_by) if is_named else [],
        "idle_count": len(idle),
    }


def _person(
    name: str, number: int, figures: Efficiency, comparison: Comparison | None, period: Period
) -> Person:
    return Person(
        name=name,
        url=f"{reverse('technician', args=[number])}?{period.asked}",
        figures=figures,
        intervals=intervals(comparison) if comparison else (),
        tier=TIERS[comparison.tier] if comparison else None,
    )


def sorted_by(name: str) -> str:
    """Élise stands with Emma, not behind Zoé."""
    return normalize("NFKD", name).casefold()
