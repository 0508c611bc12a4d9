"""Improvement projects of the past, and a spike that went away by itself: what was planted to be measured."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from .records import Company

# A topic, what was done about it, and the share of its tickets that no longer comes up at the treated clients.
PLANS = (
    ("disk-full", "Disks clean themselves up", 0.7),
    ("backup-failed", "Longer backup windows", 0.0),
    ("vpn", "Always-on VPN", 0.55),
)
WORK_DAYS = 25
FINISHED_AFTER = 0.5  # of the time simulated
SPIKE_TOPIC, SPIKE_FACTOR = "wifi", 3.0
SPIKE_DAYS_AGO = (35, 14)


@dataclass(frozen=True, slots=True)
class ImprovementProject:
    topic: str
    name: str
    started_at: datetime
    finished_at: datetime
    reduction: float
    company_ids: frozenset[int]  # the clients that got it


@dataclass(frozen=True, slots=True)
class Spike:
    """Weeks in which a topic came up more often for no lasting reason."""

    topic: str
    since: datetime
    until: datetime
    factor: float


def planned(begin: datetime, span: timedelta, companies: list[Company]) -> list[ImprovementProject]:
    """At every other client by size, so that there are others to compare them with."""
    by_size = sorted(companies, key=lambda company: (-company.size, company.id))
    treated = frozenset(company.id for company in by_size[::2])
    finished = begin + span * FINISHED_AFTER
    started = finished - timedelta(days=WORK_DAYS)
    return [
        ImprovementProject(topic, name, started, finished, reduction, treated)
        for topic, name, reduction in PLANS
    ]


def planned_spike(end: datetime) -> Spike:
    since, until = (end - timedelta(days=days) for days in SPIKE_DAYS_AGO)
    return Spike(SPIKE_TOPIC, since, until, SPIKE_FACTOR)


class Fate:
    """Whether a project kept a ticket from coming up; by chance of its own, so that nothing else is moved by it."""

    def __init__(self, projects: list[ImprovementProject], rng: random.Random) -> None:
        self._projects = {project.topic: project for project in projects}
        self._rng = rng

    def prevents(self, topic: str, company: Company, now: datetime) -> bool:
        project = self._projects.get(topic)
        if project is None or now < project.finished_at or company.id not in project.company_ids:
            return False
        return self._rng.random() < project.reduction
