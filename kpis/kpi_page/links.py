"""Addresses of what is behind a number: days, metric and dimensions, where the things behind it may be told."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from kpis.base import Kpi, Metric
from kpis.kpi_page.asked import shown_id
from kpis.period import Period
from tenants.models import TenantSettings

DAY = timedelta(days=1)


def behind_metric(kpi: str, metric: str, since: date, until: date | None = None, **cut: Any) -> str:
    """Of the days from `since` to before `until`, else of one; `cut` by company, technician, board and segment."""
    last = (until or since + DAY) - DAY
    days = {"since": since, "until": last}
    words = {name: key if name == "segment" else shown_id(name, key) for name, key in cut.items()}
    return f"{reverse('admin:kpi_behind', args=[kpi, metric])}?{urlencode(days | words)}"


def page_of(dimension: str, key: Any) -> str:
    """Of a client or a technician; nobody and nothing else has one."""
    if key is None or dimension not in {"company", "technician"}:
        return ""
    return reverse(
        "admin:client" if dimension == "company" else "technician", args=[shown_id(dimension, key)]
    )


def of_cells(kpi: Kpi, period: Period, filters: Mapping[str, Any]) -> Callable[[Metric, str, Any], str]:
    """For the many numbers of a table. Whose work it was is not told of things unless people are named."""
    names_people = TenantSettings.load().names_technicians
    if "technician" in filters and not names_people:
        return lambda _metric, _dimension, _key: ""
    starts = {
        metric.slug: behind_metric(kpi.slug, metric.slug, period.since, period.until, **filters)
        for metric in kpi.metrics
    }

    def address(metric: Metric, dimension: str, key: Any) -> str:
        if dimension in filters:
            return starts[metric.slug]
        if dimension == "technician" and not names_people:
            return ""
        word = key if dimension == "segment" else shown_id(dimension, key)
        return f"{starts[metric.slug]}&{urlencode({dimension: word})}"

    return address
