"""What happens to devices and how alerts arrive, day by day; a burst hits several devices of one company."""

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from . import office
from .alert_life import AlertLife
from .arrivals import Arrivals
from .fleet import STAFF_PER_SERVER, add_device
from .records import Company
from .security_records import Device, SeenBy

if TYPE_CHECKING:
    from .world import World

ALERTS_PER_DEVICE_AND_DAY = 1 / 60 / 7
OFFICE_SHARE = 0.2  # of alerts about mailboxes and sign-ins
MONTHS = (1.0, 0.9, 1.0, 1.0, 1.1, 0.9, 0.8, 0.8, 1.1, 1.2, 1.3, 1.4)
DAYS_BETWEEN_BURSTS = 30
NEW_PER_DEVICE_AND_DAY, RETIRED_PER_DEVICE_AND_DAY = 1 / 1200, 1 / 2400
MOVES_PER_DAY, MERGES_PER_DAY = 1 / 60, 1 / 40
REPORTED_DAYS = 7  # of the past: older reports would be overwritten anyway


class SecurityLife:
    def __init__(self, world: "World", arrivals: Arrivals, rng: random.Random, end: datetime) -> None:
        self.world, self.rng, self.end = world, rng, end
        self.alerts = AlertLife(world, arrivals, rng)

    def plan_day(self) -> None:
        """Runs at each local midnight."""
        now, rng = self.world.now, self.rng
        season = MONTHS[now.astimezone(office.ZONE).month - 1]
        for _ in range(self._count(len(self.world.devices) * ALERTS_PER_DEVICE_AND_DAY * season)):
            self.world.schedule(self._moment(now), self.alert)
        if rng.random() < 1 / DAYS_BETWEEN_BURSTS:
            self.world.schedule(self._moment(now), self.burst)
        self._plan_churn(now)
        if now > self.end - timedelta(days=REPORTED_DAYS):
            self.world.schedule(now + timedelta(hours=10), self.report)
        self.world.schedule(office.midnight_after(now), self.plan_day)

    def alert(self) -> None:
        if self.rng.random() < OFFICE_SHARE:
            company = self.rng.choice(list(self.world.clients.companies))
            self.alerts.arrive(company, None, "office")
            return
        device = self._any_device()
        if device:
            self.alerts.arrive(device.company, device, self._viewer(device))

    def burst(self) -> None:
        """An attack goes from device to device within the hour."""
        first = self._any_device()
        if not first:
            return
        viewer, incident = self._viewer(first), self.world.next_incident()
        hosts = self.world.watched_devices(first.company, viewer)
        for device in self.rng.sample(hosts, min(len(hosts), self.rng.randint(3, 8))):
            after = timedelta(minutes=self.rng.uniform(0, 55))
            self.world.schedule(
                self.world.now + after, self.alerts.arrive, first.company, device, viewer, incident
            )

    def grow(self) -> None:
        companies = list(self.world.clients.companies)
        position = self.rng.choices(range(len(companies)), weights=[each.size for each in companies])[0]
        is_server = self.rng.random() < 1 / STAFF_PER_SERVER
        add_device(self.world, self.rng, companies[position], position, is_server)

    def retire(self) -> None:
        device = self._any_device(protected=False)
        if device:
            self.world.retire_device(device.id)

    def move(self) -> None:
        device = self._any_device()
        if device:
            self.world.move_device(device.id, self.rng.choice(self.world.clients.companies.ids))

    def merge(self) -> None:
        device = self._any_device()
        twins = [twin for twin in self._fleet(device.company) if twin.has_mde] if device else []
        if device and device.has_mde and device not in twins[:1]:
            self.world.merge_devices(twins[0].id, device.id)

    def report(self) -> None:
        """Most devices are switched on today; a few never report again, without anybody retiring them."""
        for device in list(self.world.devices):
            is_silent = device.id % 37 == 0
            if device.is_in_use and not is_silent and self.rng.random() < 0.9:
                self.world.touch_device(device.id)

    def _plan_churn(self, now: datetime) -> None:
        devices = len(self.world.devices)
        chances = (
            (self.grow, devices * NEW_PER_DEVICE_AND_DAY),
            (self.retire, devices * RETIRED_PER_DEVICE_AND_DAY),
            (self.move, MOVES_PER_DAY),
            (self.merge, MERGES_PER_DAY),
        )
        for step, mean in chances:
            for _ in range(self._count(mean)):
                self.world.schedule(now + timedelta(hours=self.rng.uniform(8, 17)), step)

    def _any_device(self, protected: bool = True) -> Device | None:
        """Of a company by its size, the ids being spread over companies so."""
        for _ in range(12):
            device = self.world.devices[self.rng.choice(self.world.devices.ids)]
            if device.is_in_use and (not protected or device.has_edr or device.has_mde):
                return device
        return None

    def _fleet(self, company: Company) -> list[Device]:
        return [device for device in self.world.fleets.get(company.id, []) if device.is_in_use]

    def _viewer(self, device: Device) -> SeenBy:
        if device.has_edr and device.has_mde:
            return "edr" if self.rng.random() < 0.7 else "mde"
        return "edr" if device.has_edr else "mde"

    def _count(self, mean: float) -> int:
        whole, rest = divmod(self.rng.gammavariate(4, mean / 4) if mean else 0, 1)
        return int(whole) + (self.rng.random() < rest)

    def _moment(self, midnight: datetime) -> datetime:
        """Two thirds while people work, the rest around the clock."""
        hour = self.rng.uniform(8, 18) if self.rng.random() < 0.67 else self.rng.uniform(0, 24)
        return midnight + timedelta(hours=hour)
