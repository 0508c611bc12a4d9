"""Two clients of an MSP with everything that a review tells of, over the last sixty days."""

from datetime import datetime, timedelta

from django.utils import timezone

from connectors.models import Device, RawTicket
from insights.models import Topic
from tests import factories
from tests.insights import makers
from tests.insights.projects import proposed

CLIENT, OTHER, ADA, BEN, BOARD = 101, 102, 11, 12, 1
AGREEMENT = 5
NEW, BEFORE = 10, 4  # tickets in the last 30 days, and in the 30 before


def days_ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def build(marker: str) -> None:
    people_and_terms(marker)
    topic = makers.topic(f"{marker} printing", name_fr=f"{marker} impression")
    for number in range(NEW):
        worked(marker, topic, days_ago(2 + 2 * number), hours_to_close=2)
    for number in range(BEFORE):
        worked(marker, topic, days_ago(35 + 5 * number), hours_to_close=24)
    left_open(marker)
    other = factories.ticket(days_ago(3), company_id=OTHER, board_id=BOARD, summary=f"{marker} other ticket")
    factories.time_entry(other, days_ago(3), 600, BEN, notes=f"{marker} other work")
    watched(marker)
    proposed(topic, company=CLIENT, name=f"{marker} print server", now=days_ago(5))


def people_and_terms(marker: str) -> None:
    factories.settings(loaded_hourly_cost=50, hourly_rate=100)
    factories.company(CLIENT, f"{marker} dental")
    factories.company(OTHER, f"{marker} bakery")
    factories.member(ADA, f"{marker} Ada")
    factories.member(BEN, f"{marker} Ben")
    factories.board(BOARD, f"{marker} board")
    factories.work_type(1, f"{marker} remote")
    factories.question(50, options=5)
    factories.agreement(
        AGREEMENT,
        f"{marker} managed",
        company_id=CLIENT,
        starts_on=days_ago(400).date(),
        covers_time=True,
        limit_units="Hours",
        limit_amount=400,
        limit_cycle="CalendarYear",
        bill_amount=3000,
        billing_cycle="Monthly",
    )


def worked(marker: str, topic: Topic, opened: datetime, hours_to_close: float) -> RawTicket:
    """An hour by Ada on the agreement, and half an hour by Ben that nobody pays."""
    ticket = factories.ticket(
        opened,
        opened + timedelta(hours=hours_to_close),
        summary=f"{marker} how do I print",
        company_id=CLIENT,
        board_id=BOARD,
        owner_id=ADA,
        contact_id=9,
        contact_name=f"{marker} Carol",
        agreement_id=AGREEMENT,
        respond_goal_at=opened + timedelta(minutes=10),
        is_in_sla=False,
    )
    makers.assign(topic, [ticket])
    factories.time_entry(
        ticket, opened + timedelta(minutes=30), 60, ADA, agreement_id=AGREEMENT, work_type_id=1
    )
    factories.time_entry(ticket, opened + timedelta(hours=1), 30, BEN, billable_option="DoNotBill")
    factories.survey(ticket, opened + timedelta(hours=1), answers={50: 3})
    return ticket


def left_open(marker: str) -> None:
    for days in (5, 45):
        factories.ticket(
            days_ago(days), summary=f"{marker} open for {days}", company_id=CLIENT, board_id=BOARD
        )


def watched(marker: str) -> None:
    """Two laptops, of which one lacks the protection and has been silent; two alerts, one resolved in time."""
    edr, seen = factories.edr(), factories.connection("Seeing", vendor="defender")
    factories.customer(f"{marker} site", CLIENT)
    for name, sources, days in (("PC-1", [edr.pk, seen.pk], 0), ("PC-2", [seen.pk], 40)):
        Device.objects.create(
            hostname=f"{marker}-{name}", company_id=CLIENT, seen_by=sources, last_seen_at=days_ago(days)
        )
    at = days_ago(4)
    factories.alert(f"{marker}-1", at, customer_id=f"{marker} site", severity="critical")
    factories.alert(
        f"{marker}-2",
        at,
        customer_id=f"{marker} site",
        severity="low",
        status="resolved",
        verdict="false_positive",
        resolved_at=at + timedelta(hours=1),
    )
