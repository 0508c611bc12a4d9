"""Tries the sign-in, the discovery of customers, and what the sync reads of some of them; says what is missing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connectors.base import Check, Record
from connectors.errors import Missing, StopConnection, StopCustomer, SyncProblem
from connectors.http import Answer
from connectors.paging import several_ahead
from connectors.texts import decoded, moment, parts, text
from connectors.vendors.defender import certificate, claims
from connectors.vendors.defender.answers import Access
from connectors.vendors.defender.client import ALERTS, GRAPH, INCIDENTS, MACHINES, Defender

TRIED, AT_ONCE = 20, 4
SOON = timedelta(days=30)
ONE = {"$top": "1"}
PERMISSIONS = {
    ALERTS: "SecurityAlert.Read.All",
    INCIDENTS: "SecurityIncident.Read.All",
    MACHINES: "Machine.Read.All",
}


@dataclass
class Findings:
    """What came of trying one customer; put into words later, in the reader's own thread and language."""

    missing: list[str] = field(default_factory=list)  # permissions
    unlicensed: list[SyncProblem] = field(default_factory=list)
    problems: list[SyncProblem] = field(default_factory=list)
    is_other_tenant: bool = False


def preflight(client: Defender) -> list[Check]:
    try:
        client.graph.token(client.settings.tenant_id)
    except SyncProblem as problem:
        return [Check(_("Sign in"), ok=False, message=str(problem))]
    checks = [Check(_("Sign in"), ok=True), _keys(client)]
    try:
        records = [msgspec.json.decode(record) for record in client.customers().records]
    except SyncProblem as problem:
        return [*checks, Check(_("Customers"), ok=False, message=str(problem))]
    return [*checks, _discovery(records), *_customers(client, records[:TRIED]), *_rest(records)]


def _discovery(records: list[Record]) -> Check:
    if not records:
        none = _(
            "No customer was found. Accept partner relationships (GDAP) in Partner Center, or enter tenant ids."
        )
        return Check(_("Customers"), ok=False, message=none)
    found = ngettext("%d customer was found.", "%d customers were found.", len(records)) % len(records)
    return Check(_("Customers"), ok=True, message=found)


def _rest(records: list[Record]) -> list[Check]:
    rest = len(records) - TRIED
    if rest <= 0:
        return []
    message = ngettext(
        "%d more was not tried now. The sync says of each how it goes.",
        "%d more were not tried now. The sync says of each how it goes.",
        rest,
    )
    return [Check(_("Further customers"), ok=True, message=message % rest)]


def _customers(client: Defender, records: list[Record]) -> list[Check]:
    tried = several_ahead(lambda record: _try(client, record["tenantId"]), records, AT_ONCE)
    return [_check(record, findings()) for record, findings in tried]


def _try(client: Defender, tenant: str) -> Findings:
    findings = Findings()
    for path, permission in PERMISSIONS.items():
        try:
            _try_one(client, tenant, path, permission, findings)
        except Missing:
            continue  # no machines
        except StopCustomer as problem:
            listed = findings.unlicensed if problem.access == Access.NOT_LICENSED else findings.problems
            listed.append(problem)
            if problem.access == Access.NOT_CONSENTED:
                break  # nor will the others be
        except SyncProblem as problem:
            findings.problems.append(problem)
            if isinstance(problem, StopConnection):
                break
    return findings


def _try_one(client: Defender, tenant: str, path: str, permission: str, findings: Findings) -> None:
    api = client.endpoint if path == MACHINES else client.graph
    told = claims.of(api.token(tenant))
    findings.is_other_tenant |= told.tenant not in ("", tenant)
    if told.lacks(permission):
        findings.missing.append(permission)
    else:
        client.asking(tenant, path)(ONE)


def _check(record: Record, findings: Findings) -> Check:
    said = [str(problem) for problem in findings.problems]
    if findings.missing:
        said.append(
            _(
                "The app lacks %(permissions)s in this tenant. Add that to the app as an application permission, then "
                "have the tenant's administrator consent again."
            )
            % {"permissions": ", ".join(findings.missing)}
        )
    if findings.is_other_tenant:
        said.append(_("Microsoft gave a token of another tenant. Check the sign-in host."))
    said += _relationship(record)
    notes = [str(problem) for problem in findings.unlicensed] or [_("All that the sync reads can be read.")]
    name = text(record.get("displayName")) or record["tenantId"]
    return Check(name, ok=not said, message=" ".join(dict.fromkeys(said or notes)))


def _relationship(record: Record) -> list[str]:
    ends_at = moment(record, "endDateTime")
    if ends_at is None or record.get("extendsItself"):
        return []
    day = {"day": f"{ends_at:%Y-%m-%d}"}
    if ends_at <= timezone.now():
        return [
            _("The partner relationship (GDAP) ran out on %(day)s. Invite the customer to a new one.") % day
        ]
    if ends_at <= timezone.now() + SOON:
        return [_("The partner relationship (GDAP) ends on %(day)s. Renew it before.") % day]
    return []


def _keys(client: Defender) -> Check:
    """When the app's secret or certificate ends, so that it is replaced before."""
    pem = client.entra.secrets.get("certificate", "")
    name = _("Certificate") if pem else _("Client secret")
    try:
        ends_at = certificate.ends_at(pem) if pem else _secret_ends_at(client)
    except (SyncProblem, ValueError):
        ends_at = None
    if ends_at is None:
        unknown = _(
            "When it ends can't be seen here: the app would need Application.Read.All in your own tenant. Note the "
            "day yourself."
        )
        return Check(name, ok=True, message=unknown)
    words = (
        _("It ends on %(day)s.")
        if ends_at > timezone.now() + SOON
        else _("It ends on %(day)s: replace it before.")
    )
    return Check(name, ok=ends_at > timezone.now() + SOON, message=words % {"day": f"{ends_at:%Y-%m-%d}"})


def _secret_ends_at(client: Defender) -> datetime | None:
    """Microsoft shows of each secret how it begins."""
    settings, secret = client.settings, client.entra.secrets.get("client_secret", "")
    path = f"{GRAPH}applications(appId='{settings.client_id}')"
    app = client.graph.get(settings.tenant_id, path, _read, {"$select": "id,passwordCredentials"})
    kept = parts(app, "passwordCredentials")
    ours = [each for each in kept if text(each.get("hint")) and secret.startswith(text(each.get("hint")))]
    ends = [end for each in ours or kept if (end := moment(each, "endDateTime"))]
    return max(ends, default=None)


def _read(answer: Answer) -> dict[str, Any]:
    return decoded(answer.body, dict[str, Any], "Microsoft")
