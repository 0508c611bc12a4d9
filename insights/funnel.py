"""How many improvement projects get how far, how long each step takes, and whether forecasts hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from insights.models import Proposal, ProposalEvent

Status = Proposal.Status
STEPS = (Status.PROPOSED, Status.ACCEPTED, Status.DONE, Status.MEASURED)


@dataclass(frozen=True)
class Step:
    status: str
    count: int
    share_of_previous: float | None  # of those that came as far as the step before
    share_of_all: float | None
    median_days: float | None  # since the step before

    @property
    def label(self) -> str:
        return str(Status(self.status).label)


@dataclass(frozen=True)
class Funnel:
    steps: list[Step]
    waiting: int  # for a decision
    snoozed: int
    rejected: int
    withdrawn: int
    acceptance_rate: float | None  # of those decided


def funnel(now: datetime) -> Funnel:
    """Of all projects ever proposed, a project for several clients counted once."""
    events = ProposalEvent.objects.filter(happened_at__lte=now, proposal__rolled_into=None)
    rows = events.order_by("happened_at", "id").values_list("proposal", "before", "after", "happened_on")
    return funnel_of(rows)


def funnel_of(events: Iterable[tuple[int, str, str, date]]) -> Funnel:
    """From proposal, status before and after, and day of each event, in their order."""
    reached: dict[int, dict[str, date]] = {}
    standing: dict[int, str] = {}
    for proposal, before, after, day in events:
        days = reached.setdefault(proposal, {Status.PROPOSED: day})
        if before != after:
            days[after] = day  # the last time: a first acceptance that was taken back led nowhere
        standing[proposal] = after
    _forget_what_was_taken_back(reached, standing)
    return _summed_up(list(reached.values()), list(standing.values()))


def _forget_what_was_taken_back(reached: dict[int, dict[str, date]], standing: dict[int, str]) -> None:
    """A project that waits for a decision again was not accepted; one that was called off was."""
    for proposal, status in standing.items():
        if status in (Status.PROPOSED, Status.SNOOZED, Status.WITHDRAWN):
            for later in STEPS[1:]:
                reached[proposal].pop(later, None)


def _summed_up(reached: list[dict[str, date]], standing: list[str]) -> Funnel:
    counts = [sum(status in days for days in reached) for status in STEPS]
    accepted, rejected = counts[1], standing.count(Status.REJECTED)
    rejected_outright = sum(
        status == Status.REJECTED and Status.ACCEPTED not in days
        for days, status in zip(reached, standing, strict=True)
    )
    return Funnel(
        steps=[_step(place, counts, reached) for place in range(len(STEPS))],
        waiting=standing.count(Status.PROPOSED),
        snoozed=standing.count(Status.SNOOZED),
        rejected=rejected,
        withdrawn=standing.count(Status.WITHDRAWN),
        acceptance_rate=_share(accepted, accepted + rejected_outright),
    )


def _step(place: int, counts: list[int], reached: list[dict[str, date]]) -> Step:
    status, before = STEPS[place], STEPS[max(0, place - 1)]
    taken = [(days[status] - days[before]).days for days in reached if status in days and before in days]
    return Step(
        status=status,
        count=counts[place],
        share_of_previous=_share(counts[place], counts[place - 1]) if place else None,
        share_of_all=_share(counts[place], counts[0]),
        median_days=float(median(taken)) if place and taken else None,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
