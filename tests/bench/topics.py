"""What topics cost: learning them from 50,000 tickets, and saying of each ticket what it is about."""

from datetime import timedelta

from insights.models import Topic
from insights.text.reading import Reader
from insights.text.tickets import texts
from insights.topics.assignment import assign
from insights.topics.bootstrap import LEARNED_FROM, bootstrap
from insights.topics.moving import pages
from insights.topics.store import load
from tests.bench.desk import NOW, fresh_tenant
from tests.bench.report import Report, Stopwatch, timed
from tests.insights.corpus import Writer
from tests.insights.desk_of_topics import receive

TICKETS_LEARNED_FROM = 50_000


def run(report: Report, size: float) -> None:
    with fresh_tenant("bench_topics"):
        count = int(TICKETS_LEARNED_FROM * size)
        receive(Writer(1).tickets(count, NOW - LEARNED_FROM, (LEARNED_FROM - timedelta(hours=1)).days))
        with timed() as learning:
            bootstrap(NOW)
        report.note(f"{Topic.objects.count()} topics from {count:,} tickets: {learning.seconds:.1f} s")
        vectorising = _vectorised()
        report.note(f"vectorising: {_per_thousand(vectorising, count):.2f} s per 1,000 tickets")
        redacting = _redacted()
        report.note(f"redaction and words: {_per_thousand(redacting, count):.2f} ms a ticket")
        with timed() as assigning:
            done = assign(NOW)
        report.note(f"assigning: {_per_thousand(assigning, done.tickets):.2f} s per 1,000 tickets")
        report.ratio("topic bootstrap / vectorising its tickets", learning.seconds / vectorising.seconds)
        report.ratio(
            "topic assignment / vectorising the same tickets",
            assigning.seconds / vectorising.seconds,
            at_most=1.5,
        )


def _vectorised() -> Stopwatch:
    """From the tickets as they are stored to the vectors of their words."""
    registry, reader = load(), Reader.of_tenant()
    assert registry is not None
    with timed() as watch:
        for page in pages(texts(NOW - LEARNED_FROM, NOW)):
            registry.vocabulary.vectors(reader.tokens(text.text) for text in page)
    return watch


def _redacted() -> Stopwatch:
    """From the text of a ticket to its words without anything private."""
    reader = Reader.of_tenant()
    read = [text.text for text in texts(NOW - LEARNED_FROM, NOW)]
    with timed() as watch:
        for text in read:
            reader.tokens(text)
    return watch


def _per_thousand(watch: Stopwatch, tickets: int) -> float:
    return watch.seconds / tickets * 1000
