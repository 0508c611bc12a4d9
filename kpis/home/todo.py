"""What waits for a manager: the findings with most at stake, and what is unusual now."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, QuerySet, Value
from django.db.models.functions import Coalesce

from kpis.models import Finding
from kpis.models.findings import BY_SEVERITY
from tenants.models import TenantSettings

FINDINGS_SHOWN = 6
UNUSUAL_SHOWN = 5
STILL_UNUSUAL_DAYS = 3
TO_LOOK_AT = [Finding.Status.OPEN, Finding.Status.ACKNOWLEDGED]
TRENDS = "ticket_trends"


def open_findings() -> list[Finding]:
    """Those with most money at stake first; hours are worth what the MSP charges for one."""
    rate = TenantSettings.load().hourly_rate or Decimal(0)
    worth = Coalesce(
        F("money_at_stake"), F("minutes_at_stake") / 60 * Value(rate), output_field=DecimalField()
    )
    findings = _about_whom_may_be_told().annotate(rank=BY_SEVERITY, worth=worth)
    order = (F("worth").desc(nulls_last=True), "rank", "-last_seen", "-id")
    return list(findings.order_by(*order)[:FINDINGS_SHOWN])


def unusual_now(today: date) -> list[Finding]:
    """Clients, boards or the desk as a whole with unusually many or few tickets in the last days."""
    findings = _about_whom_may_be_told().filter(
        kpi=TRENDS, last_seen__gte=today - timedelta(days=STILL_UNUSUAL_DAYS)
    )
    return list(findings.annotate(rank=BY_SEVERITY).order_by("rank", "-weight", "-id")[:UNUSUAL_SHOWN])


def _about_whom_may_be_told() -> QuerySet[Finding, Any]:
    """Where technicians see only themselves, those that are about nobody."""
    findings = Finding.objects.filter(status__in=TO_LOOK_AT)
    own_only = TenantSettings.load().privacy_mode == TenantSettings.Privacy.OWN_ONLY
    return findings.filter(technician=None) if own_only else findings
