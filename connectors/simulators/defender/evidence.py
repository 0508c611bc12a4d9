"""What an alert of Graph is about: devices, files, processes, people, mail; each names its type."""

from ..grammar import Document
from ..world.security_records import Alert, Device
from .portal import Portal, build, external_ip, file_path, kind_of, platform, version
from .verdicts import is_behaviour

NAMESPACE = "#microsoft.graph.security"
INACTIVE_DAYS = 7


def evidence(portal: Portal, alert: Alert) -> list[Document]:
    if alert.device:
        entity = _process if is_behaviour(alert) else _file
        return [_device(portal, alert, alert.device), entity(portal, alert), _user(portal, alert)]
    if alert.kind == "impossible-travel":
        return [_user(portal, alert), _address(portal, alert, "203.0.113.77")]
    if alert.kind == "phishing-mail":
        return [_mailbox(portal, alert), _message(portal, alert), _link(portal, alert)]
    return [_user(portal, alert), _mailbox(portal, alert)]


def is_active(portal: Portal, device: Device) -> bool:
    return not device.retired_at and (portal.world.now - device.last_seen).days < INACTIVE_DAYS


def _entity(portal: Portal, alert: Alert, kind: str, verdict: str = "suspicious") -> Document:
    return {
        "@odata.type": f"{NAMESPACE}.{kind}Evidence",
        "createdDateTime": portal.created_at(alert),
        "verdict": verdict,
        "remediationStatus": "remediated" if alert.is_mitigated else "none",
        "remediationStatusDetails": None,
        "roles": [],
        "detailedRoles": [],
        "tags": [],
    }


def _device(portal: Portal, alert: Alert, device: Device) -> Document:
    return _entity(portal, alert, "device") | {
        "detailedRoles": ["PrimaryDevice"],
        "firstSeenDateTime": portal.clock.text(device.first_seen, device.id),
        "mdeDeviceId": portal.machine_id(device),
        "azureAdDeviceId": portal.identity.guid(f"device {device.id}") if device.id % 3 else None,
        "deviceDnsName": device.hostname.lower(),
        "hostName": device.hostname.lower(),
        "ntDomain": None,
        "dnsDomain": None,
        "osPlatform": platform(device),
        "osBuild": build(device),
        "version": version(device),
        "healthStatus": "active" if is_active(portal, device) else "inactive",
        "riskScore": portal.risks.get(device.id, "none"),
        "rbacGroupId": 0,
        "rbacGroupName": None,
        "onboardingStatus": "onboarded",
        "defenderAvStatus": "updated",
        "lastIpAddress": device.ip,
        "lastExternalIpAddress": external_ip(device),
        "ipInterfaces": [device.ip, "127.0.0.1"],
        "vmMetadata": None,
        "loggedOnUsers": [{"accountName": device.user, "domainName": device.hostname.upper()}],
        "resourceAccessEvents": [],
    }


def _file(portal: Portal, alert: Alert) -> Document:
    device = alert.device
    assert device
    return _entity(portal, alert, "file", "malicious") | {
        "detectionStatus": "prevented" if alert.is_mitigated else "detected",
        "mdeDeviceId": portal.machine_id(device),
        "fileDetails": _details(portal, alert),
    }


def _process(portal: Portal, alert: Alert) -> Document:
    device = alert.device
    assert device
    folder, name = file_path(alert)
    return _entity(portal, alert, "process") | {
        "processId": 4000 + alert.id % 9000,
        "parentProcessId": 1000 + alert.id % 900,
        "processCommandLine": f'"{folder}\\{name}"',
        "processCreationDateTime": portal.clock.text(alert.occurred_at),
        "parentProcessCreationDateTime": portal.clock.text(alert.occurred_at),
        "detectionStatus": "detected",
        "mdeDeviceId": portal.machine_id(device),
        "imageFile": _details(portal, alert),
        "parentProcessImageFile": None,
        "userAccount": _account(portal, alert),
    }


def _details(portal: Portal, alert: Alert) -> Document:
    folder, name = file_path(alert)
    return {
        "sha1": portal.identity.file_hash(alert.kind, 40),
        "sha256": portal.identity.file_hash(alert.kind, 64),
        "md5": portal.identity.file_hash(alert.kind, 32),
        "sha256Ac": None,
        "fileName": name,
        "filePath": folder,
        "fileSize": 1000 * len(name) + 24,
        "filePublisher": None,
        "signer": None,
        "issuer": None,
    }


def _user(portal: Portal, alert: Alert) -> Document:
    return _entity(portal, alert, "user") | {"stream": None, "userAccount": _account(portal, alert)}


def _account(portal: Portal, alert: Alert) -> Document:
    name = portal.user(alert)
    account, _, domain = name.partition("@")
    return {
        "accountName": account,
        "domainName": domain.partition(".")[0],
        "userSid": f"S-1-5-21-1004336348-1177238915-682003330-{1000 + alert.id % 500}",
        "azureAdUserId": portal.identity.guid(f"user {name}"),
        "userPrincipalName": name,
        "displayName": account.replace(".", " ").title(),
    }


def _address(portal: Portal, alert: Alert, address: str) -> Document:
    place = {"countryLetterCode": "RO", "location": None, "stream": None}
    return _entity(portal, alert, "ip") | {"ipAddress": address, **place}


def _mailbox(portal: Portal, alert: Alert) -> Document:
    account = _account(portal, alert)
    named = {"displayName": account["displayName"], "primaryAddress": account["userPrincipalName"]}
    return _entity(portal, alert, "mailbox") | {
        **named,
        "upn": named["primaryAddress"],
        "userAccount": account,
    }


def _message(portal: Portal, alert: Alert) -> Document:
    sender = {"emailAddress": "billing@parcel-notice.example", "displayName": "Billing", "domainName": None}
    return _entity(portal, alert, "analyzedMessage", "malicious") | {
        "networkMessageId": portal.identity.guid(f"message {alert.id}"),
        "internetMessageId": f"<{alert.id}@parcel-notice.example>",
        "subject": kind_of(alert).title,
        "language": "en",
        "senderIp": "203.0.113.90",
        "recipientEmailAddress": portal.user(alert),
        "antiSpamDirection": "inbound",
        "deliveryAction": "delivered",
        "deliveryLocation": "inbox",
        "urn": f"urn:MailEntity:{alert.id}",
        "threats": ["Phish"],
        "threatDetectionMethods": [],
        "urls": ["https://parcel-notice.example/track"],
        "urlCount": 1,
        "attachmentsCount": 0,
        "receivedDateTime": portal.clock.text(alert.occurred_at),
        "p1Sender": sender,
        "p2Sender": sender,
    }


def _link(portal: Portal, alert: Alert) -> Document:
    return _entity(portal, alert, "url", "malicious") | {"url": "https://parcel-notice.example/track"}
