"""One page of a list, as OData words it, and the walk over lists that are read whole."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from connectors.base import Json
from connectors.errors import Missing, Retry, StopStream
from connectors.http import Answer
from connectors.texts import decoded

PARTIAL = 206
# No service lowers $top below this: a shorter page without a link is the last one.
LEAST_PAGE = 10
MOMENT = re.compile(r"(?P<second>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(?P<ticks>\d{1,7}))?Z")
# Asks for what a query says, or for what a link leads to.
Params = Mapping[str, str]


class Body(msgspec.Struct):
    value: list[Json]
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)


class Head(msgspec.Struct):
    """The little that paging needs of a record; whatever it is made of."""

    id: msgspec.Raw = msgspec.Raw(b"")
    changed_at: msgspec.Raw = msgspec.field(name="lastUpdateDateTime", default=msgspec.Raw(b""))


@dataclass(frozen=True)
class Listing:
    records: list[Json]
    link: str = ""
    is_partial: bool = False
    vendor_time: datetime | None = None

    def is_last(self, asked: int, largest: int) -> bool:
        """Asked for so many. A service may give fewer than that at once, so what counts is what it gave before."""
        return not self.link and len(self.records) < max(min(asked, LEAST_PAGE), largest)


Ask = Callable[[Params | str], Listing]


def read(answer: Answer) -> Listing:
    body = decoded(answer.body, Body, "Microsoft")
    return Listing(body.value, body.next_link or "", answer.status == PARTIAL, answer.vendor_time)


def sortable(moment: str) -> str:
    """Of one length, so that moments compare as texts: a datetime would cut the seventh digit off."""
    match = MOMENT.fullmatch(moment)
    return f"{match['second']}.{(match['ticks'] or '').ljust(7, '0')}Z" if match else ""


def whole(ask: Ask, top: int) -> Iterator[Listing]:
    """All pages of a list that has no order of change: by links where there are any, else by counting."""
    params = {"$top": str(top)}
    listing, largest, known = _first(ask, params), 0, 0
    links: set[str] = set()
    while True:
        yield listing
        largest, known = max(largest, len(listing.records)), known + len(listing.records)
        if listing.is_last(top, largest):
            return
        if listing.link:
            refuse_repeated(listing.link, links)
            listing = ask(listing.link)
        else:
            # What is counted may shift meanwhile, so the page begins with the last record of the one before.
            known -= largest > 1
            following = ask({**params, "$skip": str(known)})
            _refuse_shifted(listing.records, following.records, overlaps=largest > 1)
            listing = following


def _first(ask: Ask, params: Params) -> Listing:
    """Defender for Endpoint says of an empty list that it does not exist."""
    try:
        return ask(params)
    except Missing:
        return Listing([])


def _refuse_shifted(before: list[Json], after: list[Json], *, overlaps: bool) -> None:
    joins = bool(after and _id(before[-1]) == _id(after[0]))
    if joins != overlaps and (after or overlaps):
        raise Retry("Microsoft's list changed while it was being read. The next sync reads it again.")


def refuse_repeated(link: str, links: set[str]) -> None:
    if link in links:
        raise StopStream("Microsoft sent the same page twice. The next sync tries again.")
    links.add(link)


def _id(record: Json) -> bytes:
    return bytes(msgspec.json.decode(record, type=Head).id)
