"""All cells of the tenant one is in, comparable with ==; when they were computed is left out."""

from typing import Any

from kpis.base import DIMENSIONS
from kpis.models import KpiBreakdown, KpiDaily, KpiTrust

PROVENANCE = {"computed_at", "data_as_of"}
CELL = ("kpi", "metric", "kpi_date", *DIMENSIONS, "numerator", "denominator")
Snapshot = tuple[list[Any], list[tuple[Any, ...]]]


def snapshot() -> Snapshot:
    columns = [field.name for field in KpiDaily._meta.fields if field.name not in PROVENANCE]
    daily = list(KpiDaily.objects.order_by("kpi_date").values(*columns))
    return daily, sorted(KpiBreakdown.objects.values_list(*CELL), key=repr)


def grades() -> list[Any]:
    return list(KpiTrust.objects.order_by("kpi_date", "kpi").values("kpi_date", "kpi", "grade", "reasons"))


def byte_image() -> Snapshot:
    """The same with provenance and row ids: nothing may have been written at all."""
    daily = list(KpiDaily.objects.order_by("kpi_date").values())
    return daily, sorted(KpiBreakdown.objects.values_list("id", *CELL), key=repr)
