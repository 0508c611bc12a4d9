"""An open connection to an MSP's Microsoft customers: hands each stream to the service and the walk it needs."""

from collections.abc import Iterator
from datetime import UTC

from connectors.base import Json, Page, Stream, Walk
from connectors.crypto import Secrets
from connectors.pacing import Pace
from connectors.vendors.defender import changes, customers, listing
from connectors.vendors.defender.api import ENDPOINT_AUDIENCE, GRAPH_AUDIENCE, Api
from connectors.vendors.defender.changes import Place
from connectors.vendors.defender.entra import Entra
from connectors.vendors.defender.listing import Ask
from connectors.vendors.defender.settings import Settings

GRAPH, ENDPOINT = "v1.0/", "api/"
RELATIONSHIPS = GRAPH + "tenantRelationships/delegatedAdminRelationships"
ALERTS = GRAPH + "security/alerts_v2"
INCIDENTS = GRAPH + "security/incidents"
MACHINES = ENDPOINT + "machines"
# The most that each gives at once.
PAGE_SIZES = {RELATIONSHIPS: 300, ALERTS: 1000, INCIDENTS: 50, MACHINES: 10_000}
# Newer members of an enumeration would read "unknownFutureValue" otherwise.
ALL_MEMBERS = {"Prefer": "include-unknown-enum-members"}


def graph_pace() -> Pace:
    """150 requests a minute for each tenant."""
    return Pace(per_minute=100, burst=50)


def endpoint_pace() -> Pace:
    """100 requests a minute for each tenant, and 1,500 an hour."""
    return Pace(per_minute=24, burst=50)


class Defender:
    """Safe to use from several threads."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self.settings = settings
        self.entra = Entra(settings, secrets)
        self.graph = Api(self.entra, settings.graph_host, GRAPH_AUDIENCE, graph_pace, ALL_MEMBERS)
        self.endpoint = Api(self.entra, settings.endpoint_host, ENDPOINT_AUDIENCE, endpoint_pace, {})

    def __repr__(self) -> str:
        return f"Defender({self.settings.tenant_id})"

    def close(self) -> None:
        for door in (self.entra, self.graph, self.endpoint):
            door.close()

    def count(self, stream: Stream, walk: Walk) -> int | None:
        """It would cost a request for each customer, only for bars of progress."""
        return None

    def pages(self, stream: Stream, walk: Walk) -> Iterator[Page]:
        if not stream.is_per_customer:
            yield self.customers()
        elif not stream.cursor:
            for each in listing.whole(self.asking(walk.customer, stream.path), PAGE_SIZES[stream.path]):
                yield Page(each.records, "", each.vendor_time, each.is_partial)
        else:
            yield from self._changes(stream, walk)

    def customers(self) -> Page:
        """Listed at once, because several relationships may speak of one customer."""
        relationships: list[Json] = []
        is_partial = False
        if self.settings.finds_customers:
            ask = self.asking(self.settings.tenant_id, RELATIONSHIPS)
            for each in listing.whole(ask, PAGE_SIZES[RELATIONSHIPS]):
                relationships += each.records
                is_partial |= each.is_partial
        found = customers.of_relationships(relationships, self.settings.entered_tenants)
        return Page(found, is_partial=is_partial)

    def _changes(self, stream: Stream, walk: Walk) -> Iterator[Page]:
        since = f"{walk.since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}" if walk.since else ""
        place = Place.of(walk.after) if walk.after else Place(since)
        ask = self.asking(walk.customer, stream.path)
        for page in changes.walk(ask, place, PAGE_SIZES[stream.path], stream.name):
            yield Page(
                [customers.stamped(record, walk.customer) for record in page.records],
                page.next_after,
                page.vendor_time,
                page.is_partial,
                page.gap,
            )

    def asking(self, tenant: str, path: str) -> Ask:
        """What asks one tenant for a list, page by page."""
        api = self.endpoint if path.startswith(ENDPOINT) else self.graph

        def ask(for_: listing.Params | str) -> listing.Listing:
            if isinstance(for_, str):
                return api.get(tenant, for_, listing.read)
            return api.get(tenant, path, listing.read, for_)

        return ask


def open_client(settings: Settings, secrets: Secrets) -> Defender:
    return Defender(settings, secrets)
