"""By what a KPI's cells are told apart: the tabs of its table, each with the metrics that have such cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kpis.base import Kpi, Metric
from kpis.kpi_page.amounts import is_tabled
from kpis.kpi_page.sums import Totals
from kpis.windows import Dimension
from tenants.models import TenantSettings

Privacy = TenantSettings.Privacy
TITLES = {"company": _("Client"), "technician": _("Technician"), "board": _("Board")}
TOPIC, KIND = _("Topic"), _("Kind")
TICKET_TYPE, SUBJECT, VERDICT = _("Type of ticket"), _("Subject"), _("Verdict")
# What segments are, where they are not of one kind in all of a KPI's metrics, or where "kind" would say little.
SEGMENTS: dict[str, Any] = {
    "sales_opportunities": SUBJECT,
    "tech_training": TICKET_TYPE,
    "time_consumption": _("Work type"),
    "agreement_mismatch": VERDICT,
    "tech_efficiency": TICKET_TYPE,
    "tech_profile": TICKET_TYPE,
    "tech_comparison": TICKET_TYPE,
    "ticket_trends": TICKET_TYPE,
    "soc": _("Source and severity"),
    "training_share": SUBJECT,
    "subject_minutes": SUBJECT,
    "proposed_by_kind": _("Kind of project"),
    "projected_by_kind": _("Kind of project"),
    "measured_projects": VERDICT,
    "ticket_reduction": VERDICT,
    "hour_reduction": VERDICT,
    "alerts_by_category": _("Type of alert"),
}


@dataclass(frozen=True)
class Cut:
    """A tab: its word in addresses, the dimension of the cells, and the metrics that are its columns."""

    word: str
    title: Any
    dimension: Dimension
    metrics: tuple[Metric, ...]


def cuts(kpi: Kpi, totals: Totals, privacy: str) -> list[Cut]:
    """Where technicians see only themselves, nothing is told apart by person."""
    shown = [dimension for dimension in TITLES if dimension != "technician" or privacy != Privacy.OWN_ONLY]
    whole = [Cut(name, TITLES[name], name, _having(kpi, totals, name)) for name in shown]  # type: ignore[arg-type]
    return [cut for cut in [*whole, *_by_segment(kpi, totals)] if cut.metrics]


def _having(kpi: Kpi, totals: Totals, dimension: str) -> tuple[Metric, ...]:
    return tuple(
        metric
        for metric in kpi.metrics
        if is_tabled(kpi, metric) and dimension in totals.dimensions.get(metric.slug, ())
    )


def _by_segment(kpi: Kpi, totals: Totals) -> Sequence[Cut]:
    """One for each sort of segments, in the order of the metrics."""
    sorts: dict[str, tuple[Any, list[Metric]]] = {}
    for metric in _having(kpi, totals, "segment"):
        if title := segments_are(kpi, metric):
            sorts.setdefault(str(title), (title, []))[1].append(metric)
    return [
        Cut(f"segment-{number}" if number > 1 else "segment", title, "segment", tuple(metrics))
        for number, (title, metrics) in enumerate(sorts.values(), start=1)
    ]


def segments_are(kpi: Kpi, metric: Metric) -> Any:
    """Nothing for a derived metric whose segments only repeat what its cells are about."""
    if metric in kpi.derived_metrics and "segment" not in metric.explained_cut:
        return None
    is_by_topic = any(fact.is_by_topic and metric in fact.metrics for fact in kpi.facts)
    return SEGMENTS.get(metric.slug, TOPIC if is_by_topic else SEGMENTS.get(kpi.slug, KIND))
