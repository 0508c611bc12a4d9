"""What SentinelOne's records mean to us: each kind's row, its severity, its state and its times."""

from datetime import UTC, datetime

import pytest

from connectors.errors import SkipRecord
from connectors.vendors.sentinelone import alerts, estate, unified

THREAT = {
    "id": "1900000000000000001",
    "threatInfo": {
        "threatId": "1900000000000000001",
        "threatName": "setup.exe",
        "classification": "Trojan",
        "confidenceLevel": "malicious",
        "analystVerdict": "undefined",
        "incidentStatus": "unresolved",
        "mitigationStatus": "not_mitigated",
        "externalTicketId": "4711",
        "processUser": "ACME\\kim",
        "identifiedAt": "2025-03-02T08:00:01.120000Z",
        "createdAt": "2025-03-02T08:00:02.004511Z",
        "updatedAt": "2025-03-02T08:00:09.771203Z",
    },
    "agentDetectionInfo": {"siteId": "1700000000000000003", "accountId": "16", "agentUuid": "ab12"},
    "agentRealtimeInfo": {
        "agentId": "1800000000000000007",
        "agentComputerName": "ACME-LT-07",
        "siteId": "1700000000000000099",
    },
    "mitigationStatus": [
        {"action": "kill", "status": "success", "lastUpdate": "2025-03-02T08:00:09.775000Z"}
    ],
}
STAR = {
    "alertInfo": {
        "alertId": "1900000000000000001",
        "incidentStatus": "In progress",
        "analystVerdict": "True positive",
        "createdAt": "2025-03-02T07:58:00.000001Z",
        "reportedAt": "2025-03-02T08:00:00.5Z",
        "updatedAt": "2025-03-02T09:00:00Z",
        "hitType": "Events",
        "source": "STAR",
    },
    "ruleInfo": {"id": "5", "name": "Log cleared", "severity": "Critical", "treatAsThreat": "Suspicious"},
    "agentDetectionInfo": {"siteId": "17", "accountId": "16", "uuid": "ab12", "name": "ACME-SRV-01"},
}
UNIFIED = {
    "id": "0195f3a1-0000-7000-8000-000000000001",
    "externalId": "1900000000000000001",
    "name": "setup.exe detected as Trojan",
    "severity": "INFO",
    "status": "FALSE_POSITIVE",
    "result": "UNMITIGATED",
    "confidenceLevel": "MALICIOUS",
    "classification": "TROJAN",
    "detectedAt": "2025-03-02T08:00:01.120Z",
    "updatedAt": "2025-03-02T08:10:00Z",
    "firstSeenAt": "2025-03-02T07:59:00Z",
    "detectionSource": {"product": "EDR", "vendor": "SentinelOne"},
    "assets": [{"name": "ACME-LT-07", "agentUuid": "ab12"}],
    "realTime": {"scope": {"account": {"id": "16"}, "site": {"id": "17"}}},
}
AGENT = {
    "id": "1800000000000000007",
    "uuid": "ab12",
    "siteId": "17",
    "accountId": "16",
    "computerName": "ACME-LT-07",
    "serialNumber": "PF3ABCD",
    "networkInterfaces": [{"physical": "AA-BB-CC-00-11-22"}, {"physical": "aa:bb:cc:00:11:22"}, {}, None],
    "osName": "Windows 11 Pro",
    "osRevision": "22631",
    "machineType": "laptop",
    "agentVersion": "24.2.3.471",
    "networkStatus": "connected",
    "isActive": True,
    "isDecommissioned": False,
    "registeredAt": "2024-01-01T00:00:00Z",
    "lastActiveDate": "2025-03-02T08:00:00.123456Z",
    "updatedAt": "2025-03-02T08:00:01Z",
}


def at(*parts):
    return datetime(2025, 3, 2, *parts, tzinfo=UTC)


def changed(record, part, **fields):
    return record | {part: record[part] | fields}


