"""What Microsoft's answers mean when they are no data: for the sign-in, for Graph, for Defender for Endpoint."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from connectors.errors import Missing, Retry, StopConnection, StopCustomer, StopStream
from connectors.http import Answer, expect_json
from connectors.models import RawVendorCustomer
from connectors.texts import text

Access = RawVendorCustomer.Access
LONGEST_WORDS = 200
# Codes of the sign-in: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
CODE = re.compile(r"AADSTS(\d+)")
EXPIRED_SECRET = {7000222}
WRONG_SECRET = {7000215, 7000218}
WRONG_CERTIFICATE = {700021, 700023, 700024, 700027}
NOT_CONSENTED = {700016, 65001, 7000112, 7000229, 650056}
NO_TENANT = {90002, 900021, 900023}
NO_SERVICE = {500011, 650052}
BLOCKED = {53000, 53003, 530031, 530034}
PASSING, PASSING_CODES = {"temporarily_unavailable", "server_error"}, {90033, 90055}
NEEDED = {
    "alerts_v2": "SecurityAlert.Read.All",
    "incidents": "SecurityIncident.Read.All",
    "delegatedAdminRelationships": "DelegatedAdminRelationship.Read.All",
    "organization": "Organization.Read.All",
    "machines": "Machine.Read.All",
}
# A tenant without the product is refused in wording that differs from product to product.
WORDS_OF_LICENCES = ("licens", "subscription", "onboard", "provision")
WORDS_OF_ROLES = ("role", "scope", "permission", "privilege")


class Unauthorized(StopCustomer):
    """The token was not accepted: the first time, another may be."""


def judge_sign_in(answer: Answer) -> None:
    if answer.status == 200:
        return expect_json(answer)
    body = _body(answer)
    error = text(body.get("error"), 60)
    is_passing = error in PASSING or bool(_codes(body) & PASSING_CODES)
    if answer.status == 429 or answer.status >= 500 or is_passing:
        raise Retry(f"Microsoft's sign-in had a problem of its own ({answer.status}).", retry_after(answer))
    raise _no_token(error, _codes(body), urlsplit(answer.url).netloc)


def _no_token(error: str, codes: set[int], host: str) -> StopStream:
    said = ", ".join([f"AADSTS{code}" for code in sorted(codes)] or [error or "no reason given"])
    if codes & EXPIRED_SECRET:
        return StopConnection(
            f"The app's client secret has expired ({said}). Make a new one in Microsoft Entra (App registrations > "
            "your app > Certificates & secrets) and enter its value in the connection."
        )
    if codes & WRONG_SECRET:
        return StopConnection(
            f"Microsoft does not know the client secret ({said}). Enter the secret's value, not its id, and check "
            "that it belongs to the app of this client id."
        )
    if codes & WRONG_CERTIFICATE:
        return StopConnection(
            f"Microsoft does not accept the certificate ({said}). Upload it to the app (Certificates & secrets), "
            "check that it has not expired, and that this server's clock is right."
        )
    if codes & NOT_CONSENTED:
        return StopCustomer(f"The app may not sign in to this tenant ({said}).", Access.NOT_CONSENTED)
    if codes & NO_TENANT:
        return StopCustomer(f"Microsoft knows no such tenant ({said}). Check its id.", Access.FAILING)
    if codes & NO_SERVICE:
        return StopCustomer(
            f"The tenant does not have the product that is asked for ({said}).", Access.NOT_LICENSED
        )
    if codes & BLOCKED:
        return StopCustomer(
            f"A Conditional Access policy of the tenant blocks the app ({said}). Its administrator can exclude "
            "the app from the policy.",
            Access.FAILING,
        )
    if error == "invalid_client":
        return StopConnection(
            f"Microsoft refused the app's keys ({said}). Check client id and client secret."
        )
    if error == "unauthorized_client":
        return StopCustomer(f"The app may not sign in to this tenant ({said}).", Access.NOT_CONSENTED)
    return StopCustomer(f"{host} gave no access to this tenant ({said}).", Access.FAILING)


def judge(answer: Answer) -> None:
    """Of Graph and Defender for Endpoint, which word their errors alike."""
    status = answer.status
    if status in (200, 206):
        return expect_json(answer)
    code, words = _words(answer)
    if status == 401:
        raise _unauthorized(code, words)
    if status == 403:
        raise _forbidden(answer, code, words)
    if status == 404 and answer.is_json:
        raise Missing(f"Microsoft has no {_resource(answer)}.")
    if status == 429:
        raise Retry("Microsoft asks to slow down.", retry_after(answer))
    if status >= 500 or status == 408:
        raise Retry(f"Microsoft had a problem of its own ({status}).", retry_after(answer))
    raise StopStream(f"Microsoft refused to list {_resource(answer)} ({status}: {words}).")


def _unauthorized(code: str, words: str) -> StopCustomer:
    if code == "Authorization_IdentityNotFound":
        return StopCustomer("The app is not known in this tenant.", Access.NOT_CONSENTED)
    return Unauthorized(f"Microsoft does not accept its own token for this tenant ({words}).", Access.FAILING)


def _forbidden(answer: Answer, code: str, words: str) -> StopCustomer:
    if code == "Authorization_IdentityNotFound":
        return StopCustomer("The app is not known in this tenant.", Access.NOT_CONSENTED)
    resource = _resource(answer)
    if code == "DisabledFeature" or _speaks_of_licences(words):
        return StopCustomer(f"The tenant has no licence for {resource} ({words}).", Access.NOT_LICENSED)
    permission = NEEDED.get(resource, "the permission")
    return StopCustomer(
        f"The app may not read {resource} in this tenant. Add {permission} to the app as an application permission, "
        f"then have the tenant's administrator consent again.",
        Access.MISSING_ROLE,
    )


def _speaks_of_licences(words: str) -> bool:
    lower = words.lower()
    return any(part in lower for part in WORDS_OF_LICENCES) and not any(
        part in lower for part in WORDS_OF_ROLES
    )


def _resource(answer: Answer) -> str:
    return urlsplit(answer.url).path.rpartition("/")[2]


def _words(answer: Answer) -> tuple[str, str]:
    """The code of an error, and what is told of it."""
    error = _body(answer).get("error")
    error = error if isinstance(error, dict) else {}
    code = text(error.get("code"), 60)
    words = text(error.get("message"), LONGEST_WORDS).strip()
    return code, ": ".join(filter(None, (code, words))) or f"status {answer.status}"


def _codes(body: dict[str, Any]) -> set[int]:
    listed = body.get("error_codes")
    told = [code for code in listed if isinstance(code, int)] if isinstance(listed, list) else []
    return set(told) or set(map(int, CODE.findall(text(body.get("error_description"), LONGEST_WORDS))[:1]))


def _body(answer: Answer) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def retry_after(answer: Answer) -> float | None:
    """In seconds, or until a moment by the vendor's own clock."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value).astimezone(UTC)
    except ValueError:
        return None
    return max((until - (answer.vendor_time or datetime.now(UTC))).total_seconds(), 0.0)
