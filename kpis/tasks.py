"""Background work on figures."""

import structlog
from django.utils import timezone

from kpis.compute import compute
from kpis.profile.looks import expire
from tenants.context import tenant_task

log = structlog.get_logger(__name__)


@tenant_task(name="kpis.compute")
def compute_kpis_task() -> None:
    report = compute()
    log.info("figures computed", days=report.days, full=report.is_full, seconds=round(report.seconds, 2))


@tenant_task(name="kpis.expire_looks")
def expire_looks() -> None:
    if count := expire(timezone.now()):
        log.info("looks at technicians' pages expired", looks=count)
