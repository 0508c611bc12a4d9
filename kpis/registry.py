"""The KPIs there are, found by folder. Two of them may not own the same column or read facts of the same name."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from kpis import definitions
from kpis.base import Fact, Kpi

PROVENANCE = {"kpi_date", "computed_at", "data_as_of", "is_final", "definition_version"}


@cache
def kpis() -> Mapping[str, Kpi]:
    """By slug, in the order of their numbers, which is the order they may read each other's facts in."""
    modules = [
        import_module(f"{definitions.__name__}.{module.name}")
        for module in iter_modules(definitions.__path__)
    ]
    found = sorted((module.KPI for module in modules), key=lambda kpi: kpi.number)
    _refuse_twice("column of kpi_daily", [column for kpi in found for column in kpi.columns])
    _refuse_twice("fact", [fact.name for kpi in found for fact in kpi.facts])
    return MappingProxyType({kpi.slug: kpi for kpi in found})


def facts() -> list[Fact]:
    return [fact for kpi in kpis().values() for fact in kpi.facts]


def definition_version() -> str:
    return " ".join(f"{kpi.number}:{kpi.version}" for kpi in kpis().values())


def _refuse_twice(what: str, names: list[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"More than one KPI declares the {what} {', '.join(twice)}.")
