"""Which projects the tickets of a topic support: for all clients, or for those where it stands out.

Pure. Each ticket counts for one of them: what a client has of its own is left out of the desk's, unless so many
clients have the same that theirs roll up into the desk's.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import ceil
from statistics import fmean

from insights.cases import WEEKS, Cases
from insights.evidence import Evidence, weigh
from insights.impact import shrunk_rate
from insights.models import Proposal

Scope, Status = Proposal.Scope, Proposal.Status
Key = tuple[str, int | None, int, str]  # scope, client, topic, archetype

ROLLS_UP_AT = 3
STANDS_OUT = 2.0  # times as many tickets as at other clients, once chance is taken out
FEWEST_OTHERS = 2  # clients to stand out from
FEWEST_OTHER_TICKETS = WEEKS  # below which a client is too small to be compared
# Once proposed, an idea lasts until it is clearly not supported any more: none comes and goes from week to week.
STILL = 0.6


@dataclass(frozen=True)
class Bar:
    """What 30 days have to bring before anything is proposed."""

    tickets: int
    requesters: int = 3
    days: int = 5

    def is_met(self, evidence: Evidence, is_standing: bool) -> bool:
        part = STILL if is_standing else 1.0
        return (
            evidence.recent_tickets >= ceil(part * self.tickets)
            and evidence.recent_requesters >= self.requesters
            and evidence.recent_days >= ceil(part * self.days)
        )


# Problems with ten tickets a month are to be found, and not every ticket is recognised.
DESK_BAR, CLIENT_BAR = Bar(tickets=7), Bar(tickets=4)


@dataclass(frozen=True)
class Idea:
    key: Key
    evidence: Evidence
    rate_shrinkage: float  # what of the tickets is to be expected again
    parts: tuple["Idea", ...] = ()  # those of clients that rolled up into this one

    @property
    def company(self) -> int | None:
        return self.key[1]


@dataclass
class Decided:
    """What has become of the proposals about a topic so far."""

    standing: set[Key] = field(default_factory=set)
    is_under_way: bool = False  # for all clients
    over: set[tuple[int | None, str]] = field(
        default_factory=set
    )  # rejected or measured, by client and archetype
    taken: set[int | None] = field(
        default_factory=set
    )  # clients whose tickets count for a project of their own

    def add(self, key: Key, status: str) -> None:
        scope, company, _topic, archetype = key
        if status == Status.PROPOSED:
            self.standing.add(key)
        elif status in (Status.REJECTED, Status.MEASURED):
            self.over.add((company, archetype))
        elif status != Status.WITHDRAWN:  # a person has taken it up, or put it off
            self.is_under_way |= scope == Scope.DESK
        if scope == Scope.CLIENT and status not in (Status.PROPOSED, Status.REJECTED, Status.WITHDRAWN):
            self.taken.add(company)

    def is_over(self, company: int | None, archetype: str) -> bool:
        """What was decided for all clients holds for each of them."""
        return bool({(company, archetype), (None, archetype)} & self.over)


@dataclass(frozen=True)
class Supply:
    """The tickets of a topic of which ideas may be made, and what has been decided about it."""

    topic: int
    archetype: str
    cases: Cases
    decided: Decided

    def ideas(self) -> list[Idea]:
        """One for the desk at most, and those of clients that stand by themselves."""
        if self.decided.is_under_way or self.decided.is_over(None, self.archetype):
            return []
        clients = list(self._of_clients())
        rolls_up = len(clients) >= ROLLS_UP_AT
        own = [] if rolls_up else clients
        desk = self._of_desk({idea.company for idea in own})
        if desk is None:
            return clients
        return [replace(desk, parts=tuple(clients)) if rolls_up else desk, *own]

    def _of_desk(self, left_out: set[int | None]) -> Idea | None:
        rest = {case.company for case in self.cases.of(self.topic)} - self.decided.taken - left_out
        evidence = weigh(self.cases, self.topic, rest)
        key = (str(Scope.DESK), None, self.topic, self.archetype)
        if not DESK_BAR.is_met(evidence, key in self.decided.standing):
            return None
        rates = [len(cases) / WEEKS for topic, cases in self.cases.of_topic.items() if topic != self.topic]
        return Idea(key, evidence, _again(evidence, rates)[1])

    def _of_clients(self) -> Iterable[Idea]:
        had = Counter(case.company for case in self.cases.of(self.topic))
        for company in sorted(company for company in had if company is not None):
            if company not in self.decided.taken and not self.decided.is_over(company, self.archetype):
                idea = self._of_client(company, had)
                yield from [idea] if idea else []

    def _of_client(self, company: int, had: Counter[int | None]) -> Idea | None:
        key = (str(Scope.CLIENT), company, self.topic, self.archetype)
        is_standing = key in self.decided.standing
        evidence = weigh(self.cases, self.topic, {company})
        others = self._at_others(company, had)
        if len(others) < FEWEST_OTHERS or not CLIENT_BAR.is_met(evidence, is_standing):
            return None
        rate, shrinkage = _again(evidence, others)
        at_least = (STILL if is_standing else 1.0) * STANDS_OUT * fmean(others)
        return Idea(key, evidence, shrinkage) if rate >= at_least else None

    def _at_others(self, company: int, had: Counter[int | None]) -> list[float]:
        """Tickets per week that this client would have if it were like each of the others, by their other tickets."""
        sizes = {one: number - had[one] for one, number in self.cases.client_tickets.items()}
        return [
            had[other] / WEEKS * sizes[company] / size
            for other, size in sorted(sizes.items(), key=str)
            if min(size, sizes[company]) >= FEWEST_OTHER_TICKETS
            and other not in {company, None, *self.decided.taken}
        ]


def _again(evidence: Evidence, others: list[float]) -> tuple[float, float]:
    """Tickets per week to be expected again, and as a part of those there were; never more than there were."""
    observed = sum(evidence.weekly_tickets) / WEEKS
    if not observed:
        return 0.0, 1.0
    rate = min(observed, shrunk_rate(evidence.weekly_tickets, [observed, *others]))
    return rate, round(rate / observed, 4)
