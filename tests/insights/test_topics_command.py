"""The command and the tasks that find topics, tenant by tenant."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from insights.models import TicketTopic, Topic, TopicRegistry
from insights.topics.tasks import assign_topics, review_topics
from tenants.context import tenant
from tests.insights.corpus import Writer
from tests.insights.desk_of_topics import receive


@pytest.fixture
def desks(db) -> None:
    """Enough tickets in north, too few in south."""
    since = timezone.now() - timedelta(days=85)
    for schema, count in (("north", 260), ("south", 30)):
        with tenant(schema):
            receive(Writer(1, ["vpn", "toner", "mfa"]).tickets(count, since, 84))


def said(**options) -> str:
    out = StringIO()
    call_command("find_topics", stdout=out, **options)
    return out.getvalue()


def test_a_dry_run_tells_and_stores_nothing_then_topics_are_found_once(desks):
    dry = said(dry_run=True)
    assert "north: " in dry
    assert "this was a dry run, and nothing was stored" in dry
    with tenant("north"):
        assert not TopicRegistry.objects.exists()
    told = said()
    assert "260 tickets assigned, 0 of them moved" in told
    assert "south: too few tickets to find topics in" in told
    assert "2 tenants, 0 failed" in told
    assert "0 tickets assigned" in said(tenant="north")
    with pytest.raises(CommandError, match="nowhere"):
        said(tenant="nowhere")


def test_the_tasks_work_inside_the_tenant_they_are_told(desks):
    assign_topics(schema="north")
    review_topics(schema="north")
    assign_topics(schema="south")
    with tenant("north"):
        assert TicketTopic.objects.count() == 260
        assert Topic.objects.filter(status="active").count() >= 3
    with tenant("south"):
        assert not TopicRegistry.objects.exists()
