"""Tries each part of ConnectWise that the sync needs, and says which permission is missing."""

from datetime import timedelta

import msgspec
from django.utils import timezone

from connectors.base import Check
from connectors.errors import StopConnection, SyncProblem
from connectors.vendors.connectwise.client import ConnectWise

ONE = {"pageSize": "1"}
LARGEST_SKEW = timedelta(minutes=5)

# What is read, and the permission of the API member's security role that allows it.
NEEDED = (
    ("Tickets", "service/tickets", "Service Desk > Service Tickets"),
    ("Time entries", "time/entries", "Time & Expense > Time Entry, and Finance > Billing View Time"),
    ("Agreements", "finance/agreements", "Finance > Agreements"),
    ("Companies", "company/companies", "Companies > Company Maintenance"),
    ("Members", "system/members", "System > Member Maintenance"),
    ("Boards", "service/boards", "System > Table Setup"),
    ("Priorities", "service/priorities", "System > Table Setup"),
    ("SLAs", "service/SLAs", "System > Table Setup"),
    ("Work types", "time/workTypes", "System > Table Setup"),
    ("Surveys", "service/surveys", "System > Table Setup"),
)


def preflight(client: ConnectWise) -> list[Check]:
    checks = [Check("Sign in", ok=True)]
    for name, path, permission in NEEDED:
        try:
            body = client.get(path, ONE).body
        except StopConnection as problem:
            return [Check("Sign in", ok=False, message=str(problem))]
        except SyncProblem as problem:
            message = f"{problem} The permission is {permission}: Inquire, All."
            checks.append(Check(name, ok=False, message=message))
            continue
        checks.append(_has_change_dates(name, body))
    return [*checks, _clock(client)]


def _has_change_dates(name: str, body: bytes) -> Check:
    """A role that hides _info leaves nothing to tell changes by."""
    records = msgspec.json.decode(body)
    if (
        records
        and not (records[0].get("_info") or {}).get("lastUpdated")
        and name in ("Tickets", "Time entries")
    ):
        return Check(
            name,
            ok=False,
            message="The records lack _info.lastUpdated, so changes can't be followed. The API member's role hides it.",
        )
    return Check(name, ok=True)


def _clock(client: ConnectWise) -> Check:
    theirs = client.get("service/boards", ONE).vendor_time
    skew = theirs - timezone.now() if theirs else timedelta()
    if abs(skew) <= LARGEST_SKEW:
        return Check("Clock", ok=True)
    minutes, side = round(abs(skew).total_seconds() / 60), "ahead" if skew > timedelta() else "behind"
    return Check(
        "Clock",
        ok=False,
        message=f"ConnectWise's clock is {minutes} minutes {side} of this server's. Syncing works; check both clocks.",
    )
