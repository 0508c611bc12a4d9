"""The console's words for severity, status and verdict in ours; what is not known stays as it is or says so."""

from typing import Any

from connectors.models import RawSecurityAlert
from connectors.texts import text

Severity, Source, Status = RawSecurityAlert.Severity, RawSecurityAlert.SeveritySource, RawSecurityAlert.Status
SEVERITIES = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "low": Severity.LOW,
    "info": Severity.INFORMATIONAL,
    "informational": Severity.INFORMATIONAL,
}
STATUSES = {
    "": Status.NEW,
    "new": Status.NEW,
    "unresolved": Status.NEW,
    "in_progress": Status.IN_PROGRESS,
    "resolved": Status.RESOLVED,
    "false_positive": Status.RESOLVED,
}
NO_VERDICT = ("undefined", "n/a")


def plain(word: Any) -> str:
    """`In progress`, `IN_PROGRESS` and `in_progress` are one word."""
    return text(word).strip().lower().replace(" ", "_")


def status_of(word: Any) -> str:
    """Whoever gave it a status that we don't know has at least begun with it."""
    return str(STATUSES.get(plain(word), Status.IN_PROGRESS))


def verdict_of(word: Any) -> str:
    """Empty where nobody has judged yet."""
    verdict = plain(word)
    return "" if verdict in NO_VERDICT else verdict


def given_severity(word: Any) -> tuple[str, str]:
    """The severity, and whether the vendor gave it."""
    severity = SEVERITIES.get(plain(word), Severity.UNKNOWN)
    return str(severity), str(Source.VENDOR if text(word) else Source.DERIVED)


def derived_severity(confidence: str, mitigation: str, verdict: str, classification: str) -> str:
    """Of a threat, which has none of its own."""
    if mitigation == "marked_as_benign" or verdict == "false_positive":
        return str(Severity.INFORMATIONAL)
    if confidence == "malicious" and mitigation != "mitigated":
        return str(Severity.CRITICAL if classification == "ransomware" else Severity.HIGH)
    if confidence in ("malicious", "suspicious"):
        return str(Severity.MEDIUM)
    return str(Severity.LOW if confidence in ("", "n/a") else Severity.UNKNOWN)


def star_id(id_: Any) -> str:
    """Rules' alerts and threats are numbered alike, and nobody says that no number is used for both."""
    return f"star-{text(id_)}"
