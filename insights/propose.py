"""Proposes improvement projects from recurring tickets. Running it again on the same day changes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.cases import Cases, gather
from insights.described import Description, Ticket
from insights.describing import Describer
from insights.estimate import Estimator
from insights.evidence import MOST_SHOWN, Evidence
from insights.ideas import Idea, Supply
from insights.models import Proposal, Topic
from insights.playbook_rules import NO_PROJECT
from insights.playbooks import BY_KEY
from insights.standing import Proposed, Standing, as_stored
from tenants.models import TenantSettings

CENT = Decimal("0.01")
LONGEST_NAME = Proposal._meta.get_field("name").max_length

__all__ = ["Proposed", "propose"]


def propose(now: datetime, *, may_ask: bool = True) -> Proposed:
    """No language model is asked within a transaction, and none at all without `may_ask`."""
    cases = gather(now)
    said = Describer(now, may_ask).describe_all(_topics(cases))
    settings = TenantSettings.load()
    with transaction.atomic(), translation.override(settings.language):
        standing = Standing.opened(now)
        teller = Teller(settings.language, Estimator.of_tenant(now), {topic.pk: topic for topic in said})
        for topic, description in said.items():
            for idea in _ideas(topic.pk, description, cases, standing):
                teller.enter(idea, description, standing)
        return standing.close()


def _topics(cases: Cases) -> Iterator[Topic]:
    return (
        Topic.objects.filter(pk__in=cases.of_topic, status=Topic.Status.ACTIVE, root=F("pk"))
        .order_by("pk")
        .iterator()
    )


def _ideas(topic: int, said: Description, cases: Cases, standing: Standing) -> list[Idea]:
    if not said.is_coherent or said.archetype == NO_PROJECT:
        return []
    return Supply(topic, said.archetype, cases, standing.decided[topic]).ideas()


@dataclass(frozen=True)
class Teller:
    """Puts ideas into words and numbers."""

    language: str
    estimator: Estimator
    topics: Mapping[int, Topic]

    def enter(self, idea: Idea, said: Description, standing: Standing) -> None:
        parts = [(part, self.told(part, said, standing)) for part in idea.parts]
        standing.enter(idea, self.told(idea, said, standing), parts)

    def told(self, idea: Idea, said: Description, standing: Standing) -> dict[str, Any]:
        return self._words(idea, said) | self._numbers(idea) | {"evidence": _evidence(idea, said, standing)}

    def _words(self, idea: Idea, said: Description) -> dict[str, Any]:
        return {
            "source": said.source,
            "call_id": said.call,
            "name": self._name(idea, said)[:LONGEST_NAME],
            "trigger": trigger(idea.evidence),
            "problem": said.problem,
            "recommendation": said.recommendation,
            "steps": list(said.steps),
            "confidence": said.confidence,
        }

    def _name(self, idea: Idea, said: Description) -> str:
        """A playbook has one title for all its topics, which are told apart by theirs."""
        topic, book = self.topics[idea.key[2]], BY_KEY.get(idea.key[3])
        topic_name = topic.name_fr if self.language == "fr" else topic.name_en
        is_told_apart = said.source == "llm" or (book and book.words(self.language).label == topic_name)
        return said.title if is_told_apart else f"{said.title} – {topic_name}"

    def _numbers(self, idea: Idea) -> dict[str, Any]:
        forecast = self.estimator.forecast(idea)
        return {
            "forecast": as_stored(forecast.as_json()),
            "saved_minutes_per_month": _cents(forecast.saved_minutes_per_month),
            "net_value_p10": _cents(forecast.net_value_p10),
            "beneficiary": forecast.beneficiary,
        }


def trigger(evidence: Evidence) -> str:
    """Why now, as of the last 30 days."""
    tickets = ngettext(
        "%(number)d ticket in 30 days", "%(number)d tickets in 30 days", evidence.recent_tickets
    ) % {"number": evidence.recent_tickets}
    asked = {"tickets": tickets, "days": evidence.recent_days, "number": evidence.recent_requesters}
    if evidence.is_from_monitoring:
        return _("%(tickets)s on %(days)d days, from %(number)d devices") % asked
    return _("%(tickets)s on %(days)d days, from %(number)d people") % asked


def _evidence(idea: Idea, said: Description, standing: Standing) -> dict[str, Any]:
    cited, counter = said.evidence, said.counter_evidence
    row = standing.rows.get(idea.key)
    if not cited and row is not None and row.call_id == said.call:
        cited, counter = _kept(row, "cited"), _kept(row, "counter")
    if idea.company is not None:
        cited, counter = (
            tuple(one for one in some if one in idea.evidence.all_tickets) for some in (cited, counter)
        )
    shown = dict.fromkeys([*cited, *(one for one in idea.evidence.newest if one not in counter)])
    stored: dict[str, Any] = as_stored(
        idea.evidence.as_json() | {"tickets": list(shown)[:MOST_SHOWN], "cited": cited, "counter": counter}
    )
    return stored


def _kept(row: Proposal, name: str) -> tuple[Ticket, ...]:
    return tuple((source, ticket) for source, ticket in row.evidence.get(name, ()))


def _cents(amount: float) -> Decimal:
    return Decimal(str(amount)).quantize(CENT)
