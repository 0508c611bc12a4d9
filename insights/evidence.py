"""What a topic's tickets are worth as evidence: how many, of how many people, how much work, and for whom.

An outsider can send as many tickets as he likes, so one requester counts for a fifth at most; the excess counts
neither as tickets nor as hours.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from statistics import median
from typing import Any

from insights.cases import WEEKS, Case, Cases, gather
from insights.described import Ticket

MOST_OF_ONE_REQUESTER = 0.2
MOST_SHOWN = 50


@dataclass(frozen=True)
class Evidence:
    tickets: int  # core tickets in sixteen weeks, all of them
    counted_tickets: float  # of these, without what one requester has too many of
    recent_tickets: int  # counted in the last 30 days
    recent_requesters: int  # people, or devices where monitoring speaks
    recent_days: int
    requesters: int
    clients: int
    companies: tuple[int | None, ...]  # whose tickets these are; None is nobody's
    is_from_monitoring: bool
    tickets_without_time: int
    typical_minutes: float | None  # median of tickets with time; for show, no number rests on it
    weekly_tickets: tuple[float, ...]
    weekly_hours: tuple[float, ...]
    charged_share: float  # of the hours, what clients pay by the hour
    newest: tuple[Ticket, ...]
    all_tickets: frozenset[Ticket]

    def as_json(self) -> dict[str, Any]:
        """Without the tickets, which are shown beside those that a description cites."""
        return {
            "all_tickets": self.tickets,
            "ignored_tickets": round(self.tickets - self.counted_tickets),
            "recent_tickets": self.recent_tickets,
            "recent_requesters": self.recent_requesters,
            "recent_days": self.recent_days,
            "requesters": self.requesters,
            "clients": self.clients,
            "companies": list(self.companies),
            "is_from_monitoring": self.is_from_monitoring,
            "tickets_without_time": self.tickets_without_time,
            "typical_minutes": self.typical_minutes,
            "weekly_tickets": list(self.weekly_tickets),
        }


def evidence_of(topic: int, company: int | None, now: datetime) -> Evidence:
    """Of one topic, at one client or at all."""
    cases = gather(now, topic)
    return weigh(cases, topic, None if company is None else {company})


def weigh(cases: Cases, topic: int, companies: Collection[int | None] | None = None) -> Evidence:
    chosen = cases.of(topic, companies)
    recent = [case for case in chosen if case.day >= cases.period.bar_since]
    weights = weights_of(case.requester for case in chosen)
    hours = hours_of(chosen, weights, cases.longest_hours(topic))
    booked = [case.hours for case in chosen if case.hours is not None]
    return Evidence(
        tickets=len(chosen),
        counted_tickets=round(sum(weights[case.requester] for case in chosen), 4),
        recent_tickets=counted(Counter(case.requester for case in recent)),
        recent_requesters=_known(recent),
        recent_days=len({case.day for case in recent}),
        requesters=_known(chosen),
        clients=len(companies_of(chosen)),
        companies=companies_of(chosen),
        is_from_monitoring=2 * sum(case.is_from_monitoring for case in chosen) > len(chosen),
        tickets_without_time=len(chosen) - len(booked),
        typical_minutes=round(60 * median(booked), 1) if booked else None,
        weekly_tickets=_by_week(cases, chosen, [weights[case.requester] for case in chosen]),
        weekly_hours=_by_week(cases, chosen, hours),
        charged_share=_charged_share(chosen, weights),
        newest=tuple(case.ticket for case in chosen[-MOST_SHOWN:][::-1]),
        all_tickets=frozenset(case.ticket for case in chosen),
    )


def companies_of(cases: Iterable[Case]) -> tuple[int | None, ...]:
    return tuple(sorted({case.company for case in cases}, key=lambda company: company or 0))


def weights_of(requesters: Iterable[str]) -> Mapping[str, float]:
    """How much a ticket of each requester counts."""
    tickets = Counter(requesters)
    most = most_of_one(tickets)
    return {requester: min(1.0, most / number) for requester, number in tickets.items()}


def counted(tickets: Counter[str]) -> int:
    most = most_of_one(tickets)
    return sum(min(number, most) for number in tickets.values())


def most_of_one(tickets: Counter[str]) -> int:
    """The most tickets of one requester that are no more than a fifth, rounded up, of all that count then."""
    most = max(tickets.values(), default=0)
    while most > 1 and most > ceil(
        MOST_OF_ONE_REQUESTER * sum(min(number, most) for number in tickets.values())
    ):
        most -= 1
    return most


def _known(cases: Iterable[Case]) -> int:
    return len({case.requester for case in cases} - {""})


def hours_of(cases: Sequence[Case], weights: Mapping[str, float], longest: float) -> list[float]:
    """What each of them counts as."""
    return [weights[case.requester] * min(case.hours or 0.0, longest) for case in cases]


def _by_week(cases: Cases, chosen: Sequence[Case], amounts: Sequence[float]) -> tuple[float, ...]:
    weeks = [0.0] * WEEKS
    for case, amount in zip(chosen, amounts, strict=True):
        weeks[cases.period.week(case.day)] += amount
    return tuple(round(amount, 4) for amount in weeks)


def _charged_share(cases: Sequence[Case], weights: Mapping[str, float]) -> float:
    worked = sum(weights[case.requester] * (case.hours or 0.0) for case in cases)
    charged = sum(weights[case.requester] * case.charged_hours for case in cases)
    return round(charged / worked, 4) if worked else 0.0
