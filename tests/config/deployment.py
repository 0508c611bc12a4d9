"""A whole deployment beside the test suite: its own database and queue, run through its commands."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from cryptography.fernet import Fernet
from django.conf import settings
from psycopg.conninfo import make_conninfo

from config.embedded import PROJECT, die_with_parent


@dataclass
class Deployment:
    environment: dict[str, str]
    log: Path
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=PROJECT, env=self.environment, capture_output=True, text=True, timeout=900
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=self.environment,
                start_new_session=True,
                preexec_fn=die_with_parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def worker(self) -> "subprocess.Popen[bytes]":
        return self.start(
            *(sys.executable, "-m", "celery", "-A", "config", "--quiet", "worker"),
            *("--concurrency=1", "--loglevel=INFO", "--without-gossip", "--without-mingle"),
        )

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            return connection.execute(statement).fetchall()


@contextmanager
def deployment(log: Path) -> Iterator[Deployment]:
    name = f"deployment_{uuid4().hex[:12]}"
    environment = os.environ | {
        "DATABASE_URL": _url(name),
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "CELERY_QUEUE": name,
        "SECRET_KEY": "only-for-tests",
        "CREDENTIAL_KEYS": Fernet.generate_key().decode(),
        "ALLOW_PRIVATE_VENDOR_HOSTS": "1",
        "TASK_HELD_FOR_SECONDS": "4",
        "PYTHONWARNINGS": "ignore",
    }
    with psycopg.connect(_url("postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        running = Deployment(environment, log)
        try:
            yield running
        finally:
            for process in running.processes:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _url(database: str) -> str:
    return make_conninfo(settings.DATABASE_URL, dbname=database)
