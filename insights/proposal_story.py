"""What the page of an improvement project tells: its case, its numbers, what became of it, and what may happen next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.words import said
from connectors.admin.lists import link
from connectors.models import RawTicket
from insights import proposal_numbers as numbers
from insights import verdicts
from insights.board.evidence import rows_of
from insights.impact_chart import chart
from insights.models import ProjectBaseline, Proposal, ProposalEvent
from kpis import names
from kpis.cards import number
from kpis.decisions import assignees
from kpis.told_evidence import Table
from tenants.models import TenantSettings

Kind, Status = ProposalEvent.Kind, Proposal.Status
SHOWN_TICKETS = 12


@dataclass(frozen=True)
class Told:
    """An event in words."""

    happened_at: datetime
    who: str
    what: Any
    detail: str


def story(proposal: Proposal) -> dict[str, Any]:
    forecast = numbers.forecast_of(proposal)
    events = list(proposal.events.order_by("-happened_at", "-id"))
    return {
        "proposal": proposal,
        "headline": numbers.headline(forecast) if forecast else "",
        "kind": numbers.kind_of(proposal, get_language() or "en"),
        "source": source_said(proposal),
        "beneficiary": numbers.beneficiary(forecast, proposal),
        "time_bars": numbers.time_bars(forecast) if forecast else [],
        "money_bars": numbers.money_bars(forecast) if forecast else [],
        "lines": numbers.lines(forecast) if forecast else [],
        "rests_on": numbers.rests_on(proposal, forecast),
        "evidence": evidence_tables(proposal),
        "parts": _parts(proposal),
        "may_spend": proposal.status in (Status.IN_PROGRESS, Status.DONE, Status.MEASURED),
        "project_ticket": _project_ticket(proposal),
        "assignees": assignees(),
        "currency": TenantSettings.load().currency,
        "comments": [event for event in reversed(events) if event.kind == Kind.COMMENTED],
        "history": [_told(event) for event in events if event.kind != Kind.COMMENTED],
    } | effect(proposal)


def source_said(proposal: Proposal) -> str:
    if proposal.source == Proposal.Source.MODEL:
        return _("Worded by a language model; all numbers are computed.")
    return _("From a playbook; all numbers are computed.")


def effect(proposal: Proposal) -> dict[str, Any]:
    """What was frozen, and what was measured since."""
    baseline = ProjectBaseline.objects.filter(proposal=proposal).first()
    if baseline is None or proposal.status in (Status.PROPOSED, Status.SNOOZED, Status.WITHDRAWN):
        return {}
    last = proposal.measurements.last()
    told = verdicts.told(last, baseline, proposal.planned_cost) if last else {"chart": chart(baseline, None)}
    return told | {"baseline": baseline, "frozen": frozen_said(baseline)}


def frozen_said(baseline: ProjectBaseline) -> list[tuple[str, str]]:
    """For the page, and before the acceptance for who is about to accept."""
    companies = names.companies(baseline.treated["companies"])
    clients = ", ".join(companies.get(one, f"#{one}") for one in baseline.treated["companies"])
    tickets = number(baseline.tickets_per_week, 1)
    rows = [
        (_("Clients that get it"), clients),
        (_("Weeks before"), f"{said(baseline.since)} – {said(baseline.until)}"),
        (_("Tickets a week, to be expected without it"), tickets),
        (_("Hours a month, to be expected without it"), numbers.hours(baseline.hours_per_month)),
        (_("Comparison"), _controls_said(baseline)),
        (_("Judged"), _judged_said(baseline)),
    ]
    if baseline.design != ProjectBaseline.Design.NONE:
        rows.append((_("Smallest reduction that would be noticed"), _noticed(baseline)))
    return rows


def _controls_said(baseline: ProjectBaseline) -> str:
    return (
        f"{baseline.get_design_display()}: {len(baseline.controls)}"
        if baseline.controls
        else str(baseline.get_design_display())
    )


def _judged_said(baseline: ProjectBaseline) -> str:
    if baseline.measure_on:
        return str(said(baseline.measure_on))
    return _("%s weeks after the project's end") % baseline.weeks_to_measure


def _noticed(baseline: ProjectBaseline) -> str:
    promised = numbers.percent(baseline.treated.get("promised_reduction"))
    if baseline.detectable_reduction is None:
        return _("none: there are too few tickets")
    return _("%(noticed)s; promised are %(promised)s") % {
        "noticed": numbers.percent(baseline.detectable_reduction),
        "promised": promised,
    }


def evidence_tables(proposal: Proposal) -> list[Table]:
    tables = [
        (_("Tickets that speak for it"), "for", proposal.evidence.get("tickets", [])),
        (_("Tickets that speak against it"), "against", proposal.evidence.get("counter", [])),
    ]
    page = reverse("admin:board_evidence", args=[proposal.pk])
    return [_tickets(title, ids, f"{page}?stance={stance}") for title, stance, ids in tables if ids]


def _tickets(title: str, ids: Sequence[Sequence[int]], all_of_them: str) -> Table:
    shown = rows_of((source, ticket) for source, ticket in ids[:SHOWN_TICKETS])
    return Table(
        title=title,
        columns=[_("Ticket"), _("Status"), _("Opened")],
        rows=[[_link(row), row.status_name, said(row.opened_at)] for row in shown.values()],
        all_of_them=all_of_them,
    )


def _link(row: RawTicket) -> str:
    return link(
        reverse("admin:connectors_rawticket_change", args=[row.pk]), row.summary or f"#{row.external_id}"
    )


def _parts(proposal: Proposal) -> list[Proposal]:
    parts = list(proposal.parts.all()) if proposal.company is None else []
    clients = names.companies(part.company for part in parts)
    for part in parts:
        part.client = clients.get(part.company or 0, f"#{part.company}")  # type: ignore[attr-defined]
    return parts


def _project_ticket(proposal: Proposal) -> str:
    if proposal.project_ticket_id is None:
        return ""
    row = RawTicket.objects.filter(external_id=proposal.project_ticket_id).first()
    return _link(row) if row else f"#{proposal.project_ticket_id}"


def _told(event: ProposalEvent) -> Told:
    labels = {str(value): str(label) for value, label in Status.choices}
    before, after = labels.get(event.before, event.before), labels.get(event.after, event.after)
    change = f"{before} → {after}" if before and before != after else after
    if event.kind == Kind.PLANNED:
        change = _planned(event.snapshot.get("changed", {}))
    detail = f"{change}: {event.text}" if event.text else change
    return Told(event.happened_at, event.username, Kind(event.kind).label, detail)


def _planned(changed: dict[str, list[str]]) -> str:
    words = plan_words()
    return "; ".join(
        f"{words.get(name, name)}: {was or '–'} → {now or '–'}" for name, (was, now) in changed.items()
    )


def plan_words() -> dict[str, str]:
    return {
        "owner": _("Owner"),
        "planned_start": _("Planned start"),
        "planned_end": _("Planned end"),
        "planned_cost": _("Planned cost"),
        "actual_cost": _("Cost in all"),
        "actual_hours": _("Hours worked on it"),
        "project_ticket_id": _("Ticket of the project"),
    }