def test_a_threat_is_read_as_it_was_when_it_was_detected():
    row = alerts.threat(THREAT)
    assert row == {
        "customer_id": "1700000000000000003",
        "title": "setup.exe",
        "category": "Trojan",
        "product": "SentinelOne",
        "severity": "high",
        "severity_source": "derived",
        "vendor_severity": "",
        "status": "new",
        "vendor_status": "unresolved",
        "verdict": "",
        "confidence": "malicious",
        "is_mitigated": False,
        "assigned_to": "",
        "device_key": "1800000000000000007",
        "host_name": "ACME-LT-07",
        "user_name": "ACME\\kim",
        "incident_id": "",
        "redirected_to": "",
        "external_ticket_id": "4711",
        "occurred_at": None,
        "detected_at": at(8, 0, 1, 120000),
        "contained_at": at(8, 0, 9, 775000),
        "vendor_resolved_at": None,
        "last_updated_at": at(8, 0, 9, 771203),
    }


def test_a_rules_alert_has_other_words_and_a_severity_of_its_own():
    row = alerts.star_alert(STAR)
    assert (row["severity"], row["severity_source"], row["vendor_severity"]) == (
        "critical",
        "vendor",
        "Critical",
    )
    assert (row["status"], row["vendor_status"], row["verdict"]) == (
        "in_progress",
        "In progress",
        "true_positive",
    )
    assert (row["customer_id"], row["device_key"], row["host_name"]) == ("17", "ab12", "ACME-SRV-01")
    assert (row["title"], row["confidence"]) == ("Log cleared", "suspicious")
    assert (row["occurred_at"], row["detected_at"]) == (at(7, 58, 0, 1), at(8, 0, 0, 500000))
    assert row["last_updated_at"] == at(9)


def test_the_present_agent_is_the_better_key_of_a_rules_alert():
    assert alerts.star_alert(STAR | {"agentRealtimeInfo": {"id": "18"}})["device_key"] == "18"


def test_a_unified_alert_of_a_threat_names_it():
    row = unified.unified_alert(UNIFIED)
    assert (row["redirected_to"], row["incident_id"]) == ("1900000000000000001", "1900000000000000001")
    assert (row["severity"], row["severity_source"], row["vendor_severity"]) == (
        "informational",
        "vendor",
        "INFO",
    )
    assert (row["status"], row["verdict"], row["is_mitigated"]) == ("resolved", "false_positive", False)
    assert (row["customer_id"], row["device_key"], row["host_name"]) == ("17", "ab12", "ACME-LT-07")
    assert (row["occurred_at"], row["detected_at"]) == (at(7, 59), at(8, 0, 1, 120000))


@pytest.mark.parametrize(
    ("source", "external_id", "named"),
    [
        ({"product": "EDR", "vendor": "SentinelOne"}, "19", "19"),
        ({"product": "STAR", "vendor": "SentinelOne"}, "19", "star-19"),
        ({"product": "EDR", "vendor": "SentinelOne"}, None, ""),
        ({"product": "EDR", "vendor": "Another"}, "19", ""),
        ({"product": "Identity", "vendor": "SentinelOne"}, "19", ""),
        ({"product": None, "vendor": None}, "19", ""),
        (None, "19", ""),
    ],
)
def test_only_what_has_a_list_of_its_own_is_a_second_view(source, external_id, named):
    record = UNIFIED | {"detectionSource": source, "externalId": external_id}
    assert unified.unified_alert(record)["redirected_to"] == named


def test_a_change_of_status_is_told_to_the_microsecond():
    record = {
        "id": "1",
        "activityType": 2028,
        "threatId": "19",
        "createdAt": "2025-03-02T08:00:00.000007Z",
        "data": {"oldIncidentStatus": "unresolved", "newIncidentStatus": "in_progress", "username": "kim"},
    }
    assert alerts.activity(record) == {
        "alert_id": "19",
        "occurred_at": at(8, 0, 0, 7),
        "old_status": "new",
        "new_status": "in_progress",
        "actor": "kim",
    }
    for lacking in ({"threatId": None}, {"data": {}}, {"createdAt": None}):
        with pytest.raises(SkipRecord):
            alerts.activity(record | lacking)


