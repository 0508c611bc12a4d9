"""The one shape of every refusal: {"error": {"code", "message", "details"}}, and a plain page for browsers.

Internals never leave: the log gets the detail of an unexpected error, the client a sentence.
"""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import translation
from django.utils.html import format_html
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

log = logging.getLogger(__name__)

SERVER_ERROR = "Something went wrong on our side. It has been logged; please try again later."
FRIENDLIER = {
    "not_authenticated": 'Send your API token in the header "Authorization: Bearer dm_…".',
    "not_acceptable": "Only application/json is served here.",
}
PAGE = (
    '<!doctype html><html lang="{}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<title>Deskmetry</title><body style="font: 1.1rem system-ui; margin: 15vh auto; max-width: 32rem">'
    "<p>{}</p></body></html>"
)


def body(code: str, message: object, details: Any = None) -> dict[str, Any]:
    return {"error": {"code": code, "message": str(message), "details": details or {}}}


def refusal(
    request: HttpRequest, status: int, code: str, message: object, *, as_json: bool
) -> HttpResponseBase:
    """An answer from outside the REST framework: a middleware, an address that leads nowhere."""
    if as_json:
        return JsonResponse(body(code, message), status=status)
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(format_html(PAGE, translation.get_language(), message), status=status)


def error_response(error: Exception, context: dict[str, Any]) -> Response:
    """What the REST framework answers for any exception of a view."""
    set_rollback()
    known = _known(error)
    if known is None:
        log.error("%s failed", _place(context), exc_info=error)
        return Response(body("server_error", SERVER_ERROR), status.HTTP_500_INTERNAL_SERVER_ERROR)
    code, message, details = _words(known)
    return Response(body(code, message, details), known.status_code, headers=_headers(known))


def _known(error: Exception) -> exceptions.APIException | None:
    match error:
        case exceptions.APIException():
            return error
        case Http404():
            return exceptions.NotFound("There is nothing at this address.")
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case SuspiciousOperation():
            return exceptions.ParseError("The request could not be understood.")
    return None


def _words(error: exceptions.APIException) -> tuple[str, str, dict[str, list[str]]]:
    if isinstance(error.detail, dict):
        details = {name: [str(sentence) for sentence in error.detail[name]] for name in error.detail}
        return error.default_code, " ".join(_sentences(details)), details
    if isinstance(error.detail, exceptions.ErrorDetail):
        code = error.detail.code or error.default_code
        return code, FRIENDLIER.get(code, str(error.detail)), {}
    return error.default_code, " ".join(map(str, error.detail)), {}


def _sentences(details: dict[str, list[str]]) -> Iterator[str]:
    for name, sentences in details.items():
        for sentence in sentences:
            yield sentence if name in sentence else f"{name}: {sentence}"


def _headers(error: exceptions.APIException) -> dict[str, str]:
    """Who to authenticate as, and when to come back."""
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _place(context: dict[str, Any]) -> str:
    request = context.get("request")
    return f"{request.method} {request.path}" if request else "A request"
