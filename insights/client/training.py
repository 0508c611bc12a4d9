"""What a client's people ask for help with rather than repair, and which of them ask."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights.client.cells import Cells
from insights.client.lines import Line, lines
from insights.client.ways import Ways
from kpis.cards import LESS_IS_BETTER, Card, duration, number, relative
from kpis.models import Finding
from kpis.segments import TOPIC

KINDS: dict[str, Any] = {
    "how_to": gettext_lazy("How-to question"),
    "user_error": gettext_lazy("User error"),
    "repeat": gettext_lazy("Asked for the third time"),
    "model": gettext_lazy("Said by the language model"),
}


@dataclass(frozen=True)
class Training:
    cards: list[Card]
    kinds: list[Line]
    subjects: list[Line]
    contacts: list[tuple[str, int]]


def training(
    cells: Cells, topics: Mapping[str, str], found: Sequence[Finding], ways: Ways
) -> Training | None:
    """None when nobody asked, now or before."""
    now, before = cells.now, cells.before
    if not (now.total("training_tickets") or before.total("training_tickets")):
        return None
    asked, asked_before = (_some(figures.by_segment("training_share")) for figures in (now, before))

    def name(subject: str) -> str:
        return topics.get(subject.removeprefix(TOPIC), subject) or _("No type")

    return Training(
        cards=_cards(cells, ways),
        kinds=lines(
            now.by_segment("training_tickets"),
            before.by_segment("training_tickets"),
            name=lambda kind: str(KINDS.get(kind, kind)),
            url=lambda kind: ways.parts("client_training", "training_tickets", kind),
        ),
        subjects=lines(asked, asked_before, name=name),
        contacts=_contacts(found),
    )


def _cards(cells: Cells, ways: Ways) -> list[Card]:
    tickets, minutes = (
        (cells.now.total(metric), cells.before.total(metric))
        for metric in ("training_tickets", "training_minutes")
    )
    return [
        Card(
            _("Tickets that ask for training"),
            number(tickets[0]),
            *relative(*tickets, LESS_IS_BETTER),
            url=ways.behind("training_tickets"),
        ),
        Card(
            _("Time spent on them"),
            duration(minutes[0]),
            *relative(*minutes, LESS_IS_BETTER),
            url=ways.behind("training_tickets"),
        ),
    ]


def _contacts(found: Sequence[Finding]) -> list[tuple[str, int]]:
    """Who asked, most tickets first, as the finding of its 30 days names them."""
    counts = Counter(found[0].evidence.get("contacts", {})) if found else Counter()
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _some(amounts: dict[str, float]) -> dict[str, float]:
    return {key: amount for key, amount in amounts.items() if amount}
