"""What Microsoft's records mean as rows: alerts, incidents, machines and customers."""

from datetime import UTC, datetime

import msgspec
import pytest

from connectors.base import Json
from connectors.vendors.defender import CONNECTOR, customers, rows

TENANT = "11111111-2222-3333-4444-555555555555"
OTHER = "99999999-2222-3333-4444-555555555555"
ALERT = {
    "@customer": TENANT,
    "id": "da-0001_1",
    "incidentId": "412",
    "status": "new",
    "severity": "high",
    "classification": None,
    "serviceSource": "microsoftDefenderForEndpoint",
    "title": "Suspicious script",
    "createdDateTime": "2025-03-02T08:00:02.0045113Z",
    "lastUpdateDateTime": "2025-03-02T08:10:00.5Z",
    "resolvedDateTime": None,
    "firstActivityDateTime": "2025-03-02T07:58:11Z",
}
RESOLVED = "2025-03-02T09:00:00Z"


def at(hour, minute=0, second=0, microsecond=0):
    return datetime(2025, 3, 2, hour, minute, second, microsecond, tzinfo=UTC)


def test_an_alert_is_read_as_the_vendor_means_it():
    row = rows.alert(ALERT)
    assert row["detected_at"] == at(8, 0, 2, 4511)
    assert row["last_updated_at"] == at(8, 10, 0, 500_000)
    assert row["occurred_at"] == at(7, 58, 11)
    assert row["vendor_resolved_at"] is None
    assert (row["severity"], row["severity_source"], row["vendor_severity"]) == ("high", "vendor", "high")
    assert (row["status"], row["verdict"], row["assigned_to"]) == ("new", "", "")
    assert (row["incident_id"], row["title"]) == (f"{TENANT}/412", "Suspicious script")
    assert row["product"] == "microsoftDefenderForEndpoint"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"status": "new"}, "new"),
        ({"status": "NEW"}, "new"),
        ({"status": "unknown"}, "new"),
        ({"status": None}, "new"),
        ({"status": "inProgress"}, "in_progress"),
        ({"status": "InProgress"}, "in_progress"),
        ({"status": "new", "assignedTo": "ann@msp.example"}, "in_progress"),
        ({"status": "new", "assignedTo": "Automation"}, "new"),
        ({"status": "resolved", "resolvedDateTime": RESOLVED}, "resolved"),
        ({"status": "somethingNewer"}, "new"),
        ({"status": "somethingNewer", "resolvedDateTime": RESOLVED}, "resolved"),
    ],
)
def test_whoever_takes_an_alert_has_seen_it(told, status):
    row = rows.alert(ALERT | told)
    assert row["status"] == status
    assert row["vendor_status"] == (told["status"] or "")


def test_a_reopened_alert_is_not_resolved_any_more():
    row = rows.alert(ALERT | {"status": "inProgress", "resolvedDateTime": RESOLVED})
    assert row["vendor_resolved_at"] is None
    assert rows.alert(ALERT | {"status": "resolved", "resolvedDateTime": RESOLVED})[
        "vendor_resolved_at"
    ] == at(9)


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("Informational", "informational"),
        ("LOW", "low"),
        ("medium", "medium"),
        ("high", "high"),
        ("unknown", "unknown"),
        ("unknownFutureValue", "unknown"),
        ("critical", "unknown"),
        (None, "unknown"),
    ],
)
def test_severities_are_the_vendors_own(word, severity):
    row = rows.alert(ALERT | {"severity": word})
    assert (row["severity"], row["vendor_severity"]) == (severity, word or "")


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        ("truePositive", "true_positive"),
        ("FalsePositive", "false_positive"),
        ("informationalExpectedActivity", "informational_expected_activity"),
        ("unknown", ""),
        (None, ""),
        ("unknownFutureValue", ""),
        ("aNewVerdict", "a_new_verdict"),
    ],
)
def test_a_verdict_is_told_in_words_that_vendors_share(word, verdict):
    assert rows.alert(ALERT | {"classification": word})["verdict"] == verdict


