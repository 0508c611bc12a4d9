"""A simulated ConnectWise in a process of its own, and a tenant connected to it."""

import gc
import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from typing import Any
from urllib.request import Request, urlopen

from django.core.management import call_command
from django_tenants.utils import schema_context

from connectors.models import Connection
from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.world import World
from tenants.context import tenant
from tenants.directory.models import Msp
from tenants.provisioning import NewTenant, create_tenant

NOW = datetime(2026, 6, 30, 18, tzinfo=UTC)
MONTHS = 36
TICKETS_PER_DAY_AT_FULL_SIZE = 620.0 * 18 / MONTHS


@dataclass(frozen=True)
class Desk:
    """How to reach the simulated desk, and which ids there are to edit."""

    url: str
    login: dict[str, str]
    ticket_ids: list[int]
    entry_ids: list[int]

    def edit(self, edits: list[dict[str, Any]]) -> None:
        body = json.dumps({"edits": edits}).encode()
        request = Request(f"{self.url}/_control/bench/edit", body, {"content-type": "application/json"})
        urlopen(request).read()


@contextmanager
def desk(size: float) -> Iterator[Desk]:
    """`size` 1.0 has 300,000 tickets and about a million time entries over three years."""
    here, there = multiprocessing.get_context("fork").Pipe()
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(size, there), daemon=True)
    process.start()
    try:
        yield Desk(**here.recv())
    finally:
        process.terminate()
        process.join()


def _serve(size: float, pipe: Pipe) -> None:
    tickets_per_day = TICKETS_PER_DAY_AT_FULL_SIZE * size
    world = World.build(seed=7, now=NOW, months=MONTHS, tickets_per_day=tickets_per_day)
    with ConnectWiseSimulator({"bench": world}, compress=False) as simulator:
        simulator.msp("bench").warm()
        gc.freeze()
        pipe.send(
            {
                "url": simulator.url,
                "login": asdict(simulator.credentials("bench")),
                "ticket_ids": list(world.tickets.ids),
                "entry_ids": list(world.time_entries.ids),
            }
        )
        multiprocessing.Event().wait()


@contextmanager
def fresh_tenant(name: str) -> Iterator[None]:
    """Inside a tenant that is gone afterwards."""
    call_command("migrate_schemas", shared=True, verbosity=0)
    drop(name)
    create_tenant(NewTenant(name, name, time_zone="America/Toronto"))
    with tenant(name):
        yield
    drop(name)


@contextmanager
def connected(name: str, login: dict[str, str]) -> Iterator[Connection]:
    """Inside a fresh tenant with one connection."""
    with fresh_tenant(name):
        link = Connection(name="ConnectWise", vendor="connectwise")
        link.settings = {"site": login["site"], "company_id": login["company_id"]}
        link.credentials = {key: login[key] for key in ("public_key", "private_key", "client_id")}
        link.save()
        yield link


def drop(name: str) -> None:
    with schema_context("public"):
        for msp in Msp.objects.filter(schema_name=name):
            msp.delete(force_drop=True)
