"""Cells that a test writes itself, and what the table of a KPI's page makes of them."""

from datetime import timedelta

from django.utils import timezone

from kpis.models import KpiBreakdown
from tenants.context import tenant


def cell(
    metric: str, top: float, bottom: float | None = None, *, ago: int = 1, kpi: str = "tech_efficiency", **cut
) -> None:
    day = timezone.localdate() - timedelta(days=ago)
    with tenant("north"):
        KpiBreakdown.objects.create(
            kpi=kpi, metric=metric, kpi_date=day, numerator=top, denominator=bottom, **cut
        )


def rows(client, slug: str, query: str = "") -> dict[str, list[str]]:
    """What the table says, by the names of its rows and in their order."""
    found = client.get(f"/admin/kpi/{slug}/{query}").context["table"]
    return {row.name: [number.text for number in numbers] for row, numbers in found.shown} if found else {}
