"""Drives a soak: time passes, vendors fail, workers are killed, and syncs are asked for through the queue."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from subprocess import Popen
from time import sleep
from typing import Any

from amqp.exceptions import ChannelError

from config.celery import app
from tests.config.deployment import Deployment, deployment
from tests.soak.sources import Source, Worlds, advance, make_worlds, sources
from tests.soak.truth import differences

STEP = timedelta(hours=6)
STEPS_PER_DAY = timedelta(days=1) // STEP
SYNC = "connectors.sync_connection"
# So many syncs may wait before time goes on.
QUEUE_LENGTH = 6
LAST_ROUNDS = 3

CONNECT = """
from connectors.models import Connection
from tenants.context import tenant
for schema, name, vendor, settings, secrets in {logins!r}:
    with tenant(schema):
        link = Connection(name=name, vendor=vendor, settings=settings)
        link.credentials = secrets
        link.save()
"""


@dataclass
class Plan:
    tenants: int
    days: int
    seed: int
    tickets_per_day: float = 3.0
    workers: int = 2
    troubles: float = 0.4  # per tenant, vendor and step
    kills: float = 0.3  # per step


@dataclass
class Soak:
    plan: Plan
    running: Deployment
    worlds: Worlds
    vendors: list[Source]
    say: Callable[[str], None]
    chance: Random
    workers: "list[Popen[bytes]]" = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    def prepare(self) -> None:
        self.running.manage("migrate_schemas", "--shared", "--verbosity=0")
        for tenant in self.worlds:
            self.running.manage("create_tenant", tenant)
        self.connect([(tenant, tenant) for tenant in self.worlds])
        self.workers = [self.running.worker() for _ in range(self.plan.workers)]

    def connect(self, pairs: list[tuple[str, str]]) -> None:
        """Connect each schema to the vendors' accounts of that MSP."""
        logins = [
            (schema, vendor.slug, vendor.slug, *vendor.login(msp))
            for schema, msp in pairs
            for vendor in self.vendors
        ]
        self.running.manage("shell", "--verbosity=0", "-c", CONNECT.format(logins=logins))

    def live(self) -> None:
        for step in range(self.plan.days * STEPS_PER_DAY):
            advance(self.worlds, STEP, self.chance)
            self._make_trouble()
            self._ask_for_syncs("sweep" if step % STEPS_PER_DAY == 0 else "changes")
            self._maybe_kill_a_worker()
            self._wait_for_queue(QUEUE_LENGTH)
            if step % STEPS_PER_DAY == 0:
                self.say(f"day {step // STEPS_PER_DAY + 1}: {self._tally()}")

    def settle(self) -> None:
        """The vendors behave again, and everybody catches up."""
        for tenant in self.worlds:
            for vendor in self.vendors:
                vendor.behave(tenant)
        self._wait_for_queue(0)
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)
            worker.wait()
        for _ in range(LAST_ROUNDS):
            for world in self.worlds.values():
                world.advance(timedelta(minutes=30))
            self.running.manage("sync", "--sweep", "--allow-removals")

    def differences(self) -> list[str]:
        """Against what the vendors list, and against tenants that read everything once, without trouble."""
        found: list[str] = []
        for number, msp in enumerate(self.worlds, 1):
            schema = f"fresh{number}"
            self.running.manage("create_tenant", schema)
            self.connect([(schema, msp)])
            self.running.manage("sync", "--tenant", schema)
            found += differences(self.running.query, msp, schema, self.vendors)
            self.say(f"{msp}: compared, {len(found)} differences so far")
        return found

    def _make_trouble(self) -> None:
        for tenant in self.worlds:
            for vendor in self.vendors:
                if self.chance.random() < self.plan.troubles:
                    self.happened[vendor.make_trouble(tenant, self.chance)] += 1

    def _ask_for_syncs(self, extent: str) -> None:
        for tenant in self.worlds:
            for (link,) in self.running.query(f"SELECT id FROM {tenant}.connectors_connection ORDER BY id"):
                message = {"schema": tenant, "connection_id": link, "extent": extent}
                app.send_task(SYNC, kwargs=message, queue=self.running.environment["CELERY_QUEUE"])
                self.happened["sync asked for"] += 1

    def _maybe_kill_a_worker(self) -> None:
        if self.chance.random() > self.plan.kills:
            return
        sleep(self.chance.uniform(0, 2))
        victim = self.workers.pop(0)
        os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
        self.workers.append(self.running.worker())
        self.happened["worker killed"] += 1

    def _wait_for_queue(self, at_most: int) -> None:
        queue = self.running.environment["CELERY_QUEUE"]
        with app.connection_for_read() as broker, suppress(ChannelError):  # an empty queue is none
            while broker.default_channel.queue_declare(queue, passive=True).message_count > at_most:  # type: ignore[attr-defined]
                sleep(0.1)

    def _tally(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in sorted(self.happened.items()))


@contextmanager
def soak(plan: Plan, log: Path, say: Callable[[str], None] = print) -> Iterator[Soak]:
    # So that the worlds end up at about now: vendors' answers are dated by the real clock.
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=plan.days, hours=LAST_ROUNDS)
    worlds = make_worlds(plan.tenants, start, plan.tickets_per_day, plan.seed)
    with sources(worlds) as vendors, deployment(log) as running:
        yield Soak(plan, running, worlds, vendors, say, Random(plan.seed))


def run(plan: Plan, log: Path, say: Callable[[str], Any] = print) -> tuple[Counter[str], list[str]]:
    with soak(plan, log, say) as running:
        running.prepare()
        running.live()
        running.settle()
        return running.happened, running.differences()
