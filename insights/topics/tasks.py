"""Background work on topics: every night what is new gets its topic, once a week what fits nowhere is looked at."""

import structlog
from django.utils import timezone

from insights.topics.assignment import assign
from insights.topics.bootstrap import bootstrap
from insights.topics.review import find_candidates
from tenants.context import tenant_task

log = structlog.get_logger(__name__)


@tenant_task(name="insights.assign_topics")
def assign_topics() -> None:
    """The first time there are enough tickets, topics are learned from them."""
    now = timezone.now()
    if bootstrap(now) is None:
        return
    done = assign(now)
    log.info("topics assigned", tickets=done.tickets, moved=done.moved)


@tenant_task(name="insights.review_topics")
def review_topics() -> None:
    found = find_candidates(timezone.now())
    log.info("topics reviewed", candidates=len(found))
