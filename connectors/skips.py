"""Records that could not be used: kept for inspection, and forgotten once they can be."""

from collections.abc import Iterable

import structlog
from django.utils import timezone

from connectors.base import Stream
from connectors.errors import SkipRecord
from connectors.models import Connection, SkippedRecord

LONGEST_ID = 100
log = structlog.get_logger(__name__)


def ids(link: Connection, stream: Stream) -> set[str]:
    kept = SkippedRecord.objects.filter(connection=link, stream=stream.name)
    return set(kept.values_list("external_id", flat=True))


def keep(link: Connection, stream: Stream, id_: str, payload: bytes, problem: Exception) -> None:
    unexpected = f"The record is not as expected ({type(problem).__name__})."
    log.warning(
        "record skipped", connection=link.id, stream=stream.name, external_id=id_, problem=repr(problem)
    )
    SkippedRecord.objects.update_or_create(
        connection=link,
        stream=stream.name,
        external_id=id_[:LONGEST_ID],
        defaults={
            "reason": str(problem) if isinstance(problem, SkipRecord) else unexpected,
            "payload": payload.decode(errors="replace").replace("\0", ""),
            "seen_at": timezone.now(),
        },
    )


def forget(link: Connection, stream: Stream, ids: Iterable[str]) -> None:
    SkippedRecord.objects.filter(connection=link, stream=stream.name, external_id__in=list(ids)).delete()
