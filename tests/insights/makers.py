"""Topics, their tickets with the time on them, and proposals, as the real thing leaves them: many rows in one go."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from connectors.models import RawTicket, RawTimeEntry
from insights.described import Description, Exemplar, TopicPack
from insights.models import Proposal, ProposalEvent, TicketTopic, Topic, TopicRegistry
from kpis.calendar import day_of
from tests import factories

NOW = factories.at("2026-06-01 09:00")
_ids = count(700_001)


def registry(version: int = 1, **fields: Any) -> TopicRegistry:
    defaults = {
        "created_at": NOW - timedelta(days=120),
        "since": NOW.date() - timedelta(days=210),
        "until": NOW.date() - timedelta(days=120),
        "ticket_count": 1000,
        "vocabulary": b"",
    }
    return TopicRegistry.objects.get_or_create(version=version, defaults=defaults | fields)[0]


def topic(name: str = "Password resets", **fields: Any) -> Topic:
    """Active, unless `status` says otherwise; `root=another` makes it that one's alias."""
    defaults = {
        "registry_version": registry().version,
        "name_en": name,
        "name_fr": name,
        "status": "merged" if fields.get("root") else "active",
        "prototype": b"",
        "core_similarity": 0.5,
        "soft_similarity": 0.3,
        "created_at": NOW - timedelta(days=120),
    }
    return Topic.objects.create(**defaults | fields)


def tickets(
    about: Topic | None,
    number: int,
    *,
    now: datetime = NOW,
    days: float = 112,
    company: int | None = 1,
    requesters: int = 7,
    minutes: float | Sequence[float] | None = 30,
    is_core: bool = True,
    **fields: Any,
) -> list[RawTicket]:
    """Spread evenly over the days before now; contacts take turns; `minutes` were booked on each, None: no time.

    `summary` may hold {n}, such as "SRV-{n} offline". Contacts are numbered apart from other companies'.
    """
    summary = fields.pop("summary", "Please reset my password")
    made = [
        RawTicket(
            **{
                "source": factories.connection(),
                "external_id": next(_ids),
                "row_hash": b"",
                "record_type": "ServiceTicket",
                "is_closed": False,
                "company_id": company,
                "contact_id": (company or 0) * 1000 + n % requesters + 1 if requesters else None,
                "opened_at": (opened := now - timedelta(days=days * (n + 0.5) / number)),
                "last_updated_at": opened,
                "summary": summary.format(n=n % max(requesters, 1)),
            }
            | fields
        )
        for n in range(number)
    ]
    RawTicket.objects.bulk_create(made)
    if about is not None:
        assign(about, made, is_core=is_core)
    if minutes is not None:
        each = [minutes] * number if isinstance(minutes, int | float) else minutes
        work(zip(made, each, strict=True))
    return made


def assign(to: Topic, some: Iterable[RawTicket], *, is_core: bool = True, **fields: Any) -> None:
    """Says what tickets are about; those that were about something else are moved."""
    rows = [
        TicketTopic(
            source=ticket.source,
            ticket_id=ticket.external_id,
            topic=to,
            **{
                "registry_version": to.registry_version,
                "similarity": 0.9 if is_core else 0.4,
                "is_core": is_core,
                "words_digest": 0,
            }
            | fields,
        )
        for ticket in some
    ]
    TicketTopic.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["source", "ticket_id"],
        update_fields=["topic", "registry_version", "similarity", "is_core"],
    )


def work(booked: Iterable[tuple[RawTicket, float]], **fields: Any) -> None:
    """One time entry for each pair, half an hour after the ticket was opened."""
    RawTimeEntry.objects.bulk_create(
        RawTimeEntry(
            **{
                "source": ticket.source,
                "external_id": next(_ids),
                "row_hash": b"",
                "charge_to_type": ticket.record_type,
                "charge_to_id": ticket.external_id,
                "ticket_id": ticket.external_id,
                "company_id": ticket.company_id,
                "started_at": ticket.opened_at + timedelta(minutes=30),
                "minutes": minutes,
                "billable_option": "Billable",
            }
            | fields
        )
        for ticket, minutes in booked
    )


def proposal(on: Topic, *, now: datetime = NOW, **fields: Any) -> Proposal:
    """A desk proposal with its first event. Its forecast is empty: say one where it matters."""
    defaults = {
        "scope": "client" if fields.get("company") else "desk",
        "topic": on,
        "archetype": "password_self_service",
        "source": "heuristic",
        "name": f"Project about {on.name_en}",
        "trigger": "30 tickets in 30 days",
        "problem": "People ask for new passwords.",
        "recommendation": "Let them reset their passwords by themselves.",
        "steps": ["Switch it on.", "Tell everybody."],
        "confidence": "medium",
        "saved_minutes_per_month": 600,
        "net_value_p10": 1000,
        "beneficiary": "msp",
        "first_proposed_at": now,
        "refreshed_at": now,
    }
    made = Proposal.objects.create(**defaults | fields)
    event(made, "proposed", now=now, after=made.status)
    return made


def event(of: Proposal, kind: str, *, now: datetime = NOW, **fields: Any) -> ProposalEvent:
    defaults = {
        "kind": kind,
        "happened_at": now,
        "happened_on": day_of(now),
        "after": of.status,
        "saved_minutes_per_month": of.saved_minutes_per_month,
        "snapshot": {"evidence": of.evidence, "forecast": of.forecast},
    }
    return ProposalEvent.objects.create(proposal=of, **defaults | fields)


def pack(texts: Sequence[str], of: Topic | int = 1, **fields: Any) -> TopicPack:
    """What a topic is described from: these texts, each of another requester of company 1."""
    exemplars = tuple(
        Exemplar(ticket=(1, n), text=text, company=1, requester=f"contact:{n}", is_boundary=n >= 8)
        for n, text in enumerate(texts)
    )
    defaults: dict[str, Any] = {
        "topic": of if isinstance(of, int) else of.id,
        "terms": (),
        "ticket_types": (),
        "languages": {"en": 1.0, "fr": 0.0},
        "is_from_monitoring": False,
        "exemplars": exemplars,
        "company": 1,
    }
    return TopicPack(**defaults | fields)


def description(**fields: Any) -> Description:
    defaults: dict[str, Any] = {
        "source": "heuristic",
        "label_en": "Password resets",
        "label_fr": "Réinitialisation de mots de passe",
        "inclusion_criteria": "People who ask for a new password.",
        "is_coherent": True,
        "category": "identity",
        "root_cause": "missing_self_service",
        "archetype": "password_self_service",
        "title": "Let people reset their passwords",
        "problem": "People ask the desk for new passwords.",
        "recommendation": "Switch self-service on.",
        "steps": ("Switch it on.",),
        "is_training_need": False,
        "sales_signal": "none",
        "evidence": (),
        "counter_evidence": (),
        "confidence": "medium",
    }
    return Description(**defaults | fields)
