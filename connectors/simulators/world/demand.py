"""What lands on the desk each day: seasons, weekdays, growth, incidents, one-offs, less what projects prevent."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from . import office
from .arrivals import Arrivals
from .clients import habits
from .oddities import ONE_OFF
from .projects import Fate, planned, planned_spike
from .records import Company, Member
from .topics import BY_KEY, TOPICS, Topic

if TYPE_CHECKING:
    from .world import World

WEEKDAYS = (1.47, 1.38, 1.32, 1.27, 1.2, 0.2, 0.16)
MONTHS = (1.1, 1.02, 1.0, 1.0, 0.98, 0.97, 0.85, 0.92, 1.12, 1.05, 1.02, 0.93)
HOURS = (1, 1, 1, 1, 1, 2, 5, 16, 34, 36, 32, 26, 18, 28, 30, 27, 20, 9, 5, 4, 3, 3, 2, 1)
GROWTH = 0.2
TOTAL_WEIGHT = sum(topic.weight for topic in TOPICS)
DAYS_BETWEEN_INCIDENTS = 45
INCIDENT_TOPICS = ("internet-down", "outlook", "vpn", "phishing")
ONE_OFFS_PER_TICKET = 0.08


@dataclass(frozen=True, slots=True)
class Incident:
    at: datetime
    topic: str
    company_id: int | None
    tickets: int


class Demand:
    def __init__(
        self, world: "World", arrivals: Arrivals, rng: random.Random, tickets_per_day: float, end: datetime
    ) -> None:
        self.world, self.arrivals, self.rng = world, arrivals, rng
        self.tickets_per_day = tickets_per_day
        self.begin, self.span = world.now, end - world.now
        companies = list(world.clients.companies)
        self._companies = companies
        self._company_weights = list(accumulate(company.size for company in companies))
        self._habits = habits(world.clients.companies, rng)
        self._topic_weights = {company.id: self._weigh(company) for company in companies}
        world.projects += planned(self.begin, self.span, companies)
        world.spikes.append(planned_spike(end))
        self._fate = Fate(world.projects, random.Random(world.seed + 3))
        self._extra = random.Random(world.seed + 4)  # what comes on top moves nothing else
        leaver = world.catalogue.technicians[-1]
        world.schedule(self.begin + self.span * 0.4, world.retire_member, leaver.id)

    def plan_day(self) -> None:
        """Runs at each local midnight."""
        now = self.world.now
        for _ in range(self._count(now)):
            self.world.schedule(self._moment_of_day(now), self.arrive)
        self._plan_extras(now)
        if self.rng.random() < 1 / DAYS_BETWEEN_INCIDENTS:
            self._plan_incident(now)
        if office.is_working_day(now.astimezone(office.ZONE)):
            for member in self.world.catalogue.technicians:
                self._plan_other_work(member, now)
        self.world.schedule(office.midnight_after(now), self.plan_day)

    def arrive(self) -> None:
        company = self.rng.choices(self._companies, cum_weights=self._company_weights)[0]
        topic = self.rng.choices(TOPICS, cum_weights=self._topic_weights[company.id])[0]
        if not self._fate.prevents(topic.key, company, self.world.now):
            self.arrivals.arrive(topic, company)

    def arrive_with(self, topic: Topic, company: Company | None) -> None:
        chosen = company or self.rng.choices(self._companies, cum_weights=self._company_weights)[0]
        self.arrivals.arrive(topic, chosen)

    def book_other_work(self, member: Member, charge_code: int | None, hours: float) -> None:
        start = self.world.now - timedelta(hours=hours)
        if charge_code:
            self.world.add_internal_time(member.id, start, hours, charge_code)
        else:
            company, is_activity = self.rng.choice(self._companies), self.rng.random() < 0.5
            self.world.add_company_time(member.id, start, hours, company.id, is_activity)

    def _weigh(self, company: Company) -> list[float]:
        chronic = self._habits[company.id]
        return list(accumulate(topic.weight * chronic.get(topic.key, 1.0) for topic in TOPICS))

    def _count(self, day: datetime) -> int:
        local = day.astimezone(office.ZONE)
        growth = 1 - GROWTH / 2 + GROWTH * min(1.5, (day - self.begin) / self.span)
        holiday = 0.15 if (local.month, local.day) in office.HOLIDAYS else 1.0
        mean = self.tickets_per_day * WEEKDAYS[local.weekday()] * MONTHS[local.month - 1] * growth * holiday
        noisy = mean * self.rng.lognormvariate(0, 0.08)
        return max(0, round(self.rng.gauss(noisy, noisy**0.5)))

    def _moment_of_day(self, midnight: datetime) -> datetime:
        hour = self.rng.choices(range(24), weights=HOURS)[0]
        return midnight + timedelta(hours=hour, seconds=self.rng.randrange(3600))

    def _plan_extras(self, midnight: datetime) -> None:
        """One-off requests, and what a spike adds to its topic on working days."""
        if not office.is_working_day(midnight.astimezone(office.ZONE)):
            return
        for topic, mean in self._extras(midnight):
            for _ in range(int(mean + self._extra.random())):
                company = self._extra.choices(self._companies, cum_weights=self._company_weights)[0]
                at = midnight + timedelta(hours=self._extra.uniform(8, 17))
                self.world.schedule(at, self.arrive_with, topic, company)

    def _extras(self, day: datetime) -> Iterator[tuple[Topic, float]]:
        yield ONE_OFF, self.tickets_per_day * ONE_OFFS_PER_TICKET
        for spike in self.world.spikes:
            if spike.since <= day < spike.until:
                topic = BY_KEY[spike.topic]
                usual = self.tickets_per_day * topic.weight / TOTAL_WEIGHT
                yield topic, usual * (spike.factor - 1)

    def _plan_incident(self, midnight: datetime) -> None:
        topic = BY_KEY[self.rng.choice(INCIDENT_TOPICS)]
        company = self.rng.choice(self._companies) if topic.key == "internet-down" else None
        tickets = max(6, round(self.tickets_per_day * self.rng.uniform(0.4, 1.0)))
        begins = midnight + timedelta(hours=self.rng.randint(8, 14))
        for _ in range(tickets):
            after = timedelta(minutes=self.rng.expovariate(1 / 50))
            self.world.schedule(begins + after, self.arrive_with, topic, company)
        self.world.incidents.append(Incident(begins, topic.key, company.id if company else None, tickets))

    def _plan_other_work(self, member: Member, midnight: datetime) -> None:
        chance = self.rng.random()
        if chance < 0.3:
            charge_code = self.rng.choice(self.world.catalogue.charge_codes.ids) if chance < 0.24 else None
            at = midnight + timedelta(hours=17, minutes=self.rng.randrange(40))
            self.world.schedule(
                at, self.book_other_work, member, charge_code, self.rng.choice((0.5, 1.0, 1.5))
            )
