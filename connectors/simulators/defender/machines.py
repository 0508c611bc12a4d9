"""Machines as Defender for Endpoint sends them."""

from ..grammar import Document
from ..world.security_records import Device
from .evidence import is_active
from .portal import Portal, build, external_ip, pascal, platform, version

EXPOSURES = ("Low", "Medium", "Low", "High")


def machines(portal: Portal) -> list[Document]:
    risks = portal.risks
    return [machine(portal, device, risks.get(device.id)) for device in portal.devices()]


def machine(portal: Portal, device: Device, risk: str | None) -> Document:
    joined = bool(device.id % 3)
    merged_into = portal.machine_id(device.merged_into) if device.merged_into else None
    excluded = device.id in portal.msp.excluded
    return {
        "id": portal.machine_id(device),
        "mergedIntoMachineId": merged_into,
        "isPotentialDuplication": merged_into is not None,
        "isExcluded": excluded,
        "exclusionReason": "OutOfScope" if excluded else None,
        "computerDnsName": device.hostname.lower(),
        "firstSeen": portal.clock.text(device.first_seen, device.id),
        "lastSeen": portal.clock.text(device.last_seen, device.id),
        "osPlatform": platform(device),
        "osVersion": None,
        "osProcessor": "arm64" if platform(device) == "macOS" else "x64",
        "version": version(device),
        "lastIpAddress": device.ip,
        "lastExternalIpAddress": external_ip(device),
        "agentVersion": f"10.8760.{build(device) or 0}.3880",
        "osBuild": build(device),
        "healthStatus": "Active" if is_active(portal, device) else "Inactive",
        "deviceValue": "High" if device.kind == "server" else "Normal",
        "rbacGroupId": 0,
        "rbacGroupName": None,
        "riskScore": pascal(risk) or "None",
        "exposureLevel": EXPOSURES[device.id % len(EXPOSURES)],
        "isAadJoined": joined,
        "aadDeviceId": portal.identity.guid(f"device {device.id}") if joined else None,
        "machineTags": ["Server"] if device.kind == "server" else [],
        "defenderAvStatus": "Updated",
        "onboardingStatus": "Onboarded",
        "osArchitecture": "64-bit",
        "managedBy": "Intune" if joined else "Unknown",
        "managedByStatus": "Unknown",
        "ipAddresses": [
            _address(device.ip, device.mac, "Ethernet"),
            _address("127.0.0.1", None, "SoftwareLoopback"),
        ],
        "vmMetadata": None,
    }


def _address(address: str, mac: str | None, kind: str) -> Document:
    plain = mac.replace(":", "").upper() if mac else None
    return {"ipAddress": address, "macAddress": plain, "type": kind, "operationalStatus": "Up"}
