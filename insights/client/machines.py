"""A client's devices: which source sees how many, which have fallen silent, and which are missing where others are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from connectors.models import Connection, Device
from insights.client.ways import Ways

SILENT_AFTER = timedelta(days=30)
NAMED = 8


@dataclass(frozen=True)
class Source:
    """A connection that sees any of the client's devices."""

    name: str
    seen: int
    missing: int
    url: str


@dataclass(frozen=True)
class Machines:
    in_use: int
    silent: int
    silent_url: str
    all_url: str
    sources: list[Source]
    unprotected: list[tuple[str, str, list[str]]]  # the host, its page and where it is missing

    @property
    def has_gaps(self) -> bool:
        return any(source.missing for source in self.sources)


def machines(ways: Ways) -> Machines | None:
    """As of now. None when no source tells of a device of this client."""
    devices = list(Device.objects.filter(company_id=ways.company).exclude(seen_by=[]))
    if not devices:
        return None
    watching = sorted({source for device in devices for source in device.seen_by})
    names = dict(Connection.objects.filter(id__in=watching).values_list("id", "name"))
    silent = [device for device in devices if _is_silent(device, timezone.now())]
    page = "connectors_device"
    return Machines(
        in_use=len(devices),
        silent=len(silent),
        silent_url=ways.listed(page, in_use="silent"),
        all_url=ways.listed(page),
        sources=[_source(source, names, devices, ways) for source in watching],
        unprotected=_unprotected(devices, watching, names),
    )


def _is_silent(device: Device, now: datetime) -> bool:
    return device.last_seen_at is None or device.last_seen_at < now - SILENT_AFTER


def _source(source: int, names: dict[int, str], devices: Sequence[Device], ways: Ways) -> Source:
    seen = sum(source in device.seen_by for device in devices)
    return Source(
        name=names.get(source, f"#{source}"),
        seen=seen,
        missing=len(devices) - seen,
        url=ways.listed("connectors_device", unwatched_by=source),
    )


def _unprotected(
    devices: Sequence[Device], watching: Sequence[int], names: dict[int, str]
) -> list[tuple[str, str, list[str]]]:
    gaps = [(device, [each for each in watching if each not in device.seen_by]) for device in devices]
    return [
        (
            device.hostname,
            reverse("admin:connectors_device_change", args=[device.pk]),
            [names.get(each, f"#{each}") for each in missing],
        )
        for device, missing in gaps
        if missing
    ][:NAMED]
