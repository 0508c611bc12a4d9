"""Rows of topics, proposals and measurements as a tenant would have them, each in one call."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from connectors.models import RawTicket
from insights.models import (
    ProjectMeasurement,
    Proposal,
    ProposalEvent,
    TicketTopic,
    Topic,
    TopicLabel,
)

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def topic(name_en: str = "Password resets", merged_into: int | None = None, **fields: Any) -> Topic:
    """In use, unless it was merged or `status` says otherwise."""
    defaults: dict[str, Any] = {
        "name_en": name_en,
        "name_fr": name_en,
        "registry_version": 1,
        "status": "merged" if merged_into else "active",
        "root_id": merged_into,
        "prototype": b"",
        "core_similarity": 0.5,
        "soft_similarity": 0.3,
        "created_at": LONG_AGO,
    }
    return Topic.objects.create(**defaults | fields)


def ticket_topic(on: RawTicket, topic: int | None, **fields: Any) -> TicketTopic:
    defaults = {"registry_version": 1, "similarity": 0.8, "is_core": True, "words_digest": 0}
    return TicketTopic.objects.update_or_create(
        source=on.source, ticket_id=on.external_id, defaults={"topic_id": topic, **defaults, **fields}
    )[0]


def topic_label(topic: int, kind: str, source: str, value: str) -> TopicLabel:
    return TopicLabel.objects.update_or_create(
        topic_id=topic, kind=kind, source=source, defaults={"value": value, "labelled_at": LONG_AGO}
    )[0]


def proposal(topic: int, company: int | None = None, **fields: Any) -> Proposal:
    defaults: dict[str, Any] = {
        "archetype": "password_self_service",
        "scope": "client" if company else "desk",
        "source": "heuristic",
        "name": "Let users reset their passwords",
        "confidence": "medium",
        "saved_minutes_per_month": 0,
        "net_value_p10": 0,
        "beneficiary": "msp",
        "first_proposed_at": LONG_AGO,
        "refreshed_at": LONG_AGO,
    }
    return Proposal.objects.create(topic_id=topic, company=company, **defaults | fields)


def proposal_event(
    of_proposal: int, day: str | date, status: str = "proposed", minutes: float = 600, **fields: Any
) -> ProposalEvent:
    on = date.fromisoformat(str(day))
    defaults = {
        "kind": "proposed" if status == "proposed" else "moved",
        "happened_at": datetime.combine(on, time(17), UTC),
        "happened_on": on,
    }
    return ProposalEvent.objects.create(
        proposal_id=of_proposal,
        after=status,
        saved_minutes_per_month=Decimal(str(minutes)),
        **defaults | fields,
    )


def measurement(
    of_proposal: int, day: str | date, verdict: str = "improved", **fields: Any
) -> ProjectMeasurement:
    on = date.fromisoformat(str(day))
    defaults = {"measured_at": datetime.combine(on, time(17), UTC), "weeks_after": 8}
    return ProjectMeasurement.objects.update_or_create(
        proposal_id=of_proposal, measured_on=on, defaults={"verdict": verdict, **defaults, **fields}
    )[0]


MAKERS: Mapping[str, Any] = {
    "topic": topic,
    "ticket_topic": ticket_topic,
    "topic_label": topic_label,
    "proposal": proposal,
    "proposal_event": proposal_event,
    "measurement": measurement,
}
