"""Turns a fault into what is sent: an error in the vendor's own words, or a reply spoilt on its way."""

from collections.abc import Callable

from .faults import STATUSES, Fault, FaultKind
from .server import Response

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body></body></html>"
MAINTENANCE = b"<html><body>Scheduled maintenance. Please come back later.</body></html>"
ErrorReply = Callable[[int, Fault], Response]


def instead(fault: Fault, error: ErrorReply) -> Response | None:
    """The reply in place of the real one, unless the fault only spoils how that is sent."""
    match fault.kind:
        case FaultKind.BAD_GATEWAY:
            return Response(502, GATEWAY, HTML)
        case FaultKind.HTML_PAGE:
            return Response(200, MAINTENANCE, HTML)
        case FaultKind.PLAIN_TEXT | FaultKind.CANNOT_ROUTE | FaultKind.UNKNOWN_COMPANY:
            return Response(400, b"Bad Request", TEXT)
        case kind if kind in STATUSES:
            response = error(STATUSES[kind], fault)
            if kind is FaultKind.TOO_MANY_REQUESTS:
                response.headers["Retry-After"] = str(max(1, round(fault.seconds)))
            return response
        case _:
            return None


def spoil(response: Response, fault: Fault) -> None:
    """What goes wrong on the way."""
    match fault.kind:
        case FaultKind.HANGING:
            response.seconds_of_silence = fault.seconds
        case FaultKind.SLOW_BODY:
            response.seconds_on_the_way = fault.seconds
        case FaultKind.DROPPED_BODY:
            response.breaks_off = True
        case FaultKind.RESET_CONNECTION:
            response.is_reset = True
        case FaultKind.TRUNCATED_JSON:
            response.body = response.body[: len(response.body) // 2]
