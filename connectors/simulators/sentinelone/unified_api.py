"""The GraphQL endpoint of unified alerts: filters, sorting, and pages by edges and cursors."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from ..server import Response
from .clock import write, write_milliseconds
from .graphql import BadGraphQl, Selection, parse, pick
from .paging import Order, read_cursor, rows_after, write_cursor
from .query import BadParameter, Check, fetcher, matching
from .rendering import Document

MAX_FIRST, DEFAULT_FIRST = 1000, 50
ARGUMENTS = {"after", "first", "filters", "sort", "viewType", "scope"}
SORTABLE = {"id", "name", "severity", "status", "detectedAt", "createdAt", "updatedAt", "analystVerdict"}
MOMENTS = {"detectedAt", "createdAt", "updatedAt", "firstSeenAt", "lastSeenAt"}
TEXTS = {
    "id",
    "externalId",
    "severity",
    "status",
    "analystVerdict",
    "confidenceLevel",
    "classification",
    "name",
}


def answer(body: bytes, documents: list[Document], lacking: frozenset[str]) -> Response:
    """Errors come with status 200, as GraphQL has it; `lacking` names what this console does not know."""
    try:
        return Response(body=msgspec.json.encode({"data": _execute(body, documents, lacking)}))
    except (BadGraphQl, BadParameter, msgspec.DecodeError) as error:
        details = {"message": str(error), "extensions": {"classification": "ValidationError"}}
        return Response(body=msgspec.json.encode({"data": None, "errors": [details]}))


def _execute(body: bytes, documents: list[Document], lacking: frozenset[str]) -> Document:
    request = msgspec.json.decode(body)
    if not isinstance(request, dict) or not isinstance(request.get("query"), str):
        raise BadGraphQl("Invalid Syntax : there is no query")
    known = [_without(document, lacking) for document in documents] if lacking else documents
    reply = {}
    for selection in parse(request["query"], request.get("variables") or {}):
        reply[selection.alias] = _resolve(selection, known, lacking)
    return reply


def _resolve(selection: Selection, documents: list[Document], lacking: frozenset[str]) -> Any:
    if selection.name == "alert":
        wanted = selection.arguments.get("id")
        found = next((document for document in documents if document["id"] == wanted), None)
        return pick(found, selection, "alert")
    if selection.name != "alerts":
        raise BadGraphQl(f"Validation error (FieldUndefined@[{selection.name}])")
    unknown = set(selection.arguments) - (ARGUMENTS - lacking)
    if unknown:
        raise BadGraphQl(f"Validation error (UnknownArgument@[alerts]) : {', '.join(sorted(unknown))}")
    return pick(_connection(selection.arguments, documents), selection, "alerts")


def _connection(arguments: Document, documents: list[Document]) -> Document:
    first, order = _first(arguments.get("first")), _order(arguments.get("sort") or {})
    checks = [_check(each) for each in arguments.get("filters") or []]
    rows = order.sort(list(matching(documents, checks)))
    after = arguments.get("after")
    rest = rows_after(rows, order, read_cursor(after)[2]) if after else rows
    page = rest[:first]
    cursors = [write_cursor(order, row) for row in page]
    return {
        "totalCount": len(rows),
        "edges": [{"cursor": cursor, "node": row} for cursor, row in zip(cursors, page, strict=True)],
        "pageInfo": {
            "hasNextPage": len(rest) > len(page),
            "hasPreviousPage": bool(after),
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def _first(value: Any) -> int:
    size = DEFAULT_FIRST if value is None else value
    if not isinstance(size, int) or not 1 <= size <= MAX_FIRST:
        raise BadGraphQl(f"first must be between 1 and {MAX_FIRST}")
    return size


def _order(sort: Document) -> Order:
    name = sort.get("by", "detectedAt")
    if name not in SORTABLE:
        raise BadGraphQl(f"Cannot sort by {name}")
    return Order(name, sort.get("order", "DESC") == "DESC", fetcher(name), fetcher("externalId"))


def _check(given: Document) -> Check:
    name = str(given.get("fieldId"))
    fetch = fetcher(name)
    if name in MOMENTS and "dateTimeRange" in given:
        return _within(name, given["dateTimeRange"])
    for shape in ("stringIn", "stringEqual"):
        if name in TEXTS and shape in given:
            values = given[shape].get("values") or [given[shape].get("value")]
            return lambda document: fetch(document) in values
    raise BadGraphQl(f"Cannot filter by {name}")


def _within(name: str, bounds: Document) -> Check:
    fetch = fetcher(name)
    start, end = (_text(bounds.get(edge)) for edge in ("start", "end"))
    includes_start, includes_end = (bounds.get(f"{edge}Inclusive", True) for edge in ("start", "end"))

    def check(document: Document) -> bool:
        value = fetch(document)
        starts = start is None or value > start or (includes_start and value == start)
        return starts and (end is None or value < end or (includes_end and value == end))

    return check


def _text(milliseconds: Any) -> str | None:
    if milliseconds is None:
        return None
    if not isinstance(milliseconds, int):
        raise BadGraphQl("dateTimeRange takes milliseconds")
    return write_milliseconds(write(datetime.fromtimestamp(milliseconds / 1000, UTC)))


def _without(document: Document, lacking: frozenset[str]) -> Document:
    return {name: value for name, value in document.items() if name not in lacking}
