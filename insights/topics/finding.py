"""Makes topics of tickets: groups that are about the same, asked for by more than one person, with their names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from insights.text.reading import Reader
from insights.text.tickets import TicketText
from insights.topics.clustering import LEAST_MEMBERS, Rows, groups
from insights.topics.naming import TEXTS_LOOKED_AT, names_of
from insights.topics.registry import Thresholds
from insights.topics.store import Found
from insights.topics.vectors import Matrix, Prototype, Vocabulary, similarities, stacked

LEAST_REQUESTERS = 3
EXEMPLARS_KEPT = 12


@dataclass(frozen=True)
class Corpus:
    """Tickets with their vectors, row by row."""

    texts: Sequence[TicketText]
    vectors: Matrix
    vocabulary: Vocabulary
    reader: Reader

    def found(self, least_members: int = LEAST_MEMBERS) -> Iterator[tuple[Rows, Found]]:
        for rows in groups(self.vectors, least_members):
            if len({self.texts[row].requester for row in rows}) >= LEAST_REQUESTERS:
                yield rows, self.topic_of(rows)

    def topic_of(self, rows: Rows) -> Found:
        members = self.vectors[rows]
        prototype = Prototype.of(members)
        likeness = similarities(members, stacked([prototype]))[:, 0]
        typical = [self.texts[row] for row in rows[np.argsort(-likeness, kind="stable")]]
        looked_at = [self.reader.without_names(text.text) for text in typical[:TEXTS_LOOKED_AT]]
        names = names_of(looked_at, self.reader.lexicon, self.vocabulary)
        return Found(prototype, Thresholds.of(members), names, exemplars_of(typical))


def exemplars_of(typical: Sequence[TicketText]) -> list[tuple[int, int]]:
    """The most typical ticket of each of several requesters."""
    first: dict[str, tuple[int, int]] = {}
    for text in typical:
        first.setdefault(text.requester, (text.source, text.ticket))
    return list(first.values())[:EXEMPLARS_KEPT]
