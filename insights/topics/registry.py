"""The frozen registry: which topic a text is about follows from its words and the registry, never from the moment.

Later topics take only what the earlier ones leave, so that a ticket's topic stays what it was when others are found.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from insights.topics.vectors import Matrix, Prototype, Vocabulary, similarities, stacked

# Of a topic's own tickets, so many are less like it than where its core begins, and so many are not even shown.
CORE_QUANTILE, SOFT_QUANTILE = 0.10, 0.01
LEAST_CORE, LEAST_SOFT = 0.33, 0.18
NOTHING = -1
DECIMALS = 4  # of a similarity as it is stored and compared
Likeness = NDArray[np.float64]


@dataclass(frozen=True)
class Thresholds:
    core: float
    soft: float

    @classmethod
    def of(cls, members: Matrix) -> "Thresholds":
        """From how alike a topic's own tickets are: alerts are all the same, people's words are not."""
        core, soft = np.quantile(_likeness_to_the_others(members), [CORE_QUANTILE, SOFT_QUANTILE])
        kept_core = max(LEAST_CORE, round(float(core), DECIMALS))
        return cls(kept_core, min(kept_core, max(LEAST_SOFT, round(float(soft), DECIMALS))))


def _likeness_to_the_others(members: Matrix) -> Likeness:
    """As a ticket that the topic was not learned from would find it; of a few, each shapes the mean a good deal."""
    total = np.asarray(members.sum(axis=0)).ravel().astype(np.float64)
    with_itself = np.asarray(members @ total).ravel()
    others_length = np.sqrt(np.maximum(total @ total - 2 * with_itself + 1, 1e-12))
    likeness: Likeness = np.clip((with_itself - 1) / others_length, 0, 1)
    return likeness


@dataclass(frozen=True)
class Known:
    """A topic as far as recognising it goes. A part was split off from its parent and competes with it alone."""

    topic: int
    version: int
    parent: int | None
    prototype: Prototype
    thresholds: Thresholds


@dataclass(frozen=True)
class Recognised:
    """`topic` is None for what resembles nothing."""

    topic: int | None
    similarity: float


@dataclass(frozen=True)
class Registry:
    version: int
    vocabulary: Vocabulary
    known: tuple[Known, ...]

    def recognise(self, texts: Iterable[Sequence[str]]) -> list[Recognised]:
        return self.recognise_vectors(self.vocabulary.vectors(texts))

    def recognise_vectors(self, vectors: Matrix) -> list[Recognised]:
        if not self.known or not vectors.shape[0]:
            return [Recognised(None, 0.0)] * vectors.shape[0]
        likeness = similarities(vectors, self._prototypes).astype(np.float64).round(DECIMALS)
        chosen = self._with_parts(likeness, self._claimed(likeness))
        every = np.arange(len(chosen))
        return [
            Recognised(self.known[number].topic, similarity) if number != NOTHING else Recognised(None, 0.0)
            for number, similarity in zip(chosen.tolist(), likeness[every, chosen].tolist(), strict=True)
        ]

    def resembling(self, prototype: Prototype) -> dict[int, float]:
        """How much each topic is like this prototype."""
        one = stacked([prototype])
        likeness = similarities(one, self._prototypes)[0].tolist() if self.known else []
        return {each.topic: value for each, value in zip(self.known, likeness, strict=True)}

    def only(self, topics: Collection[int]) -> "Registry":
        return replace(self, known=tuple(each for each in self.known if each.topic in topics))

    @cached_property
    def _prototypes(self) -> Matrix:
        return stacked([each.prototype for each in self.known])

    @cached_property
    def _generations(self) -> list[NDArray[np.int64]]:
        """Positions of the topics that appeared together, the earliest first, without parts."""
        whole = [number for number, each in enumerate(self.known) if each.parent is None]
        ordered = sorted(whole, key=lambda number: (self.known[number].version, self.known[number].topic))
        by_version = groupby(ordered, key=lambda number: self.known[number].version)
        return [np.array(list(numbers)) for _, numbers in by_version]

    def _claimed(self, likeness: Likeness) -> NDArray[np.int64]:
        """The nearest topic of the first generation in which it is near enough; else the same for being shown."""
        cores = np.array([each.thresholds.core for each in self.known])
        softs = np.array([each.thresholds.soft for each in self.known])
        own, shown = self._first_within(likeness, cores), self._first_within(likeness, softs)
        return np.where(own == NOTHING, shown, own)

    def _first_within(self, likeness: Likeness, thresholds: NDArray[np.float64]) -> NDArray[np.int64]:
        chosen = np.full(len(likeness), NOTHING)
        every = np.arange(len(likeness))
        for generation in self._generations:
            nearest = generation[likeness[:, generation].argmax(axis=1)]
            takes = (chosen == NOTHING) & (likeness[every, nearest] >= thresholds[nearest])
            chosen[takes] = nearest[takes]
        return chosen

    def _with_parts(self, likeness: Likeness, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """A part takes from its parent alone. Parents are older, so that one pass reaches the parts of parts."""
        position = {each.topic: number for number, each in enumerate(self.known)}
        every = np.arange(len(chosen))
        for each in sorted(self.known, key=lambda known: known.topic):
            if each.parent in position:
                part, parent = position[each.topic], position[each.parent]
                is_nearer = likeness[every, part] > likeness[every, parent]
                is_core = likeness[every, part] >= each.thresholds.core
                chosen = np.where((chosen == parent) & is_nearer & is_core, part, chosen)
        return chosen
