"""`make demo` as a newcomer meets it, with a shorter history: started, asked, stopped, started again."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from config import embedded
from config.embedded import Server

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]


class Demo:
    def __init__(self, var: Path) -> None:
        self.var = var
        unset = ("DATABASE_URL", "CELERY_BROKER_URL", "DESKMETRY_THROWAWAY", "SECRET_KEY", "CREDENTIAL_KEYS")
        self.environment = {name: value for name, value in os.environ.items() if name not in unset}
        self.environment |= {"DESKMETRY_VAR": str(var), "DEMO_MONTHS": "2"}

    def start(self) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "config.demo"],
            cwd=embedded.PROJECT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=embedded.die_with_parent,
        )
        assert process.stdout
        for line in process.stdout:
            if "also in var/demo.json" in line:
                return process
        raise AssertionError((self.var / "web.log").read_text()[-2000:])

    def stop(self, process: "subprocess.Popen[str]", how: signal.Signals = signal.SIGINT) -> None:
        process.send_signal(how)
        process.communicate(timeout=60)
        deadline = time.monotonic() + 30
        while orphans := self.processes():
            assert time.monotonic() < deadline, orphans
            time.sleep(0.1)

    def processes(self) -> list[str]:
        """Whatever still runs with this demo's folder in its environment or command."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                said = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(self.var).encode() in said and entry.name != str(os.getpid()):
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        return found

    @property
    def handout(self) -> dict[str, Any]:
        return dict(json.loads((self.var / "demo.json").read_text()))

    def ask(self, path: str) -> dict[str, Any]:
        told = self.handout
        request = Request(told["api"] + path, headers={"Authorization": f"Bearer {told['token']}"})
        return dict(json.loads(urlopen(request, timeout=10).read()))


@pytest.fixture
def demo() -> Iterator[Demo]:
    var = Path(tempfile.mkdtemp(prefix="deskmetry-demo-"))
    var.chmod(0o755)
    yield Demo(var)
    for kind in ("postgres", "valkey"):
        shutil.rmtree(Server(kind, var).socket_dir, ignore_errors=True)
    shutil.rmtree(var, ignore_errors=True)


def test_the_demo_serves_stops_without_orphans_and_continues_with_its_data(demo):
    running = demo.start()
    handout = demo.handout
    assert stat.S_IMODE((demo.var / "demo.json").stat().st_mode) == 0o600
    assert {tenant["schema"] for tenant in handout["tenants"]} == {"demo", "acme"}
    assert {user["role"] for user in handout["users"]} == {"owner", "manager", "technician"}
    first = demo.ask("kpi-daily/?page_size=1000")["results"]
    assert sum(day["new_tickets"] for day in first) > 100
    assert urlopen(handout["api"].replace("/api/v1/", "/healthz"), timeout=10).status == 200
    demo.stop(running)

    again = demo.start()
    assert demo.handout["token"] == handout["token"]
    assert demo.handout["users"] == handout["users"]
    second = {day["kpi_date"]: day for day in demo.ask("kpi-daily/?page_size=1000")["results"]}
    assert second[first[30]["kpi_date"]]["new_tickets"] == first[30]["new_tickets"]
    demo.stop(again, signal.SIGKILL)

    reset = [sys.executable, "-m", "config.demo", "--reset"]
    subprocess.run(reset, cwd=embedded.PROJECT, env=demo.environment, check=True, stdout=subprocess.DEVNULL)
    assert not (demo.var / "demo.json").exists()
    assert not (demo.var / "postgres").exists()


def test_a_second_demo_beside_a_running_one_says_so(demo):
    lock = embedded.locked(demo.var / "demo.lock", 2)
    second = subprocess.run(
        [sys.executable, "-m", "config.demo"],
        cwd=embedded.PROJECT,
        env=demo.environment,
        capture_output=True,
        text=True,
    )
    os.close(lock)
    assert second.returncode == 1
    assert "already running" in second.stderr
