"""What a recurring problem could be sold as: what its topic is labelled, by rule or by the language model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from kpis.labels import labels_of
from kpis.segments import subjects, topic_of

OFFERS = {
    "hardware_refresh": _("New hardware"),
    "licence": _("Other or more licences"),
    "security": _("Protection or a security service"),
    "project": _("A project or training that ends the problem"),
    "none": _("Nothing"),
}
LIKELY = OFFERS["project"]
SOURCES = {"rule": _("Rule"), "llm": _("Language model")}


@dataclass(frozen=True)
class About:
    """A subject in words, and what each source would sell against it."""

    name: str
    signals: Mapping[str, str] = field(default_factory=dict)

    def evidence(self, labels_from: str) -> dict[str, Any]:
        """Both labels are told; the one that the MSP lets count says what to offer."""
        chosen = self.signals.get(labels_from)
        offer = OFFERS.get(chosen, LIKELY) if chosen and chosen != "none" else LIKELY
        told = {str(SOURCES[source]): str(OFFERS.get(each, each)) for source, each in self.signals.items()}
        return {"sell": str(offer), **({"labels": told} if told else {})}


def abouts(segments: Iterable[str]) -> dict[str, About]:
    known = subjects(segments)
    topics = {segment: topic for segment in known if (topic := topic_of(segment))}
    said = labels_of(topics.values(), "sales_signal")
    return {segment: About(name, said.get(topics.get(segment, 0), {})) for segment, name in known.items()}
