"""One device list per company, made of what each security vendor sees, and what none of them watches there.

A device keeps its id as long as any record that made it up is still seen as one with most of the others.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from psycopg.types.json import Jsonb

from connectors.mapping import COMPANY_OF_CUSTOMER
from connectors.models import Device, DeviceSighting, JoinState
from connectors.same_device import Seen, machines

FINGERPRINT = "devices"
Key = tuple[int, str]

LATEST = """
SELECT CONCAT_WS('/', COUNT(*), COUNT(deleted_at), MAX(synced_at), MAX(deleted_at))
FROM raw_devices
"""

SEEN = f"""
WITH of_customer AS ({COMPANY_OF_CUSTOMER})
SELECT
    raw.source_id,
    raw.external_id,
    of_customer.company_id,
    raw.customer_id,
    raw.hostname,
    raw.serial,
    raw.azure_device_id,
    raw.agent_uuid,
    raw.merged_into,
    raw.os_name,
    raw.kind,
    raw.last_seen_at,
    raw.deleted_at IS NULL AND NOT raw.is_excluded AND raw.merged_into = ''
FROM raw_devices AS raw
LEFT JOIN of_customer USING (source_id, customer_id)
"""  # noqa: S608 - made of our own constant

UPDATE = """
UPDATE connectors_device AS device
SET company_id = new.company_id,
    hostname = new.hostname,
    serial = new.serial,
    os_name = new.os_name,
    kind = new.kind,
    last_seen_at = new.last_seen_at,
    seen_by = new.seen_by
FROM UNNEST(
    %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::jsonb[]
) AS new (id, company_id, hostname, serial, os_name, kind, last_seen_at, seen_by)
WHERE device.id = new.id
"""

SIGHT = """
INSERT INTO connectors_devicesighting (source_id, raw_id, device_id)
SELECT source_id, raw_id, device_id
FROM UNNEST(%s::bigint[], %s::text[], %s::bigint[]) AS seen (source_id, raw_id, device_id)
ON CONFLICT (source_id, raw_id) DO UPDATE
SET device_id = EXCLUDED.device_id
"""

FORGET_SIGHTINGS = """
DELETE FROM connectors_devicesighting AS sighting
WHERE NOT EXISTS (
    SELECT
    FROM raw_devices AS raw
    WHERE raw.source_id = sighting.source_id AND raw.external_id = sighting.raw_id
)
"""

FORGET_DEVICES = """
DELETE FROM connectors_device AS device
WHERE NOT EXISTS (SELECT FROM connectors_devicesighting AS sighting WHERE sighting.device_id = device.id)
"""

WATCHERS = """
SELECT device.company_id, seen.source_id::bigint
FROM connectors_device AS device
CROSS JOIN JSONB_ARRAY_ELEMENTS_TEXT(device.seen_by) AS seen (source_id)
WHERE device.company_id IS NOT NULL
GROUP BY device.company_id, seen.source_id
"""


class Face(NamedTuple):
    """What a device's columns say."""

    company_id: int | None
    hostname: str
    serial: str
    os_name: str
    kind: str
    last_seen_at: datetime | None
    seen_by: list[int]


def refresh(state: JoinState, *, everything: bool = False) -> None:
    """Does nothing while no vendor's device has changed, unless everything is asked for."""
    fingerprint = _rows(LATEST)[0][0]
    if state.seen.get(FINGERPRINT) == fingerprint and not everything:
        return
    found = machines(Seen(*row) for row in _rows(SEEN))
    known = {id_: Face(*columns) for id_, *columns in Device.objects.values_list("id", *Face._fields)}
    sighted = DeviceSighting.objects.order_by().values_list("source_id", "raw_id", "device_id")
    sightings = {(source, raw_id): device for source, raw_id, device in sighted}
    ids = _stable_ids(found, sightings)
    _write_devices(found, ids, known)
    _write_sightings(found, ids, sightings)
    state.seen[FINGERPRINT] = fingerprint


def watchers() -> dict[int, set[int]]:
    """Of each company the connections that see any of its devices."""
    found: dict[int, set[int]] = {}
    for company, source in _rows(WATCHERS):
        found.setdefault(company, set()).add(source)
    return found


def unwatched_by(source: int) -> QuerySet[Device]:
    """Devices in use that this connection does not see, at companies where it sees others."""
    served = [company for company, sources in watchers().items() if source in sources]
    in_use = Device.objects.exclude(seen_by=[])
    return in_use.filter(company_id__in=served).exclude(seen_by__contains=[source])


def _stable_ids(found: list[list[Seen]], sightings: dict[Key, int]) -> list[int | None]:
    """For each machine the device that most of its records were; the oldest, if several were by as many."""
    claims = [
        (-count, device, number)
        for number, records in enumerate(found)
        for device, count in Counter(sightings[each.key] for each in records if each.key in sightings).items()
    ]
    ids: list[int | None] = [None] * len(found)
    taken: set[int] = set()
    for _, device, number in sorted(claims):
        if ids[number] is None and device not in taken:
            ids[number] = device
            taken.add(device)
    return ids


def _write_devices(found: list[list[Seen]], ids: list[int | None], known: dict[int, Face]) -> None:
    """Fills in the ids of new devices."""
    faces = [_face(records) for records in found]
    changed = [(id_, face) for id_, face in zip(ids, faces, strict=True) if id_ and known.get(id_) != face]
    new = [number for number, id_ in enumerate(ids) if id_ is None]
    made = Device.objects.bulk_create([Device(**faces[number]._asdict()) for number in new], batch_size=5000)
    for number, device in zip(new, made, strict=True):
        ids[number] = device.id
    if changed:
        rows = [(id_, *face._replace(seen_by=Jsonb(face.seen_by))) for id_, face in changed]  # type: ignore[arg-type]
        _run(UPDATE, zip(*rows, strict=True))


def _write_sightings(found: list[list[Seen]], ids: list[int | None], known: dict[Key, int]) -> None:
    rows = [
        (*record.key, id_)
        for id_, records in zip(ids, found, strict=True)
        for record in records
        if known.get(record.key) != id_
    ]
    if rows:
        _run(SIGHT, zip(*rows, strict=True))
    _run(FORGET_SIGHTINGS)
    _run(FORGET_DEVICES)


def _face(records: Collection[Seen]) -> Face:
    """Of those in use, or of all where none is. Texts come from one vendor as long as that one has them."""
    counted = [each for each in records if each.is_counted]
    telling = counted or records
    in_order = sorted(telling, key=lambda each: each.recency, reverse=True)
    by_trust = sorted(in_order, key=lambda each: (not each.serial, each.source))
    moments = [each.last_seen for each in telling if each.last_seen]
    return Face(
        company_id=next((each.company for each in in_order if each.company), None),
        hostname=_first(each.hostname.partition(".")[0] for each in by_trust),
        serial=_first(each.serial for each in by_trust),
        os_name=_first(each.os_name for each in by_trust),
        kind=_first(each.kind for each in by_trust),
        last_seen_at=max(moments, default=None),
        seen_by=sorted({each.source for each in counted}),
    )


def _first(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _run(statement: str, columns: Iterable[Iterable[Any]] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in columns] or None)
