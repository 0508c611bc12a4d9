"""Refusals in the words of each of the three services; whoever refuses need not know which of them asks."""

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from ..faults import Fault, FaultKind
from ..server import Request, Response

Service = Literal["entra", "graph", "defender"]
encode = msgspec.json.encode
CODES: dict[Service, dict[int, str]] = {
    "entra": {
        400: "invalid_request",
        401: "invalid_client",
        403: "access_denied",
        404: "not_found",
        409: "conflict",
        429: "temporarily_unavailable",
    },
    "graph": {
        400: "BadRequest",
        401: "InvalidAuthenticationToken",
        403: "Authorization_RequestDenied",
        404: "ResourceNotFound",
        405: "MethodNotAllowed",
        409: "Conflict",
        429: "TooManyRequests",
        500: "InternalServerError",
        503: "ServiceUnavailable",
        504: "GatewayTimeout",
    },
    "defender": {
        400: "BadRequest",
        401: "Unauthorized",
        403: "Forbidden",
        404: "ResourceNotFound",
        405: "MethodNotAllowed",
        409: "Conflict",
        429: "TooManyRequests",
    },
}
LAST_CODES: dict[Service, str] = {
    "entra": "temporarily_unavailable",
    "graph": "generalException",
    "defender": "InternalServerError",
}
AADSTS_OF_FAULTS = {
    FaultKind.EXPIRED_SECRET: (7000222, "The provided client secret keys are expired."),
    FaultKind.TOO_MANY_REQUESTS: (90055, "The server is busy. Please retry later."),
    FaultKind.THROTTLED_WITHOUT_HINT: (90055, "The server is busy. Please retry later."),
    FaultKind.UNAUTHORIZED: (7000215, "Invalid client secret provided."),
    FaultKind.WRONG_KEYS: (7000215, "Invalid client secret provided."),
}


class Refused(Exception):
    """What is asked is not done; `aadsts` numbers the reasons of Entra."""

    def __init__(
        self, status: int, message: str, code: str = "", aadsts: int = 0, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.aadsts, self.retry_after = status, code, aadsts, retry_after


def data(value: Any, status: int = 200) -> Response:
    return Response(status, encode(value))


def refusal(service: Service, request: Request, request_id: str, refused: Refused) -> Response:
    code = refused.code or CODES[service].get(refused.status, LAST_CODES[service])
    if service == "entra":
        body = _entra(request, request_id, code, refused)
    elif service == "graph":
        body = {"error": {"code": code, "message": str(refused), "innerError": _inner(request, request_id)}}
    else:
        body = {"error": {"code": code, "message": str(refused), "target": f"|{request_id}."}}
    response = Response(refused.status, encode(body))
    if refused.status == 401 and service != "entra":
        response.headers["WWW-Authenticate"] = f'Bearer realm="", authorization_uri="{request.url}"'
    if refused.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, round(refused.retry_after)))
    return response


def of_fault(service: Service, status: int, fault: Fault) -> Refused:
    if service == "entra":
        number, message = AADSTS_OF_FAULTS.get(fault.kind, (90033, "A transient error has occurred."))
        return Refused(status, message, aadsts=number)
    return Refused(status, MESSAGES.get(fault.kind, fault.kind.value.replace("-", " ").capitalize() + "."))


MESSAGES = {
    FaultKind.EXPIRED_TOKEN: "Lifetime validation failed, the token is expired.",
    FaultKind.TOO_MANY_REQUESTS: "Too many requests.",
    FaultKind.THROTTLED_WITHOUT_HINT: "Too many requests.",
}


def _inner(request: Request, request_id: str) -> dict[str, str]:
    client = request.headers.get("client-request-id", request_id)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return {"date": now, "request-id": request_id, "client-request-id": client}


def _entra(request: Request, request_id: str, code: str, refused: Refused) -> dict[str, Any]:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    correlation = request.headers.get("client-request-id", request_id)
    told = f"AADSTS{refused.aadsts}: {refused} Trace ID: {request_id} Correlation ID: {correlation}"
    return {
        "error": code,
        "error_description": f"{told} Timestamp: {now}",
        "error_codes": [refused.aadsts],
        "timestamp": now,
        "trace_id": request_id,
        "correlation_id": correlation,
        "error_uri": f"{request.url.split('/', 3)[0]}//{request.url.split('/', 3)[2]}/error?code={refused.aadsts}",
    }
