"""What the keys of a table are called: clients, people and boards by name, segments in words."""

from collections.abc import Callable, Collection
from typing import Any

from django.utils.translation import gettext as _

from connectors.models import RawSecurityAlert
from kpis import names, segments
from kpis.base import Kpi, Metric
from kpis.kpi_page.cuts import Cut
from kpis.names import Names
from kpis.outside_work import NAMES as VERDICTS
from tenants.models import TenantSettings

Severity = RawSecurityAlert.Severity


def named(kpi: Kpi, cut: Cut, keys: Collection[Any], known: Names | None = None) -> dict[Any, str]:
    if cut.dimension == "segment":
        return _segments(kpi, cut.metrics, keys)
    found = known or names_of(**{cut.dimension: keys})
    return {key: _named(found, cut.dimension, key) for key in keys}


def named_as(kpi: Kpi, metric: Metric, dimension: str, key: Any) -> str:
    """One of them."""
    if dimension == "segment":
        return _segments(kpi, [metric], [key])[key]
    return _named(names_of(**{dimension: [key]}), dimension, key)


def names_of(
    company: Collection[int | None] = (),
    technician: Collection[int | None] = (),
    board: Collection[int | None] = (),
) -> Names:
    return Names(
        names.companies(company),
        names.boards(board),
        names.technicians(technician, TenantSettings.load().privacy_mode),
    )


def _named(found: Names, dimension: str, key: int | None) -> str:
    if key is None:
        return {"company": _("No client"), "board": _("No board")}.get(dimension, _("No technician"))
    of: Callable[[int | None], str] = getattr(found, dimension)
    return of(key)


def _segments(kpi: Kpi, metrics: Collection[Metric], keys: Collection[str]) -> dict[Any, str]:
    cells = {(kpi.slug, metric.slug, key) for metric in metrics for key in keys}
    found = segments.named(cells)
    called = {
        key: found[slug, metric, key] for slug, metric, key in sorted(cells) if found[slug, metric, key]
    }
    return {key: in_words(called.get(key, key)) for key in keys}


def in_words(segment: str) -> str:
    """Codes in words; what the desk named stays as it is."""
    if not segment:
        return _("Not said")
    if segment in VERDICTS:
        return str(VERDICTS[segment])
    source, _colon, rest = segment.partition(":")
    severity, _colon, given_by = rest.partition(":")
    if severity in Severity.values and given_by:
        return f"{source} · {Severity(severity).label}"
    return rest if source.isdecimal() and rest else segment
