"""A test run that is killed leaves nothing of the deployments it started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded import PROJECT
from tests.config.test_embedded import eventually

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(sys.platform != "linux", reason="Only Linux can tie a process to its parent."),
]

TEST_RUN = """
import os, sys, time
from pathlib import Path
from tests.config.deployment import Deployment
running = Deployment(dict(os.environ), Path(os.devnull))
print(running.start("sleep", "300").pid, running.worker().pid, flush=True)
time.sleep(300)
"""
# Celery is at work once it has forked the process that runs tasks.
FORKED = "/proc/{0}/task/{0}/children"


@pytest.mark.timeout(120)
def test_a_killed_test_run_leaves_no_orphans():
    run = subprocess.Popen(
        [sys.executable, "-c", TEST_RUN],
        cwd=PROJECT,
        env=os.environ | {"CELERY_BROKER_URL": "memory://", "CELERY_QUEUE": "nobody"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout
    sleeper, worker = map(int, run.stdout.readline().split())
    assert eventually(lambda: children(worker), 60)
    pids = [sleeper, worker, *children(worker)]
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    assert eventually(lambda: not [pid for pid in pids if is_alive(pid)], 40), pids


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(FORKED.format(pid)).read_text().split()]


def is_alive(pid: int) -> bool:
    """A zombie is not: whoever adopted it has not looked yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
