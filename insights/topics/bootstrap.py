"""The first registry of an MSP: learned once from its latest tickets, and frozen."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from insights.models import Topic, TopicEvent, TopicRegistry
from insights.text.reading import Reader
from insights.text.tickets import texts
from insights.topics.clustering import LEAST_COHERENCE, MERGE_DISTANCE
from insights.topics.finding import Corpus
from insights.topics.store import keep, latest, tell
from insights.topics.vectors import COLUMNS, Vocabulary, counted
from kpis.calendar import local_day
from tenants.models import TenantSettings

LEARNED_FROM = timedelta(days=90)
LEAST_TICKETS = 200
FIRST_VERSION = 1
PARAMETERS = {"columns": COLUMNS, "coherence": LEAST_COHERENCE, "merge_distance": MERGE_DISTANCE}
log = structlog.get_logger(__name__)


def bootstrap(now: datetime) -> TopicRegistry | None:
    """The registry there is, or a new one; None while there are too few tickets to learn from."""
    if existing := latest():
        return existing
    corpus = corpus_of(now - LEARNED_FROM, now)
    if len(corpus.texts) < LEAST_TICKETS:
        log.info("too few tickets for topics", tickets=len(corpus.texts), needed=LEAST_TICKETS)
        return None
    with transaction.atomic():
        return _kept(corpus, now)


def corpus_of(since: datetime, until: datetime) -> Corpus:
    reader = Reader.of_tenant()
    learned_from = list(texts(since, until))
    counts = counted(reader.tokens(each.text) for each in learned_from)
    vocabulary = Vocabulary.learned(counts, reader.lexicon.telling())
    return Corpus(learned_from, vocabulary.weighted(counts), vocabulary, reader)


def _kept(corpus: Corpus, now: datetime) -> TopicRegistry:
    zone = TenantSettings.load().zone
    registry = TopicRegistry.objects.create(
        version=FIRST_VERSION,
        created_at=now,
        since=local_day(now - LEARNED_FROM, zone),
        until=local_day(now, zone) + timedelta(days=1),
        ticket_count=len(corpus.texts),
        vocabulary=corpus.vocabulary.packed(),
        parameters=PARAMETERS,
    )
    for rows, found in corpus.found():
        topic = keep(found, FIRST_VERSION, Topic.Status.ACTIVE, now)
        tell(topic, TopicEvent.Kind.FOUND, now, after=str(len(rows)))
    return registry