def test_an_agent_is_a_device():
    assert estate.agent(AGENT) == {
        "customer_id": "17",
        "hostname": "ACME-LT-07",
        "serial": "PF3ABCD",
        "agent_uuid": "ab12",
        "azure_device_id": "",
        "mac_addresses": "aa:bb:cc:00:11:22",
        "os_name": "Windows 11 Pro",
        "os_version": "22631",
        "kind": "laptop",
        "agent_version": "24.2.3.471",
        "health": "connected",
        "is_active": True,
        "is_excluded": False,
        "merged_into": "",
        "first_seen_at": datetime(2024, 1, 1, tzinfo=UTC),
        "last_seen_at": at(8, 0, 0, 123456),
        "last_updated_at": at(8, 0, 1),
    }


@pytest.mark.parametrize("word", ["isDecommissioned", "isUninstalled"])
def test_an_agent_out_of_service_is_excluded(word):
    assert estate.agent(AGENT | {word: True})["is_excluded"]


def test_a_site_hangs_on_its_account():
    record = {
        "id": "17",
        "accountId": "16",
        "name": "Acme",
        "externalId": "42",
        "state": "expired",
        "isDefault": True,
    }
    site, account = estate.customer("accountId")(record), estate.customer("")(record)
    assert site == {
        "name": "Acme",
        "parent_id": "16",
        "crm_id": "42",
        "state": "expired",
        "is_default": True,
        "ends_at": None,
    }
    assert account == site | {"parent_id": ""}


@pytest.mark.parametrize(
    ("actions", "contained"),
    [
        ([], None),
        (None, None),
        ([{"action": "kill", "status": "failed", "mitigationEndedAt": "2025-03-02T08:00:00Z"}], None),
        ([{"action": "rollback", "status": "success", "mitigationEndedAt": "2025-03-02T08:00:00Z"}], None),
        (
            [
                {"action": "quarantine", "status": "success", "mitigationEndedAt": "2025-03-02T08:02:00Z"},
                {"action": "kill", "status": "success", "mitigationEndedAt": "2025-03-02T08:01:00Z"},
                {"action": "kill", "status": "pending", "mitigationEndedAt": "2025-03-02T08:00:00Z"},
            ],
            at(8, 1),
        ),
    ],
)
def test_contained_is_when_it_was_first_stopped(actions, contained):
    assert alerts.threat(THREAT | {"mitigationStatus": actions})["contained_at"] == contained


def test_what_is_absent_null_or_of_another_kind_is_no_trouble():
    bare = {"id": "1", "threatInfo": {"createdAt": "2025-03-02T08:00:00Z", "updatedAt": None}}
    row = alerts.threat(
        bare | {"agentDetectionInfo": None, "agentRealtimeInfo": [], "mitigationStatus": "mitigated"}
    )
    assert (row["detected_at"], row["last_updated_at"]) == (at(8), at(8))
    assert (row["customer_id"], row["host_name"], row["status"]) == ("", "", "new")
    assert list(row) == list(alerts.threat(THREAT))
    assert estate.agent({"id": "1"})["is_active"]


def test_a_site_that_is_only_known_of_the_present_has_to_do():
    moved = changed(THREAT, "agentDetectionInfo", siteId=None)
    assert alerts.threat(moved)["customer_id"] == "1700000000000000099"


def test_text_is_made_storable():
    row = alerts.threat(changed(THREAT, "threatInfo", threatName="a\0b" + "x" * 9_000))
    assert row["title"].startswith("abx")
    assert len(row["title"]) == 2_000


def test_times_that_never_were_are_none_and_no_times_are_refused():
    never = estate.agent(AGENT | {"lastActiveDate": "1970-01-01T00:00:00Z"})
    assert never["last_seen_at"] is None
    with pytest.raises(SkipRecord, match="identifiedAt is not a date"):
        alerts.threat(changed(THREAT, "threatInfo", identifiedAt="0000-13-45T99:00:00Z"))
    with pytest.raises(SkipRecord, match="identifiedAt is missing"):
        alerts.threat(THREAT | {"threatInfo": {}})
