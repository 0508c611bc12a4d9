"""What devices and alerts are called: the same world always names them the same."""

import hashlib
import random
from datetime import UTC, datetime

from .records import Company
from .security_records import DeviceKind, SeenBy

EPOCH = datetime(2010, 11, 4, tzinfo=UTC)
SHORT = {"desktop": "PC", "laptop": "LT", "server": "SRV"}
SYSTEMS: dict[DeviceKind, tuple[tuple[str, str], ...]] = {
    "desktop": (
        ("Windows 11 Pro", "22631"),
        ("Windows 11 Pro", "26100"),
        ("Windows 10 Pro", "19045"),
    ),
    "laptop": (("Windows 11 Pro", "22631"), ("Windows 11 Pro", "26100"), ("macOS 15", "24D70")),
    "server": (
        ("Windows Server 2019", "17763"),
        ("Windows Server 2022", "20348"),
        ("Ubuntu 22.04", "5.15.0"),
    ),
}
CONSOLE_PREFIX = {"mde": "da", "office": "fa"}


def snowflake(seed: int, kind: str, number: int, moment: datetime) -> str:
    """Nineteen digits that grow with time, and are apart for each number of one kind."""
    milliseconds = int((moment - EPOCH).total_seconds() * 1000)
    start = int.from_bytes(hashlib.sha256(f"{seed} {kind}".encode()).digest()[:4])
    return str((milliseconds << 22) | (start + number) % 2**22)


def alert_reference(seed: int, number: int, seen_by: SeenBy, detected_at: datetime) -> str:
    """The number that one console gives it, or the prefixed hash of the other."""
    if seen_by == "edr":
        return snowflake(seed, "alert", number, detected_at)
    digest = hashlib.sha256(f"{seed} alert {number}".encode()).digest()
    digits = int.from_bytes(digest[:8]) % 10**18
    return f"{CONSOLE_PREFIX[seen_by]}{digits:018}_{int.from_bytes(digest[8:12]) - 2**31}"


def host_name(company: Company, kind: DeviceKind, number: int) -> str:
    return f"{company.identifier[:4]}{company.id}-{SHORT[kind]}-{number:02}"


def serial(rng: random.Random) -> str:
    return "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(7))


def mac(rng: random.Random) -> str:
    return ":".join(f"{octet:02x}" for octet in (0x02, *rng.randbytes(5)))
