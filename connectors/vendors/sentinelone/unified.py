"""Unified alerts: all of a console's alerts in one list, for consoles that have it. It speaks GraphQL.

What the endpoint agent and the MSP's own rules found is also in lists of its own, which tell more.
Of these a unified alert is only a second view: it gives a threat its severity and isn't counted by itself.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from connectors.base import Json, Page, Record, Row, Walk
from connectors.errors import Missing, StopStream
from connectors.http import Answer
from connectors.texts import decoded, moment, needed_moment, part, parts, text
from connectors.vendors.sentinelone.answers import NO_MORE, VENDOR, BadRequest
from connectors.vendors.sentinelone.words import given_severity, plain, star_id, status_of, verdict_of

PATH = "unifiedalerts/graphql"
NEEDED = "id externalId name severity status detectedAt updatedAt detectionSource { product vendor }"
# Consoles differ in which of these they know.
WISHED = (
    "analystVerdict",
    "result",
    "confidenceLevel",
    "classification",
    "firstSeenAt",
    "assets { name agentUuid }",
    "realTime { scope { account { id } site { id } } }",
)
WRONG = "false_positive"
IS_MITIGATED = {"mitigated": True, "unmitigated": False}


class GraphError(StopStream):
    """Errors of GraphQL come with status 200."""


class Edge(msgspec.Struct):
    node: Json


class PageInfo(msgspec.Struct, rename="camel"):
    has_next_page: bool = False
    end_cursor: str | None = None


class Graph(msgspec.Struct, rename="camel"):
    """A connection, as GraphQL calls a page."""

    edges: list[Edge] = []
    page_info: PageInfo = msgspec.field(default_factory=PageInfo)

    @property
    def next_cursor(self) -> str:
        cursor = self.page_info.end_cursor
        return "" if cursor in NO_MORE or not self.page_info.has_next_page else str(cursor)


class Data(msgspec.Struct):
    alerts: Graph | None = None


class Envelope(msgspec.Struct):
    data: Data | None = None
    errors: list[Any] | None = None


class Identity(msgspec.Struct, rename="camel"):
    key: str = msgspec.field(name="id")
    detected_at: str | None = None

    @property
    def changed_at(self) -> str:
        return self.detected_at or ""


Ask = Callable[[str], tuple[Graph, datetime | None]]


def read(answer: Answer) -> tuple[Graph, datetime | None]:
    envelope = decoded(answer.body, Envelope, VENDOR)
    alerts = envelope.data.alerts if envelope.data else None
    if envelope.errors or alerts is None:
        raise GraphError(f"{VENDOR} could not list unified alerts ({_words(envelope.errors)}).")
    return alerts, answer.vendor_time


def pages(ask: Ask, walk: Walk, size: int) -> Iterator[Page]:
    """Nothing at all where the console has no unified alerts, which is no trouble."""
    wished: tuple[str, ...] = WISHED
    after = walk.after
    while True:
        try:
            graph, vendor_time = ask(question(wished, walk.since, after, size))
        except (GraphError, BadRequest, Missing) as problem:
            if fewer := _without_unknown(wished, str(problem)):
                wished = fewer
            elif after and after == walk.after:
                after = ""  # the cursor was kept for too long
            elif walk.since or after:
                raise
            else:
                yield Page([])
                return
            continue
        following = graph.next_cursor
        if following and following == after:
            raise StopStream(
                f"{VENDOR} sent the same page of unified alerts twice. The next sync tries again."
            )
        yield Page([edge.node for edge in graph.edges], following, vendor_time)
        if not following:
            return
        after = following


def _without_unknown(wished: tuple[str, ...], complaint: str) -> tuple[str, ...] | None:
    """What is left to wish for once the console has named a field that it doesn't know."""
    if "undefined" not in complaint.lower():
        return None
    left = tuple(field for field in wished if field.split()[0] not in complaint)
    return left if left != wished else None


def question(wished: Sequence[str], since: datetime | None, after: str, size: int) -> str:
    """With its values written out: what the types of variables are called differs between consoles."""
    start = f"{{start: {int(since.timestamp() * 1000)}, startInclusive: true}}" if since else ""
    arguments = {
        "first": str(size),
        "after": json.dumps(after) if after else "",
        "filters": f'[{{fieldId: "detectedAt", dateTimeRange: {start}}}]' if start else "",
        "sort": '{by: "detectedAt", order: ASC}',
    }
    fields = " ".join([NEEDED, *wished])
    given = ", ".join(f"{name}: {value}" for name, value in arguments.items() if value)
    return f"{{ alerts({given}) {{ edges {{ node {{ {fields} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"


def unified_alert(record: Record) -> Row:
    source, asset = part(record, "detectionSource"), next(iter(parts(record, "assets")), {})
    scope = part(part(record, "realTime"), "scope")
    word, detected_at = plain(record.get("status")), needed_moment(record, "detectedAt", "updatedAt")
    severity, severity_source = given_severity(record.get("severity"))
    return {
        "customer_id": text(part(scope, "site").get("id") or part(scope, "account").get("id")),
        "title": text(record.get("name")),
        "category": text(record.get("classification")),
        "product": text(source.get("product")),
        "severity": severity,
        "severity_source": severity_source,
        "vendor_severity": text(record.get("severity")),
        "status": status_of(word),
        "vendor_status": text(record.get("status")),
        "verdict": verdict_of(record.get("analystVerdict")) or (WRONG if word == WRONG else ""),
        "confidence": plain(record.get("confidenceLevel")),
        "is_mitigated": IS_MITIGATED.get(plain(record.get("result"))),
        "assigned_to": "",
        "device_key": text(asset.get("agentUuid")),
        "host_name": text(asset.get("name")),
        "user_name": "",
        "incident_id": text(record.get("externalId")),
        "redirected_to": second_view_of(record),
        "external_ticket_id": "",
        "occurred_at": moment(record, "firstSeenAt"),
        "detected_at": detected_at,
        "contained_at": None,
        "vendor_resolved_at": None,
        "last_updated_at": moment(record, "updatedAt") or detected_at,
    }


def second_view_of(record: Record) -> str:
    """The threat or the rule's alert that this is, as our tables know it."""
    source, id_ = part(record, "detectionSource"), text(record.get("externalId"))
    product = plain(source.get("product"))
    if not id_ or plain(source.get("vendor")) != "sentinelone" or product not in ("edr", "star"):
        return ""
    return star_id(id_) if product == "star" else id_


def _words(errors: list[Any] | None) -> str:
    said = [text(error.get("message")) if isinstance(error, dict) else text(error) for error in errors or []]
    return "; ".join(filter(None, said))[:200] or "no reason given"
