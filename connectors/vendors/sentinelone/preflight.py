"""Tries each list of the console that the sync reads, and says what the API token lacks and when it ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connectors.base import Check
from connectors.errors import Missing, SyncProblem
from connectors.texts import moment
from connectors.vendors.sentinelone import unified
from connectors.vendors.sentinelone.answers import BadRequest, Forbidden
from connectors.vendors.sentinelone.client import ACCOUNTS, SITE_SCOPE, SentinelOne

ENDS_SOON = timedelta(days=30)
STAR = "cloud-detection/alerts"


@dataclass(frozen=True)
class Needed:
    """A list that is read."""

    name: Any
    path: str


NEEDED = (
    Needed(gettext_lazy("Accounts"), ACCOUNTS),
    Needed(gettext_lazy("Sites"), "sites"),
    Needed(gettext_lazy("Agents"), "agents"),
    Needed(gettext_lazy("Threats"), "threats"),
    Needed(gettext_lazy("Changes of status"), "activities"),
    Needed(gettext_lazy("Alerts of your own rules (STAR)"), STAR),
)


def preflight(client: SentinelOne) -> list[Check]:
    try:
        client.get("system/info", {})
    except Forbidden:
        pass  # which says that the token is known
    except SyncProblem as problem:
        return [Check(_("Sign in"), ok=False, message=str(problem))]
    return list(_checks(client))


def _checks(client: SentinelOne) -> Iterator[Check]:
    yield Check(_("Sign in"), ok=True)
    yield _token(client)
    scope = _scope(client)
    yield Check(_("Scope"), ok=True, message=_scope_in_words(client, scope))
    for needed in NEEDED:
        if needed.path != ACCOUNTS or scope != SITE_SCOPE:
            yield _list(client, needed)
    yield _unified_alerts(client)


def _token(client: SentinelOne) -> Check:
    name = _("API token")
    try:
        ends_at = moment({"expiresAt": client.token_expiry()}, "expiresAt")
    except SyncProblem:
        ends_at = None
    if ends_at is None:
        unknown = _(
            "The console does not tell when the token ends. Keep the date that was chosen when it was made."
        )
        return Check(name, ok=True, message=unknown)
    left = ends_at - timezone.now()
    said = {"day": date_format(timezone.localtime(ends_at)), "days": left.days}
    if left > ENDS_SOON:
        return Check(name, ok=True, message=_("It ends on %(day)s.") % said)
    soon = ngettext(
        "It ends on %(day)s, in %(days)d day. Make a new one in the console and enter it here before then.",
        "It ends on %(day)s, in %(days)d days. Make a new one in the console and enter it here before then.",
        left.days,
    )
    return Check(name, ok=False, message=soon % said)


def _scope(client: SentinelOne) -> str:
    """Empty where the console does not tell."""
    try:
        return client.scope()
    except SyncProblem:
        return ""


def _scope_in_words(client: SentinelOne, scope: str) -> str:
    try:
        sites = client.get("sites", {"limit": "1"})[0].total
    except SyncProblem:
        return ""
    if scope == SITE_SCOPE:
        words = ngettext(
            "The token's user is limited to %d site. Companies in other sites are not seen.",
            "The token's user is limited to %d sites. Companies in other sites are not seen.",
            sites,
        )
    else:
        words = ngettext("It sees %d site.", "It sees %d sites.", sites)
    return words % sites


def _list(client: SentinelOne, needed: Needed) -> Check:
    name = str(needed.name)
    try:
        client.get(needed.path, {"limit": "1"})
    except Missing as problem:
        if needed.path != STAR:
            return Check(name, ok=False, message=str(problem))
        return Check(name, ok=True, message=_("This console has none."))
    except SyncProblem as problem:
        return Check(name, ok=False, message=str(problem))
    return Check(name, ok=True)


def _unified_alerts(client: SentinelOne) -> Check:
    name = _("Unified alerts")
    try:
        client.ask_graph(unified.question((), None, "", 1))
    except (unified.GraphError, BadRequest, Missing):
        absent = _(
            "This console has none: the severity of threats is derived from what else is known of them."
        )
        return Check(name, ok=True, message=absent)
    except SyncProblem as problem:
        return Check(name, ok=False, message=str(problem))
    return Check(name, ok=True)
