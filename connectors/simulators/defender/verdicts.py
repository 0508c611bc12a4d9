"""States, verdicts and severities of alerts in Microsoft's words."""

from ..world.security_records import Alert
from .portal import kind_of, risk

STATUSES = {"new": "new", "in_progress": "inProgress", "resolved": "resolved"}
CLASSIFICATIONS = {
    "undefined": None,
    "true_positive": "truePositive",
    "false_positive": "falsePositive",
    "suspicious": "unknown",
    "benign": "informationalExpectedActivity",
}
DETERMINATIONS = {
    "undefined": None,
    "false_positive": "notMalicious",
    "suspicious": "notEnoughDataToValidate",
    "benign": "confirmedActivity",
}
OF_KINDS = {
    "phishing-mail": "phishing",
    "impossible-travel": "compromisedAccount",
    "inbox-rule": "compromisedAccount",
}
OFFICE, SIGN_INS = "microsoftDefenderForOffice365", "azureAdIdentityProtection"
# Which product of Microsoft's saw it, and which part of it. Those of the last one are newer than the enumerations are.
SOURCES = {
    "phishing-mail": (OFFICE, OFFICE, "Microsoft Defender for Office 365"),
    "impossible-travel": (SIGN_INS, SIGN_INS, "AAD Identity Protection"),
    "inbox-rule": ("microsoftDefenderForCloudApps", "cloudAppSecurity", "Microsoft Defender for Cloud Apps"),
    "linux-miner": ("microsoftDefenderForCloud", "microsoftDefenderForServers", "Microsoft Defender for Cloud"),
}  # fmt: skip
BEHAVIOUR = {"script", "credential-dump", "exploit", "admin-tool"}


def status(alert: Alert) -> str:
    return STATUSES[alert.state]


def severity(alert: Alert) -> str:
    return risk(alert.severity)


def classification(alert: Alert) -> str | None:
    return CLASSIFICATIONS[alert.verdict]


def determination(alert: Alert) -> str | None:
    if alert.verdict == "true_positive":
        return OF_KINDS.get(alert.kind, "malware")
    return DETERMINATIONS[alert.verdict]


def sources(alert: Alert) -> tuple[str, str, str]:
    """Service, detection and product."""
    part = "microsoftDefenderForEndpoint" if is_behaviour(alert) else "antivirus"
    usual = ("microsoftDefenderForEndpoint", part, "Microsoft Defender for Endpoint")
    return SOURCES.get(alert.kind, usual)


def is_behaviour(alert: Alert) -> bool:
    """Seen by what a process did, and not by what a file is."""
    return kind_of(alert).key in BEHAVIOUR
