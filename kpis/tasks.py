"""Background work on figures."""

import structlog

from kpis.compute import compute
from tenants.context import tenant_task

log = structlog.get_logger(__name__)


@tenant_task(name="kpis.compute")
def compute_kpis_task() -> None:
    report = compute()
    log.info("figures computed", days=report.days, full=report.is_full, seconds=round(report.seconds, 2))
