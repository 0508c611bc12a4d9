"""The suite's databases: one is migrated and filled, and kept until the code changes; each worker gets a copy of it."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from config.embedded import PROJECT

# All that can have a say in what an empty installation holds.
CODE = ("config", "tenants", "connectors", "kpis", "insights")
OTHERS = ("uv.lock", "tests/databases.py", "tests/conftest.py")
KEPT = "deskmetry_migrated_"
Server = psycopg.Connection[tuple[object, ...]]


@contextmanager
def own_copy(fill: Callable[[], None]) -> Iterator[None]:
    """The database of this process, as it is after the migrations and `fill`."""
    before = connection.settings_dict["NAME"]
    own = connection.settings_dict["TEST"]["NAME"] or f"test_{before}"
    kept = f"{KEPT}{fingerprint()}"
    with _server() as server:
        # Whoever comes first makes it, the others wait.
        server.execute("SELECT pg_advisory_lock(hashtext('tests.databases'))")
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [kept]).fetchone():
            _make(server, kept, fill)
        _drop(server, own)
        server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(own), Identifier(kept)))
    _use(own)
    yield
    _use(before)
    with _server() as server:
        _drop(server, own)


def fingerprint() -> str:
    files = [*(PROJECT / name for name in OTHERS), *(path for name in CODE for path in _code_of(name))]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _code_of(folder: str) -> Iterator[Path]:
    return (PROJECT / folder).rglob("*.py")


def _make(server: Server, name: str, fill: Callable[[], None]) -> None:
    for (old,) in server.execute(
        "SELECT datname FROM pg_database WHERE STARTS_WITH(datname, %s)", [KEPT]
    ).fetchall():
        _drop(server, str(old))
    unfinished = f"{name}_unfinished"
    connection.settings_dict["TEST"]["NAME"], own = unfinished, connection.settings_dict["TEST"]["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.settings_dict["TEST"]["NAME"] = own
    fill()
    _close()
    server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(unfinished), Identifier(name)))


def _use(name: str) -> None:
    _close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _close() -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


def _drop(server: Server, name: str) -> None:
    server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def _server() -> Server:
    return psycopg.connect(make_conninfo(settings.DATABASE_URL, dbname="postgres"), autocommit=True)
