"""Improvement projects for a client or that include it: what they are, how far they are and what they brought."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from insights import verdicts
from insights.models import ProjectMeasurement, Proposal
from insights.proposal_numbers import hours

Status = Proposal.Status
DECIDED = (Status.ACCEPTED, Status.IN_PROGRESS, Status.DONE, Status.MEASURED)
SHOWN_STATUSES = (Status.PROPOSED, Status.SNOOZED, *DECIDED)
SHOWN = 12


@dataclass(frozen=True)
class Project:
    name: str
    is_own: bool  # else for several clients, this one among them
    status: str
    saves: str  # a month, as promised
    verdict: str
    tone: str
    effect: str
    url: str


def projects(company: int, topics: Iterable[str]) -> list[Project]:
    """Decided ones first. One for all clients counts as long as this one has tickets of its topic."""
    of_all = Q(company=None) & (
        Q(baseline__treated__companies__contains=company)
        | Q(baseline=None, topic__in=[int(topic) for topic in topics])
    )
    rows = (
        Proposal.objects.filter(Q(company=company) | of_all, status__in=SHOWN_STATUSES, rolled_into=None)
        .select_related("baseline")
        .order_by("-net_value_p10", "id")
    )
    found = sorted(rows, key=lambda row: row.status not in DECIDED)[:SHOWN]
    measured = _last_measurements(found)
    return [_project(row, measured.get(row.pk)) for row in found]


def _last_measurements(rows: Iterable[Proposal]) -> dict[int, ProjectMeasurement]:
    last = ProjectMeasurement.objects.filter(proposal__in=[row.pk for row in rows])
    return {one.proposal_id: one for one in last.order_by("measured_on")}


def _project(row: Proposal, measured: ProjectMeasurement | None) -> Project:
    verdict = ProjectMeasurement.Verdict(measured.verdict) if measured else None
    return Project(
        name=row.name,
        is_own=row.company is not None,
        status=row.get_status_display(),
        saves=hours(float(row.saved_minutes_per_month) / 60),
        verdict=str(verdict.label) if verdict else "",
        tone=verdicts.TONES.get(verdict, "") if verdict else "",
        effect=_effect(measured),
        url=reverse("admin:insights_proposal_change", args=[row.pk]),
    )


def _effect(measured: ProjectMeasurement | None) -> str:
    """The change of tickets with its interval, as far as it was measured."""
    told: dict[str, Any] = dict(verdicts.reductions(measured)) if measured else {}
    return str(told.get(_("Fewer tickets"), ""))
