"""What is said about a topic: the words and choices of a playbook or a language model, never a number."""

from dataclasses import dataclass
from typing import Literal

Ticket = tuple[int, int]  # connection, ticket

Source = Literal["llm", "heuristic"]
Confidence = Literal["low", "medium", "high"]


@dataclass(frozen=True)
class Description:
    """Prose is in the MSP's language; labels are in both."""

    source: Source
    label_en: str
    label_fr: str
    inclusion_criteria: str
    is_coherent: bool
    category: str
    root_cause: str
    archetype: str  # a playbook's key, "other" or "none"
    title: str
    problem: str
    recommendation: str
    steps: tuple[str, ...]
    is_training_need: bool
    sales_signal: str
    evidence: tuple[Ticket, ...]
    counter_evidence: tuple[Ticket, ...]
    confidence: Confidence
    call: int | None = None  # the LlmCall it came from


@dataclass(frozen=True)
class Exemplar:
    """A ticket that shows what its topic is about, in its own words: nothing of it has been taken out yet."""

    ticket: Ticket
    text: str
    company: int | None
    requester: str  # who asked, or which device raised it; only told apart, never shown
    is_boundary: bool  # at the topic's edge rather than at its centre


@dataclass(frozen=True)
class TopicPack:
    """What is known of a topic before it is described. Texts are of one client only, the one with most tickets."""

    topic: int
    terms: tuple[str, ...]
    ticket_types: tuple[str, ...]
    languages: dict[str, float]  # shares of "en" and "fr"
    is_from_monitoring: bool
    exemplars: tuple[Exemplar, ...]  # eight at the centre, four at the edge, of different requesters
    company: int | None
