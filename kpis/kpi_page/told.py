"""What a KPI's page tells of where its figures come from: findings, trust, sources, restatements and definition."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from kpis.base import DIMENSIONS, Fact, Kpi
from kpis.catalogue import described
from kpis.kpi_page.columns import Days
from kpis.models import Finding
from kpis.models.findings import BY_SEVERITY
from kpis.quality.standing import Source, Standing
from kpis.registry import in_order
from tenants.models import TenantSettings

FINDINGS_SHOWN = 8
Status, Privacy = Finding.Status, TenantSettings.Privacy


@dataclass(frozen=True)
class Provenance:
    computed_at: datetime | None
    data_as_of: datetime | None
    is_final: bool
    version: int
    sources: list[Source]


@dataclass(frozen=True)
class Findings:
    first: list[Finding]
    count: int


def provenance(kpi: Kpi, days: Days, standing: Standing) -> Provenance:
    moments = [day.data_as_of for day in days.now if day.data_as_of]
    return Provenance(
        computed_at=max((day.computed_at for day in days.now), default=None),
        data_as_of=max(moments, default=None),
        is_final=bool(days.now) and all(day.is_final for day in days.now),
        version=kpi.version,
        sources=[source for source in standing.sources if kpi.number in source.readers],
    )


def findings(kpi: Kpi) -> Findings:
    """Those to look at, what matters most first; where technicians see only themselves, those about nobody."""
    open_ones: QuerySet[Finding] = Finding.objects.filter(
        kpi=kpi.slug, status__in=[Status.OPEN, Status.ACKNOWLEDGED]
    )
    if TenantSettings.load().privacy_mode == Privacy.OWN_ONLY:
        open_ones = open_ones.filter(technician=None)
    ordered = list(
        open_ones.order_by(BY_SEVERITY, F("money_at_stake").desc(nulls_last=True), "-last_seen", "-id")
    )
    return Findings(ordered[:FINDINGS_SHOWN], len(ordered))


def definition(kpi: Kpi) -> dict[str, Any]:
    return described(kpi) | {
        "facts": [fact for fact in in_order(kpi.facts) if _is_told(fact)],
        "daily_sql": kpi.daily_sql.strip(),
        "rolling_sql": kpi.rolling_sql.strip(),
        "plain_sql": kpi.plain_sql.strip(),
        "plain_differs": kpi.plain_differs,
        "example": example(kpi),
    }


def _is_told(fact: Fact) -> bool:
    return bool(fact.sql.strip())


def example(kpi: Kpi) -> dict[str, Any]:
    """Rows in, cells out; it runs as a test."""
    given = [
        (kind.replace("_", " "), ", ".join(f"{name} {value}" for name, value in row.items()))
        for kind, rows in kpi.example.rows.items()
        for row in rows
    ]
    days = [
        (day, name, value) for day, columns in kpi.example.daily.items() for name, value in columns.items()
    ]
    header = (_("Metric"), _("Day"), *DIMENSIONS, _("Value"), _("Of"))
    return {"given": given, "days": days, "header": header, "cells": kpi.example.breakdown}
