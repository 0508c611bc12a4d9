"""A worker that is killed in the middle of a task loses nothing, on the broker that the suite runs on."""

import os
import signal
import time
from datetime import UTC, datetime

import pytest

from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.world import World
from tests.config.deployment import Deployment, deployment

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]
NOW = datetime(2026, 3, 16, 15, tzinfo=UTC)

CONNECT = """
from connectors.models import Connection
from connectors.tasks import sync_connection
from tenants.context import tenant
with tenant("north"):
    link = Connection(name="Desk", vendor="connectwise", settings={settings})
    link.credentials = {secrets}
    link.save()
sync_connection.apply_async(kwargs={{"connection_id": link.id, "schema": "north"}})
"""


def test_a_sync_whose_worker_is_killed_is_finished_by_the_next(tmp_path):
    world = World.build(seed=3, now=NOW, months=3, tickets_per_day=4)
    with ConnectWiseSimulator({"msp": world}) as simulator, deployment(tmp_path / "log") as running:
        simulator.faults("msp").add("slow-body", path="service/tickets/", seconds=0.05)
        _provision(running, simulator.credentials("msp"))
        worker = running.worker()
        _wait_until(lambda: _count(running, "raw_tickets"))
        os.killpg(worker.pid, signal.SIGKILL)
        assert _unfinished(running)

        simulator.faults("msp").clear()
        running.worker()
        _wait_until(lambda: not _unfinished(running) and _count(running, "raw_surveys"))
        assert _count(running, "raw_tickets WHERE deleted_at IS NULL") == len(world.tickets.ids)
        assert not running.query("SELECT FROM south.raw_tickets")


def test_a_living_worker_keeps_its_task_longer_than_the_hold(tmp_path):
    world = World.build(seed=4, now=NOW, months=1, tickets_per_day=2)
    with ConnectWiseSimulator({"msp": world}) as simulator, deployment(tmp_path / "log") as running:
        simulator.faults("msp").add("slow-body", path="service/boards", seconds=3)
        _provision(running, simulator.credentials("msp"))
        running.worker()
        running.worker()
        _wait_until(lambda: not _unfinished(running))
        took = running.query("SELECT MAX(finished_at) - MIN(started_at) FROM north.connectors_syncrun")
        assert took[0][0].total_seconds() > 8
        assert "sync started" in running.log.read_text()
        assert "already being synced" not in running.log.read_text()


def _provision(running: Deployment, login) -> None:
    running.manage("migrate_schemas", "--shared", "--verbosity=0")
    for name in ("north", "south"):
        running.manage("create_tenant", name)
    settings = {"site": login.site, "company_id": login.company_id}
    secrets = {name: getattr(login, name) for name in ("public_key", "private_key", "client_id")}
    running.manage("shell", "--verbosity=0", "-c", CONNECT.format(settings=settings, secrets=secrets))


def _count(running: Deployment, table: str) -> int:
    return int(running.query(f"SELECT COUNT(*) FROM north.{table}")[0][0])


def _unfinished(running: Deployment) -> bool:
    status = running.query("SELECT last_success_at IS NULL FROM north.connectors_connection")
    return bool(status[0][0])


def _wait_until(is_so, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.1)
