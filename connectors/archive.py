"""The vendors' own words, page by page and compressed, from which rows can be made again."""

from collections.abc import Sequence

import msgspec
import zstandard
from django.utils import timezone

from connectors import staging
from connectors.base import Json, Key, Page, Stream, json_list
from connectors.models import Connection, PageArchive

# Faster than the network brings pages in; higher levels save little more.
LEVEL = 1


def compress(records: Sequence[Json]) -> bytes:
    return zstandard.compress(json_list(records), LEVEL)


def page_of(kept: PageArchive) -> Page:
    return Page(msgspec.json.decode(zstandard.decompress(kept.body), type=list[Json]))


def keep(link: Connection, stream: Stream, parents: Sequence[Key | None] | None, body: bytes) -> None:
    row = {
        "connection_id": link.id,
        "stream": stream.name,
        "parents": parents,
        "fetched_at": timezone.now(),
        "body": body,
    }
    staging.copy(PageArchive, PageArchive._meta.db_table, [row])
