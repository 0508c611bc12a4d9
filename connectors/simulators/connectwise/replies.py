"""The replies of ConnectWise that are not data, in their several shapes."""

from typing import Any

import msgspec

from .. import mishaps
from ..faults import Fault, FaultKind
from ..server import Response

encode = msgspec.json.encode
HTML = "text/html; charset=utf-8"
WORDS = {
    401: ("Unauthorized", "The API key is not valid."),
    403: ("Forbidden", "You do not have security permissions to perform this action."),
    404: ("NotFound", "The record was not found."),
    409: ("ConflictingRecord", "The record is being changed by somebody else."),
    429: ("TooManyRequests", "Too many requests. Please try again later."),
    500: ("ConnectWiseApi", "An error occurred."),
    503: ("ServiceUnavailable", "The service is unavailable."),
    504: ("GatewayTimeout", "The service did not answer in time."),
}


def data(value: Any) -> Response:
    return Response(body=encode(value))


def error(status: int, code: str, message: str) -> Response:
    return Response(status, encode({"code": code, "message": message, "errors": None}))


def bad_request(message: str) -> Response:
    return error(400, "InvalidArgument", message)


def unauthorized(message: str) -> Response:
    return error(401, "Unauthorized", message)


def wrong_keys() -> Response:
    return error(401, "ConnectWiseApi", "UserNotAuthenticated")


def forbidden() -> Response:
    return error(403, *WORDS[403])


def not_found(what: str) -> Response:
    return error(404, "NotFound", f"{what} was not found.")


def gone_codebase() -> Response:
    return Response(404, b"<html><body><h1>404 - File or directory not found.</h1></body></html>", HTML)


def cannot_route() -> Response:
    return Response(400, b"Cannot route. Codebase/company is invalid", "text/plain; charset=utf-8")


def too_many_requests(seconds: float) -> Response:
    wait = max(1, round(seconds))
    message = f"Too many requests. Please try again in {wait} seconds."
    body = encode({"error": "ConnectWiseAPI", "message": message})
    return Response(429, body, headers={"Retry-After": str(wait)})


def timeout() -> Response:
    message = "Execution Timeout Expired. The timeout period elapsed prior to completion of the operation."
    return error(500, "ConnectWiseApi", message)


def of_fault(status: int, fault: Fault) -> Response:
    match fault.kind:
        case FaultKind.WRONG_KEYS:
            return wrong_keys()
        case FaultKind.TIMEOUT:
            return timeout()
        case _:
            return error(status, *WORDS[status])


def instead(fault: Fault) -> Response | None:
    """The reply that a fault puts in place of the real one, unless it only spoils how that is sent."""
    match fault.kind:
        case FaultKind.TOO_MANY_REQUESTS:
            return too_many_requests(fault.seconds)
        case FaultKind.CANNOT_ROUTE | FaultKind.UNKNOWN_COMPANY:
            return cannot_route()
        case _:
            return mishaps.instead(fault, of_fault)
