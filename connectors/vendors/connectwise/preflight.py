"""Tries each part of ConnectWise that the sync needs, and says which permission is missing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base import Check
from connectors.errors import Missing, StopConnection, SyncProblem
from connectors.vendors.connectwise.client import ConnectWise

ONE = {"pageSize": "1"}
LARGEST_SKEW = timedelta(minutes=5)
TICKETS, BOARDS = "service/tickets", "service/boards"


@dataclass(frozen=True)
class Needed:
    """What is read, and the permission of the API member's security role that allows it.

    The `parts` hang on a record, by its id: they can be tried where there is one.
    """

    name: Any
    path: str
    permission: str
    has_change_dates: bool = False
    parts: tuple[str, ...] = ()


TABLE_SETUP = "System > Table Setup"
NEEDED = (
    Needed(
        gettext_lazy("Tickets"),
        TICKETS,
        "Service Desk > Service Tickets",
        has_change_dates=True,
        parts=("notes",),
    ),
    Needed(
        gettext_lazy("Time entries"),
        "time/entries",
        "Time & Expense > Time Entry + Finance > Billing View Time",
        has_change_dates=True,
    ),
    Needed(
        gettext_lazy("Agreements"),
        "finance/agreements",
        "Finance > Agreements",
        has_change_dates=True,
        parts=(
            *("worktypes", "workroles", "workTypeExclusions", "workRoleExclusions"),
            *("boardDefaults", "additions"),
        ),
    ),
    Needed(
        gettext_lazy("Companies"),
        "company/companies",
        "Companies > Company Maintenance",
        has_change_dates=True,
    ),
    Needed(gettext_lazy("Members"), "system/members", "System > Member Maintenance", has_change_dates=True),
    Needed(gettext_lazy("Boards"), BOARDS, TABLE_SETUP, parts=("statuses", "types")),
    Needed(gettext_lazy("Priorities"), "service/priorities", TABLE_SETUP),
    Needed(gettext_lazy("SLAs"), "service/SLAs", TABLE_SETUP),
    Needed(gettext_lazy("Work types"), "time/workTypes", TABLE_SETUP),
    Needed(gettext_lazy("Work roles"), "time/workRoles", TABLE_SETUP),
    Needed(gettext_lazy("Charge codes"), "time/chargeCodes", TABLE_SETUP),
    Needed(gettext_lazy("Surveys"), "service/surveys", TABLE_SETUP, parts=("questions", "results")),
)


def preflight(client: ConnectWise) -> list[Check]:
    try:
        checks = [_check(client, needed) for needed in NEEDED]
        return [Check(_("Sign in"), ok=True), *checks, _audit_trail(client), _clock(client)]
    except StopConnection as problem:
        return [Check(_("Sign in"), ok=False, message=str(problem))]


def _check(client: ConnectWise, needed: Needed) -> Check:
    records, problem = _records(client, needed.path)
    for part in needed.parts if records else ():
        refused = _records(client, f"{needed.path}/{records[0]['id']}/{part}")[1]
        # Not every version has every part; the sync takes what is not there for empty.
        problem = problem or (None if isinstance(refused, Missing) else refused)
    message = ""
    if problem:
        said = {"problem": problem, "permission": needed.permission}
        message = _("%(problem)s The permission is %(permission)s: Inquire, All.") % said
    elif needed.has_change_dates and records and not (records[0].get("_info") or {}).get("lastUpdated"):
        message = _(
            "The records lack _info.lastUpdated, so changes can't be followed. The API member's role hides it."
        )
    return Check(str(needed.name), ok=not message, message=message)


def _audit_trail(client: ConnectWise) -> Check:
    """It is asked for per ticket, so there has to be one that can be read."""
    tickets, problem = _records(client, TICKETS)
    if not tickets:
        message = _("It could not be tried, because no ticket can be read yet. Test again when there is one.")
        return Check(_("Audit trail"), ok=problem is None, message=message)
    _trail, problem = _records(client, "system/audittrail", type="Ticket", id=str(tickets[0]["id"]))
    message = _(
        "%(problem)s This is the Audit Trail tab of a ticket. Without it, reopened and reassigned tickets are "
        "noticed only from sync to sync, and not at all from before the first one. Allow it in the role of the API "
        "member; if no entry of the role names the audit trail, ask ConnectWise's support which one opens "
        "system/audittrail."
    )
    return Check(_("Audit trail"), ok=not problem, message=message % {"problem": problem} if problem else "")


def _clock(client: ConnectWise) -> Check:
    try:
        theirs = client.get(BOARDS, ONE).vendor_time
    except SyncProblem:
        theirs = None
    skew = theirs - timezone.now() if theirs else timedelta()
    if abs(skew) <= LARGEST_SKEW:
        return Check(_("Clock"), ok=True)
    minutes = round(abs(skew).total_seconds() / 60)
    if skew > timedelta():
        fast = _(
            "ConnectWise's clock is %d minutes ahead of this server's. Syncing works; check both clocks."
        )
        return Check(_("Clock"), ok=False, message=fast % minutes)
    slow = _("ConnectWise's clock is %d minutes behind this server's. Syncing works; check both clocks.")
    return Check(_("Clock"), ok=False, message=slow % minutes)


def _records(
    client: ConnectWise, path: str, **params: str
) -> tuple[list[dict[str, Any]], SyncProblem | None]:
    """The first of a list, or why it can't be read; what concerns the whole connection is raised."""
    try:
        return msgspec.json.decode(client.get(path, ONE | params).body), None
    except StopConnection:
        raise
    except SyncProblem as problem:
        return [], problem
