"""The KPIs there are, found by folder. Two of them may not own the same column or read facts of the same name."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from types import MappingProxyType

from kpis import definitions
from kpis.base import Fact, Kpi
from kpis.quality.definition import TRUST

ENTRY_POINTS = "deskmetry.kpis"
PROVENANCE = {"kpi_date", "computed_at", "data_as_of", "is_final", "definition_version"}


@cache
def kpis() -> Mapping[str, Kpi]:
    """By slug, in the order of their numbers."""
    own = [
        import_module(f"{definitions.__name__}.{each.name}").KPI
        for each in iter_modules(definitions.__path__)
    ]
    found = sorted([*own, *_plugged_in()], key=lambda kpi: kpi.number)
    _refuse_twice("slug", [TRUST.slug, *(kpi.slug for kpi in found)])
    _refuse_twice("column of kpi_daily", [column.name for kpi in found for column in kpi.columns])
    _refuse_twice("fact", [fact.name for kpi in (TRUST, *found) for fact in kpi.facts])
    return MappingProxyType({kpi.slug: kpi for kpi in found})


def _plugged_in() -> list[Kpi]:
    """KPIs of other packages: entry points name their modules. kpi_daily has no columns for them."""
    found: list[Kpi] = [point.load().KPI for point in entry_points(group=ENTRY_POINTS)]
    for kpi in found:
        if kpi.columns:
            raise ValueError(
                f"The KPI {kpi.slug} is plugged in, so it cannot own columns of kpi_daily; use metrics."
            )
    return found


def owners() -> Mapping[str, Kpi]:
    """All that cells are made for: the KPIs, and beside them the checks of the data they are made of."""
    return {**kpis(), TRUST.slug: TRUST}


def facts() -> list[Fact]:
    """All of them, each after those it reads."""
    return in_order(fact for owner in owners().values() for fact in owner.facts)


def in_order(wanted: Iterable[Fact]) -> list[Fact]:
    """These facts and those they read, which come before them."""
    found: dict[str, Fact] = {}
    for fact in wanted:
        found |= {one.name: one for one in in_order(fact.reads) if one.name not in found}
        found.setdefault(fact.name, fact)
    return list(found.values())


def definition_version() -> str:
    """The KPIs' numbers by their version, such as "04,07:1 11:2"."""
    versions = sorted({kpi.version for kpi in kpis().values()})
    return " ".join(f"{','.join(_numbers_at(version))}:{version}" for version in versions)


def _numbers_at(version: int) -> list[str]:
    return [kpi.number for kpi in kpis().values() if kpi.version == version]


def numbers_in(definition_version: str) -> set[str]:
    """Of the KPIs that a day has figures of."""
    parts = definition_version.split()
    return {number for part in parts for number in part.partition(":")[0].split(",")}


def _refuse_twice(what: str, names: list[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"More than one KPI declares the {what} {', '.join(twice)}.")
