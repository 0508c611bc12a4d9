"""What other apps add to the first page: each appends a function to PANELS that makes its panel, or none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from kpis.period import Period


@dataclass(frozen=True)
class Panel:
    title: Any
    template: str  # of what is inside; it sees `panel` and what the page itself sees
    context: Mapping[str, Any]


PANELS: list[Callable[[HttpRequest, Period], Panel | None]] = []


def panels(request: HttpRequest, period: Period) -> list[Panel]:
    made = (panel(request, period) for panel in PANELS)
    return [panel for panel in made if panel is not None]
