"""The replies of the console that are not data: always a list of errors."""

from typing import Any

import msgspec

from ..faults import Fault, FaultKind
from ..server import Response

encode = msgspec.json.encode
TITLES = {
    400: (4000040, "Validation Error"),
    401: (4010010, "Authentication Failed"),
    403: (4030010, "Insufficient permissions"),
    404: (4040010, "Resource not found"),
    405: (4050010, "Method not allowed"),
    409: (4090010, "Conflict"),
    429: (4290010, "Too many requests"),
    500: (5000010, "Server could not process the request."),
    503: (5030010, "Service Unavailable"),
    504: (5040010, "Gateway Timeout"),
}


def data(value: Any) -> Response:
    return Response(body=encode({"data": value}))


def page(value: Any, cursor: str | None, total: int) -> Response:
    return Response(body=encode({"data": value, "pagination": {"nextCursor": cursor, "totalItems": total}}))


def read_token(body: bytes) -> str:
    try:
        return str(msgspec.json.decode(body)["data"]["apiToken"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return ""


def error(status: int, detail: str | None = None) -> Response:
    code, title = TITLES[status]
    return Response(status, encode({"errors": [{"code": code, "detail": detail, "title": title}]}))


def too_many_requests(seconds: float | None) -> Response:
    response = error(429)
    if seconds is not None:
        response.headers["Retry-After"] = str(max(1, round(seconds)))
    return response


def of_fault(status: int, fault: Fault) -> Response:
    return error(status, "The query timed out." if fault.kind is FaultKind.TIMEOUT else None)
