"""PostgreSQL and the broker for demo, development and tests, with nothing installed by hand.

A small supervisor process owns each server; any number of processes attach to it by holding a
shared file lock, and the supervisor stops its server when the last of them is gone, however it
went. Not for production: there, DATABASE_URL and CELERY_BROKER_URL name real servers.
"""

import ctypes
import fcntl
import hashlib
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

PROJECT = Path(__file__).resolve().parent.parent
START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 30
PR_SET_PDEATHSIG = 1

Kind = Literal["postgres", "valkey"]


class EmbeddedError(RuntimeError):
    """An embedded server cannot run here; the message says what to do."""


@dataclass(frozen=True)
class Server:
    kind: Kind
    var: Path
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.var / self.kind

    @property
    def socket_dir(self) -> Path:
        """Short, because a Unix socket's path may not exceed 107 bytes."""
        name = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        return Path("/tmp") / f"deskmetry-{name}"

    @property
    def socket(self) -> Path:
        return self.socket_dir / (".s.PGSQL.5432" if self.kind == "postgres" else "valkey.sock")

    @property
    def url(self) -> str:
        if self.kind == "postgres":
            return f"postgresql:///deskmetry?host={self.socket_dir}&user=deskmetry"
        return f"redis+socket://{self.socket}"

    @property
    def log(self) -> Path:
        return self.var / f"{self.kind}.log"

    def lock(self, purpose: Literal["clients", "supervisor"]) -> Path:
        return self.var / f"{self.kind}.{purpose}.lock"


def var_dir() -> Path:
    return Path(os.environ.get("DESKMETRY_VAR") or PROJECT / "var").resolve()


def postgres() -> Server:
    return Server("postgres", var_dir(), durable=not os.environ.get("DESKMETRY_THROWAWAY"))


def broker() -> Server:
    return Server("valkey", var_dir(), durable=not os.environ.get("DESKMETRY_THROWAWAY"))


def die_with_parent(ending: int = signal.SIGTERM) -> None:
    """Ask the kernel to end this process when the one that started it is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, ending)


def attach_unless_configured() -> None:
    """What every entry point calls: start what no environment variable names."""
    if not os.environ.get("DATABASE_URL"):
        attach(postgres())
    if not os.environ.get("CELERY_BROKER_URL"):
        attach(broker())


_attached: dict[Path, int] = {}


def attach(server: Server) -> str:
    """Make sure the server runs for as long as this process does; returns its URL."""
    server.var.mkdir(parents=True, exist_ok=True)
    if server.data not in _attached:
        # Blocks while a supervisor that saw its last client leave is still shutting down.
        _attached[server.data] = locked(server.lock("clients"), fcntl.LOCK_SH)
    _wait_until_ready(server)
    return server.url


def release(server: Server) -> None:
    """Let go of the server and, if nobody else holds it, wait until it has stopped."""
    if server.data in _attached:
        os.close(_attached.pop(server.data))
    deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
    while time.monotonic() < deadline and _supervised(server) and not _held(server):
        time.sleep(0.05)


def locked(path: Path, mode: int) -> int:
    """An open descriptor that holds the lock; closing it, or dying, lets go."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, mode)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _is_locked(path: Path, mode: int) -> bool:
    try:
        os.close(locked(path, mode | fcntl.LOCK_NB))
    except BlockingIOError:
        return True
    return False


def _supervised(server: Server) -> bool:
    return _is_locked(server.lock("supervisor"), fcntl.LOCK_SH)


def _held(server: Server) -> bool:
    """Whether another process is attached (or the supervisor is at its last check)."""
    return _is_locked(server.lock("clients"), fcntl.LOCK_EX)


def _wait_until_ready(server: Server) -> None:
    supervisor: int | None = None
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while not _ready(server):
        if supervisor is None and not _supervised(server):
            supervisor = _spawn_supervisor(server)
        if supervisor and _has_failed(supervisor):
            raise EmbeddedError(f"The embedded {server.kind} did not start.\n{_log_tail(server)}")
        if time.monotonic() > deadline:
            raise EmbeddedError(f"The embedded {server.kind} did not get ready.\n{_log_tail(server)}")
        time.sleep(0.05)


def _spawn_supervisor(server: Server) -> int:
    """Started in a session of its own, so that a Ctrl-C meant for us does not reach it; returns its pid."""
    command = [sys.executable, "-m", "config.embedded_supervisor", server.kind, str(server.var)]
    command.append(str(int(server.durable)))
    with server.log.open("ab") as log, open(os.devnull) as nothing:
        streams = [
            (os.POSIX_SPAWN_DUP2, source.fileno(), target)
            for target, source in enumerate((nothing, log, log))
        ]
        environment = os.environ | {"PYTHONPATH": str(PROJECT)}
        return os.posix_spawn(sys.executable, command, environment, file_actions=streams, setsid=True)


def _has_failed(pid: int) -> bool:
    with suppress(ChildProcessError):
        ended, status = os.waitpid(pid, os.WNOHANG)
        return ended == pid and status != 0
    return False


def _log_tail(server: Server, lines: int = 15) -> str:
    with suppress(OSError):
        return "\n".join(server.log.read_text(errors="replace").splitlines()[-lines:])
    return ""


def _ready(server: Server) -> bool:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(server.socket))
        if server.kind == "valkey":
            client.sendall(b"PING\r\n")
            return client.recv(7) == b"+PONG\r\n"
        return _postgres_accepts(server)
    return False


def _postgres_accepts(server: Server) -> bool:
    import psycopg

    try:
        with psycopg.connect(
            server.url.replace("///deskmetry", "///postgres"), autocommit=True
        ) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'deskmetry'").fetchone()
            if not known:
                with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    connection.execute("CREATE DATABASE deskmetry")
    except psycopg.OperationalError:
        return False
    return True
