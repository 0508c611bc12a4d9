"""Walks a list in the order of change: each page asks for what changed since the last record of the page before.

Microsoft's own ways on are capped ($skip) or absent (links), so they serve only where a page brings us no further
because all of it changed at the same moment. Where those fail too, the walk steps past that moment and says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from connectors.base import Json, Page
from connectors.errors import Retry, StopStream
from connectors.vendors.defender.listing import Ask, Head, Listing, refuse_repeated, sortable

FIELD = "lastUpdateDateTime"
MOST_SKIP = 500


@dataclass(frozen=True)
class Place:
    """Where a walk goes on. The moment is the source's own text: a datetime would cut its seventh digit off."""

    moment: str = ""
    is_past: bool = False  # go on after the moment instead of with it
    skip: int = 0
    link: str = ""  # followed at once, never written down: nobody knows how long it lasts

    def __str__(self) -> str:
        return f"{'gt' if self.is_past else 'ge'} {self.moment} {self.skip}"

    @classmethod
    def of(cls, written: str) -> "Place":
        operator, moment, skip = written.split(" ")
        return cls(moment, operator == "gt", int(skip))

    def params(self, top: int) -> dict[str, str]:
        params = {"$orderby": f"{FIELD} asc", "$top": str(top)}
        if self.moment:
            params["$filter"] = f"{FIELD} {'gt' if self.is_past else 'ge'} {self.moment}"
        return params | ({"$skip": str(self.skip)} if self.skip else {})


@dataclass(frozen=True)
class Seen:
    """A record as it was listed: one that changes in between counts anew."""

    id: bytes
    changed_at: str


def walk(ask: Ask, place: Place, top: int, what: str) -> Iterator[Page]:
    known: set[Seen] = set()
    links: set[str] = set()
    largest = 0
    while True:
        listing = ask(place.link or place.params(top))
        listed = [_seen(record) for record in listing.records]
        reached = _reached(listed, place)
        largest = max(largest, len(listed))
        # Whoever gave links says by giving none that this was all.
        is_last = listing.is_last(top, largest) or bool(place.link and not listing.link)
        following = None if is_last else _following(listing, place, reached)
        fresh = [record for record, seen in zip(listing.records, listed, strict=True) if seen not in known]
        yield Page(
            fresh,
            str(following) if following else "",
            listing.vendor_time,
            listing.is_partial,
            _gap(what, place) if following and following.is_past and not place.is_past else "",
        )
        if not following:
            return
        if following.link:
            refuse_repeated(following.link, links)
        # Only what shares the moment can come again.
        known = {
            seen
            for seen in known.union(listed)
            if sortable(seen.changed_at) in ("", sortable(following.moment))
        }
        place = following


def _following(listing: Listing, place: Place, reached: str) -> Place:
    if sortable(reached) > sortable(place.moment):
        return Place(reached)
    if listing.link:
        return Place(place.moment, place.is_past, link=listing.link)
    if place.skip < MOST_SKIP:
        # Half a page on, so that nothing is stepped over when a record ahead of it moves away meanwhile.
        step = max(len(listing.records) // 2, 1)
        return Place(place.moment, place.is_past, min(place.skip + step, MOST_SKIP))
    if place.is_past or not place.moment:
        raise StopStream(
            "Microsoft lists records without telling when they changed, so the walk can't go on."
        )
    return Place(place.moment, is_past=True)


def _gap(what: str, place: Place) -> str:
    return (
        f"More {what} changed at {place.moment} than Microsoft lists for one moment. Those beyond the first "
        f"{MOST_SKIP} or so are missing here until they change again."
    )


def _reached(listed: list[Seen], place: Place) -> str:
    """The latest moment of a page, which has to be in the order that was asked for."""
    dated = [seen.changed_at for seen in listed if sortable(seen.changed_at)]
    moments = [sortable(place.moment), *map(sortable, dated)]
    if moments != sorted(moments):
        raise Retry("Microsoft listed changes in another order than asked for.")
    return dated[-1] if dated else ""


def _seen(record: Json) -> Seen:
    try:
        head = msgspec.json.decode(record, type=Head)
        return Seen(bytes(head.id), _text(head.changed_at))
    except msgspec.MsgspecError:
        return Seen(bytes(record), "")


def _text(value: msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(value, type=str)
    except msgspec.MsgspecError:
        return ""
