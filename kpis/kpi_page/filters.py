"""The choices above a KPI's table: the clients, technicians and boards that its cells of the period are about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kpis.kpi_page.asked import Asked, shown_id
from kpis.kpi_page.cuts import TITLES
from kpis.names import Names
from tenants.models import TenantSettings

Privacy = TenantSettings.Privacy


@dataclass(frozen=True)
class Filter:
    name: str
    title: Any
    options: list[tuple[str, str, bool]]  # as in addresses, in words, whether it is chosen


def filters_of(ids: Mapping[str, list[int]], known: Names, asked: Asked) -> list[Filter]:
    """Where technicians see only themselves, nobody is chosen by person."""
    hides_people = TenantSettings.load().privacy_mode == Privacy.OWN_ONLY
    filters = [
        Filter(name, title, _options(name, ids[name], getattr(known, name), asked))
        for name, title in TITLES.items()
        if name != "technician" or not hides_people
    ]
    return [one for one in filters if one.options]


def _options(
    name: str, ids: list[int], called: Callable[[int | None], str], asked: Asked
) -> list[tuple[str, str, bool]]:
    chosen = asked.words.get(name)
    found = [(shown_id(name, key), called(key)) for key in ids]
    return [(word, text, word == chosen) for word, text in sorted(found, key=lambda one: one[1].casefold())]
