"""Background work on improvement projects."""

import structlog
from django.utils import timezone

from insights.measure import measure
from insights.propose import propose
from tenants.context import tenant_task

log = structlog.get_logger(__name__)


@tenant_task(name="insights.propose")
def propose_projects() -> None:
    log.info("projects proposed", result=str(propose(timezone.now())))


@tenant_task(name="insights.measure_projects")
def measure_projects() -> None:
    outcomes = measure(timezone.now())
    final = sum(each.measurement.is_final for each in outcomes)
    log.info("projects measured", projects=len(outcomes), final=final)