def test_the_primary_device_and_the_first_person_are_named():
    device = {"@odata.type": "#microsoft.graph.security.deviceEvidence"}
    evidence = [
        device | {"deviceDnsName": "no-id"},
        device | {"deviceDnsName": "second", "mdeDeviceId": "b2"},
        device | {"hostName": "main", "mdeDeviceId": "a1", "detailedRoles": ["PrimaryDevice"]},
        {"@odata.type": "#microsoft.graph.security.userEvidence", "userAccount": None},
        {"@odata.type": "#microsoft.graph.security.userEvidence", "userAccount": {"accountName": "ann"}},
        "odd",
    ]
    row = rows.alert(ALERT | {"evidence": evidence})
    assert (row["device_key"], row["host_name"], row["user_name"]) == ("a1", "main", "ann")
    row = rows.alert(ALERT | {"evidence": evidence[:2]})
    assert (row["device_key"], row["host_name"], row["user_name"]) == ("b2", "second", "")
    row = rows.alert(ALERT | {"evidence": None})
    assert (row["device_key"], row["host_name"], row["user_name"]) == ("", "", "")


INCIDENT = {
    "@customer": TENANT,
    "id": "412",
    "displayName": "Attack on two endpoints",
    "severity": "Medium",
    "createdDateTime": "2025-03-02T08:00:00Z",
    "lastUpdateDateTime": "2025-03-02T08:30:00Z",
}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("active", "new"),
        ("inProgress", "in_progress"),
        ("awaitingAction", "in_progress"),
        ("resolved", "resolved"),
        ("redirected", "resolved"),
        ("unknownFutureValue", "new"),
    ],
)
def test_an_incident_has_states_of_its_own(word, status):
    row = rows.incident(INCIDENT | {"status": word})
    assert (row["status"], row["vendor_status"], row["vendor_resolved_at"]) == (status, word, None)


def test_incidents_of_two_tenants_with_the_same_number_are_two():
    record = Json(b'{"id": "412", "lastUpdateDateTime": "2025-03-02T08:30:00Z"}')
    heads = [
        msgspec.json.decode(customers.stamped(record, each), type=rows.Incident) for each in (TENANT, OTHER)
    ]
    assert [head.key for head in heads] == [f"{TENANT}/412", f"{OTHER}/412"]


def test_an_incident_that_was_merged_names_the_one_that_took_over():
    row = rows.incident(INCIDENT | {"status": "redirected", "redirectIncidentId": "500"})
    assert (row["redirected_to"], row["incident_id"]) == (f"{TENANT}/500", f"{TENANT}/412")
    assert rows.incident(INCIDENT | {"redirectIncidentId": None})["redirected_to"] == ""


def test_a_stamp_leaves_the_record_as_it_was():
    for record in (b"{}", b'{ "a": 1}', b'{"id":"x","@odata.type":"y"}'):
        stamped = msgspec.json.decode(customers.stamped(Json(record), TENANT))
        assert stamped == {"@customer": TENANT} | msgspec.json.decode(record)
    assert bytes(customers.stamped(Json(b"7"), TENANT)) == b"7"


MACHINE = {
    "id": "a1",
    "computerDnsName": "acme-lt-07",
    "osPlatform": "Windows11",
    "version": "23H2",
    "healthStatus": "Active",
    "onboardingStatus": "Onboarded",
    "aadDeviceId": "AAAAAAAA-2222-3333-4444-555555555555",
    "firstSeen": "2025-01-01T00:00:00Z",
    "lastSeen": "2025-03-02T08:00:00.1234567Z",
    "ipAddresses": [
        {"macAddress": "0A1B2C3D4E5F", "type": "Ethernet"},
        {"macAddress": "00-11-22-33-44-55"},
        {"macAddress": None, "type": "SoftwareLoopback"},
        {"macAddress": "000000000000"},
    ],
}


