"""SentinelOne's words for severity, status and verdict, of which its lists have several for the same."""

import pytest

from connectors.vendors.sentinelone.words import derived_severity, given_severity, status_of, verdict_of


@pytest.mark.parametrize(
    ("confidence", "mitigation", "verdict", "classification", "severity"),
    [
        ("malicious", "not_mitigated", "", "trojan", "high"),
        ("malicious", "not_mitigated", "true_positive", "ransomware", "critical"),
        ("malicious", "mitigated", "", "ransomware", "medium"),
        ("malicious", "", "", "", "high"),
        ("suspicious", "not_mitigated", "", "malware", "medium"),
        ("n/a", "not_mitigated", "", "manual", "low"),
        ("", "", "", "", "low"),
        ("brand_new", "not_mitigated", "", "", "unknown"),
        ("malicious", "marked_as_benign", "", "ransomware", "informational"),
        ("malicious", "not_mitigated", "false_positive", "ransomware", "informational"),
    ],
)
def test_a_threats_severity_is_derived(confidence, mitigation, verdict, classification, severity):
    assert derived_severity(confidence, mitigation, verdict, classification) == severity


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("Low", ("low", "vendor")),
        ("CRITICAL", ("critical", "vendor")),
        ("INFO", ("informational", "vendor")),
        ("UNKNOWN", ("unknown", "vendor")),
        ("Apocalyptic", ("unknown", "vendor")),
        (None, ("unknown", "derived")),
    ],
)
def test_a_given_severity_is_taken_whatever_its_letters(word, severity):
    assert given_severity(word) == severity


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("unresolved", "new"),
        ("Unresolved", "new"),
        (None, "new"),
        ("In progress", "in_progress"),
        ("IN_PROGRESS", "in_progress"),
        ("Escalated", "in_progress"),
        ("RESOLVED", "resolved"),
    ],
)
def test_a_status_is_known_whatever_its_letters(word, status):
    assert status_of(word) == status


def test_nobodys_verdict_is_none():
    assert [verdict_of(word) for word in ("undefined", "UNDEFINED", None, "n/a")] == [""] * 4
    assert verdict_of("TRUE_POSITIVE_BENIGN") == "true_positive_benign"
