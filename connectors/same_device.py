"""Which records of several vendors are one machine. Pure: it is told everything and looks nothing up.

By serial number, or within one company by Entra's id or host name; never across companies but by serial number.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

# What mainboards and hypervisors say that were given no serial number.
MEANINGLESS = re.compile(
    r"0*|(.)\1+|none|n/?a|null|unknown|default( string)?|empty|invalid|not (specified|applicable|available)"
    r"|to be filled by o\.?e\.?m\.?|(system|chassis|base board) serial number|serial ?number|0?123456789\d?|\.+"
)
MOST_COMPANIES = 2  # a machine changes hands; one found at three companies is a copied disk
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Seen:
    """One vendor's record of a machine."""

    source: int
    id: str
    company: int | None
    customer: str
    hostname: str
    serial: str
    azure_id: str
    agent_uuid: str
    merged_into: str
    os_name: str
    kind: str
    last_seen: datetime | None
    is_counted: bool  # neither merged away nor decommissioned

    @property
    def key(self) -> tuple[int, str]:
        return self.source, self.id

    @property
    def owner(self) -> Hashable:
        """As far as is known: a customer that nobody mapped is like no other."""
        return ("company", self.company) if self.company else (self.source, self.customer)

    @property
    def host(self) -> str:
        return self.hostname.partition(".")[0].casefold()

    @property
    def recency(self) -> tuple[bool, datetime, int, str]:
        return self.is_counted, self.last_seen or LONG_AGO, self.source, self.id


class Joined:
    """Records, with more and more of them known to be one."""

    def __init__(self, records: Iterable[Seen]) -> None:
        self.records = {record.key: record for record in sorted(records, key=lambda each: each.key)}
        self._parent = {key: key for key in self.records}

    def root(self, record: Seen) -> tuple[int, str]:
        key = record.key
        while self._parent[key] != key:
            self._parent[key] = key = self._parent[self._parent[key]]
        return key

    def join(self, one: Seen, other: Seen) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self._parent[second] = first

    def alike(self, trait: Callable[[Seen], Hashable]) -> Iterator[list[Seen]]:
        """Several records with the same trait; a falsy one says nothing."""
        having: dict[Hashable, list[Seen]] = defaultdict(list)
        for record in self.records.values():
            if found := trait(record):
                having[found].append(record)
        return (records for records in having.values() if len(records) > 1)

    def join_alike(self, trait: Callable[[Seen], Hashable]) -> None:
        for first, *others in self.alike(trait):
            for other in others:
                self.join(first, other)

    def groups(self) -> list[list[Seen]]:
        found: dict[tuple[int, str], list[Seen]] = defaultdict(list)
        for record in self.records.values():
            found[self.root(record)].append(record)
        return list(found.values())


def machines(records: Iterable[Seen]) -> list[list[Seen]]:
    """The records of each machine, in an order that does not depend on that of the records."""
    joined = Joined(records)
    serials = _telling_serials(joined)
    joined.join_alike(lambda each: serials.get(each.key))
    joined.join_alike(lambda each: each.agent_uuid and (each.source, each.owner, each.agent_uuid))
    joined.join_alike(lambda each: each.azure_id.strip("0-") and (each.owner, each.azure_id.casefold()))
    for record in list(joined.records.values()):
        into = joined.records.get((record.source, record.merged_into))
        if into and into.owner == record.owner:
            joined.join(record, into)
    _join_by_host(joined, {joined.root(joined.records[key]) for key in serials})
    return joined.groups()


def _telling_serials(joined: Joined) -> dict[tuple[int, str], str]:
    """Of each record its serial number, where that is one machine's alone."""
    told = {}
    copied = {record.key for records in joined.alike(_serial) if _are_copies(records) for record in records}
    for key, record in joined.records.items():
        if (serial := _serial(record)) and key not in copied:
            told[key] = serial
    return told


def _serial(record: Seen) -> str:
    serial = " ".join(record.serial.casefold().split())
    return "" if MEANINGLESS.fullmatch(serial) else serial


def _are_copies(records: list[Seen]) -> bool:
    """One vendor sees it on several hosts at once, or several companies have it: virtual machines."""
    hosts = {(each.source, each.host) for each in records if each.is_counted}
    sources = {source for source, _ in hosts}
    return len(hosts) > len(sources) or len({each.owner for each in records}) > MOST_COMPANIES


def _join_by_host(joined: Joined, with_serial: set[tuple[int, str]]) -> None:
    """Where machines of different serial numbers share a name, a record without one could be either."""
    for records in joined.alike(lambda each: each.host and (each.owner, each.host)):
        by_root = {joined.root(each): each for each in sorted(records, key=lambda each: each.recency)}
        numbered = [each for root, each in by_root.items() if root in with_serial]
        others = [each for root, each in by_root.items() if root not in with_serial]
        if len(numbered) > 1 and len(others) > 1:
            continue
        for other in others:
            joined.join((numbered or others)[-1], other)
            if numbered:
                with_serial.add(joined.root(other))
