"""What the segments of cells are called: topics by their names, in the reader's language; the others as they are."""

from collections.abc import Iterable
from functools import cache

from kpis import names
from kpis.registry import owners

TOPIC = "topic:"  # what a segment begins with that is a topic among types
Cell = tuple[str, str, str]  # KPI, metric, segment


def named(cells: Iterable[Cell]) -> dict[Cell, str]:
    topics = {cell: _id(cell[2]) if cell[:2] in _by_topic() else topic_of(cell[2]) for cell in cells}
    known = names.topics(topics.values())
    return {cell: known.get(topic or 0, cell[2]) for cell, topic in topics.items()}


def subjects(segments: Iterable[str]) -> dict[str, str]:
    """Of segments that say what tickets are about."""
    topics = {segment: topic_of(segment) for segment in segments}
    known = names.topics(topics.values())
    return {segment: known.get(topic or 0, segment) for segment, topic in topics.items()}


def topic_of(subject: str) -> int | None:
    """The topic that tickets of this subject are about, where it is one."""
    return _id(subject.removeprefix(TOPIC)) if subject.startswith(TOPIC) else None


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


@cache
def _by_topic() -> frozenset[tuple[str, str]]:
    """The metrics of which all segments are topics' ids."""
    return frozenset(
        (kpi.slug, metric.slug)
        for kpi in owners().values()
        for fact in kpi.facts
        if fact.is_by_topic
        for metric in fact.metrics
    )
