"""The demo's past: three projects that its MSPs proposed, accepted and finished, and what was measured since.

Told by the same functions that a running deployment calls, only with moments of the past.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import Min

from config import embedded
from connectors.models import RawTicket
from insights import measure, propose, workflow
from insights.models import Proposal, TopicRegistry
from insights.topics import assignment, bootstrap, review
from tenants.roles import Role

PROJECTS = embedded.var_dir() / "simulator" / "projects.json"
HISTORY_NEEDED = timedelta(days=150)  # before anything can be proposed
DECIDED_BEFORE_START = timedelta(days=14)
# What each simulated project is in our words.
ARCHETYPES = {
    "disk-full": "disk_housekeeping",
    "backup-failed": "backup_remediation",
    "vpn": "remote_access",
}
COST_PLANNED, COST_SPENT, HOURS_SPENT = Decimal(1500), Decimal(1650), Decimal(22)


@dataclass(frozen=True)
class PastProject:
    topic: str
    started_at: datetime
    finished_at: datetime
    company_ids: frozenset[int]


def tell(projects: list[PastProject], now: datetime) -> None:
    """Topics, proposals and measurements up to now; a demo that continues only adds what is new."""
    if not TopicRegistry.objects.exists():
        _begin(projects, now)
    assignment.assign(now)
    review.find_candidates(now)
    propose.propose(now)
    measure.measure(now)


def _begin(projects: list[PastProject], now: datetime) -> None:
    decided_at = min(project.started_at for project in projects) - DECIDED_BEFORE_START
    first = RawTicket.objects.aggregate(first=Min("opened_at"))["first"]
    if first is None or first + HISTORY_NEEDED > decided_at:
        bootstrap.bootstrap(now)
        return
    if bootstrap.bootstrap(decided_at):
        assignment.assign(decided_at)
        propose.propose(decided_at)
        for project in projects:
            _carry_out(project, decided_at)


def _carry_out(project: PastProject, decided_at: datetime) -> None:
    wanted = {"scope": Proposal.Scope.DESK, "archetype": ARCHETYPES[project.topic]}
    proposal = Proposal.objects.filter(**wanted, status=Proposal.Status.PROPOSED).first()
    if proposal is None:
        return
    manager = User.objects.get(username=str(Role.MANAGER))
    start, end = project.started_at.date(), project.finished_at.date()
    planned = {"owner": manager, "planned_start": start, "planned_end": end, "planned_cost": COST_PLANNED}
    workflow.accept(proposal, manager, decided_at, companies=project.company_ids, **planned)
    workflow.start(proposal, manager, project.started_at, started_on=start)
    workflow.finish(
        proposal,
        manager,
        project.finished_at,
        finished_on=end,
        actual_cost=COST_SPENT,
        actual_hours=HOURS_SPENT,
    )


def past_projects(schema: str) -> list[PastProject]:
    told = json.loads(PROJECTS.read_text())[schema]
    return [
        PastProject(
            project["topic"],
            datetime.fromisoformat(project["started_at"]).astimezone(UTC),
            datetime.fromisoformat(project["finished_at"]).astimezone(UTC),
            frozenset(project["company_ids"]),
        )
        for project in told
    ]
