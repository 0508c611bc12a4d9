"""Background work on what a language model was asked."""

import structlog
from django.utils import timezone

from insights.asking.retention import expire
from tenants.context import tenant_task

log = structlog.get_logger(__name__)


@tenant_task(name="insights.expire_calls")
def expire_calls() -> None:
    if count := expire(timezone.now()):
        log.info("calls of the language model expired", calls=count)
