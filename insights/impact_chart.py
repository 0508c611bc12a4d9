"""The weeks of a project as a drawing, 10,000 wide and 1,000 high: bars of the treated, a line of the controls.

The controls are scaled to the treated's weeks before, so that both start at the same height.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from insights.models import ProjectBaseline
from insights.weekly import WEEK

WIDTH, HEIGHT = 10_000, 1_000


@dataclass(frozen=True)
class Week:
    start: date
    x: int
    y: int
    height: int
    tickets: int
    controls: float | None
    is_after: bool


@dataclass(frozen=True)
class Chart:
    weeks: list[Week]
    slot: int
    bar: int
    top: int
    lines: list[str]  # of the controls, before and after
    gap_x: int  # where the project was being done
    gap_width: int
    has_controls: bool

    @property
    def labels(self) -> list[date]:
        return [self.weeks[index].start for index in sorted({0, len(self.weeks) // 2, len(self.weeks) - 1})]


@dataclass(frozen=True)
class Part:
    since: date
    tickets: Sequence[int]
    controls: list[float] | None


def chart(baseline: ProjectBaseline, details: dict[str, Any] | None) -> Chart | None:
    """Of the weeks before alone, as long as nothing was measured."""
    if not baseline.weekly_tickets:
        return None
    parts = _parts(baseline, details or {})
    number = (parts[-1].since - parts[0].since).days // 7 + max(1, len(parts[-1].tickets))
    slot = WIDTH // number
    top = max(1, *(max([*part.tickets, *(part.controls or []), 0]) for part in parts))
    weeks = [
        week for place, part in enumerate(parts) for week in _weeks(part, parts[0].since, slot, top, place)
    ]
    before_ends = len(baseline.weekly_tickets) * slot
    after_starts = (parts[-1].since - parts[0].since).days * slot // 7 if len(parts) > 1 else before_ends
    return Chart(
        weeks=weeks,
        slot=slot,
        bar=slot * 7 // 10,
        top=round(top),
        lines=[_line(part, parts[0].since, slot, top) for part in parts if part.controls],
        gap_x=before_ends,
        gap_width=max(0, after_starts - before_ends),
        has_controls=parts[0].controls is not None,
    )


def _parts(baseline: ProjectBaseline, details: dict[str, Any]) -> list[Part]:
    after = details.get("controls", [])
    kept = {one["id"] for one in after} if details else {one["id"] for one in baseline.controls}
    before = [one["tickets"] for one in baseline.controls if one["id"] in kept]
    everyone = sum(map(sum, before))
    scale = sum(baseline.weekly_tickets) / everyone if everyone else 0.0
    parts = [Part(baseline.since, baseline.weekly_tickets, _scaled(before, scale))]
    if details.get("treated", {}).get("tickets"):
        since = date.fromisoformat(details["since"])
        own = details["treated"]["tickets"]
        parts.append(Part(since, own, _scaled([one["tickets"] for one in after], scale)))
    return parts


def _scaled(controls: list[list[int]], scale: float) -> list[float] | None:
    return [sum(week) * scale for week in zip(*controls, strict=True)] if controls and scale else None


def _weeks(part: Part, first: date, slot: int, top: float, place: int) -> list[Week]:
    made = []
    for index, tickets in enumerate(part.tickets):
        height = round(tickets * HEIGHT / top)
        made.append(
            Week(
                start=part.since + index * WEEK,
                x=_x(part, index, first, slot),
                y=HEIGHT - height,
                height=height,
                tickets=tickets,
                controls=part.controls[index] if part.controls else None,
                is_after=bool(place),
            )
        )
    return made


def _x(part: Part, index: int, first: date, slot: int) -> int:
    return (part.since - first).days * slot // 7 + index * slot


def _line(part: Part, first: date, slot: int, top: float) -> str:
    middle = slot * 7 // 20
    return " ".join(
        f"{_x(part, index, first, slot) + middle},{HEIGHT - round(value * HEIGHT / top)}"
        for index, value in enumerate(part.controls or [])
    )