def test_a_machine_is_read_as_the_vendor_means_it():
    row = rows.machine(MACHINE)
    assert (row["hostname"], row["os_name"], row["os_version"], row["kind"]) == (
        "acme-lt-07",
        "Windows11",
        "23H2",
        "",
    )
    assert row["azure_device_id"] == "aaaaaaaa-2222-3333-4444-555555555555"
    assert row["mac_addresses"] == "00:11:22:33:44:55,0a:1b:2c:3d:4e:5f"
    assert (row["is_active"], row["is_excluded"], row["merged_into"]) == (True, False, "")
    assert row["last_seen_at"] == at(8, 0, 0, 123_456)
    assert rows.machine(MACHINE | {"osPlatform": "WindowsServer2022"})["kind"] == "server"


@pytest.mark.parametrize(
    "told",
    [{"isExcluded": True}, {"isPotentialDuplication": True}, {"mergedIntoMachineId": "b2"}],
)
def test_a_machine_that_is_counted_elsewhere_is_excluded(told):
    assert rows.machine(MACHINE | told)["is_excluded"]


@pytest.mark.parametrize(
    ("told", "is_active"),
    [
        ({"healthStatus": "inactive"}, False),
        ({"healthStatus": "NoSensorData"}, False),
        ({"healthStatus": "ImpairedCommunication"}, True),
        ({"healthStatus": None}, True),
        ({"onboardingStatus": "CanBeOnboarded"}, False),
        ({"onboardingStatus": None}, True),
    ],
)
def test_a_machine_that_does_not_report_is_not_active(told, is_active):
    assert rows.machine(MACHINE | told)["is_active"] is is_active


def relationship(status="active", end="2027-01-01T00:00:00Z", tenant=TENANT, name="Acme", extends="PT0S"):
    customer = {"tenantId": tenant, "displayName": name} if tenant else None
    told = {"customer": customer, "status": status, "endDateTime": end, "autoExtendDuration": extends}
    return Json(msgspec.json.encode(told))


def listed(relationships, entered=()):
    records = [msgspec.json.decode(record) for record in customers.of_relationships(relationships, entered)]
    return {record["tenantId"]: rows.customer(record) for record in records}


def test_of_several_relationships_the_latest_end_counts():
    row = listed([relationship(end="2026-06-01T00:00:00Z"), relationship(end="2027-01-01T00:00:00Z")])[TENANT]
    assert (row["name"], row["state"], row["ends_at"]) == ("Acme", "active", datetime(2027, 1, 1, tzinfo=UTC))
    row = listed(
        [relationship(end="2026-06-01T00:00:00Z"), relationship("expired", end="2027-01-01T00:00:00Z")]
    )
    assert row[TENANT]["state"] == "active"


@pytest.mark.parametrize(
    ("status", "is_listed"),
    [
        ("active", True),
        ("Active", True),
        ("expiring", True),
        ("terminationRequested", True),
        ("expired", True),
        ("somethingNewer", True),
        ("terminated", False),
        ("approvalPending", False),
        ("created", False),
    ],
)
def test_a_relationship_that_ran_out_may_have_been_forgotten_but_one_that_was_ended_was_not(
    status, is_listed
):
    assert (TENANT in listed([relationship(status)])) is is_listed


def test_one_that_extends_itself_has_no_end_to_be_warned_of():
    row = listed([relationship(extends="P180D"), relationship(end="2028-01-01T00:00:00Z")])[TENANT]
    assert (row["state"], row["ends_at"]) == ("active, extends itself on 2027-01-01", None)


def test_tenants_that_were_entered_stand_beside_those_that_were_found():
    found = listed([relationship(), relationship(tenant=None)], [OTHER, TENANT])
    assert {tenant: row["name"] for tenant, row in found.items()} == {TENANT: "Acme", OTHER: ""}


def test_streams_come_in_the_order_in_which_they_build_on_each_other():
    assert [stream.name for stream in CONNECTOR.streams] == ["customers", "alerts", "incidents", "machines"]
    assert [stream.is_swept for stream in CONNECTOR.streams] == [True, False, False, True]
