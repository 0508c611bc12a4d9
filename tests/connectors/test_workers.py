"""Several workers at one connection, and workers that are killed: with real processes and committed data."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from random import SystemRandom
from threading import Event

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from psycopg.conninfo import make_conninfo

from config.embedded import die_with_parent
from connectors.errors import AlreadyRunning
from connectors.models import SyncRun
from tenants.context import tenant

from .connectwise import touch_all
from .site import TENANTS

pytestmark = pytest.mark.xdist_group("workers")


@pytest.fixture
def committed(db):
    """Runs a body in a database session of its own, outside of the test's transaction: what it writes is
    there for other workers. All of it is removed at the end."""

    def run(body):
        with ThreadPoolExecutor(1) as threads:
            threads.submit(_in_own_session, body).result()

    return run


def _in_own_session(body):
    try:
        _empty_tables()
        body()
    finally:
        _empty_tables()
        connections.close_all()


def _empty_tables():
    tables = [f'"{model._meta.db_table}"' for model in apps.get_app_config("connectors").get_models()]
    for schema in TENANTS:
        with tenant(schema), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


def test_a_second_worker_is_turned_away(committed, link_to):
    entered, leave = Event(), Event()

    def linger(*_):
        entered.set()
        leave.wait(20)

    def first(site):
        try:
            return {run.status for run in site.sync(progress=linger)}
        finally:
            connections.close_all()

    @committed
    def _():
        site, neighbour = link_to("north"), link_to("south")
        with ThreadPoolExecutor(1) as threads:
            running = threads.submit(first, site)
            assert entered.wait(20)
            for second in (site.sync, site.replay):
                with pytest.raises(AlreadyRunning, match="another worker"):
                    second()
            assert {run.status for run in neighbour.sync()} == {"ok"}
            leave.set()
            assert running.result() == {"ok"}
        assert {run.status for run in site.sync()} == {"ok"}


def test_a_tenants_lock_is_its_own(committed, link_to):
    """Both tenants' first connections have the same number."""

    @committed
    def _():
        north, south = link_to("north"), link_to("south")
        assert north.link.id == south.link.id
        statuses = set()
        entered = Event()

        def meanwhile(*_):
            if not entered.is_set():
                entered.set()
                with ThreadPoolExecutor(1) as threads:
                    statuses.update(threads.submit(other).result())

        def other():
            try:
                return {run.status for run in south.sync()}
            finally:
                connections.close_all()

        north.sync(progress=meanwhile)
        assert statuses == {"ok"}


def test_a_killed_process_leaves_nothing_half_done(committed, link_to, simulator):
    answers, last = [], SystemRandom().randint(5, 50)

    def kill(request, _response):
        answers.append(request)
        if len(answers) == last:
            os.kill(workers[0].pid, signal.SIGKILL)

    workers = []
    simulator.before_response(kill)

    @committed
    def _():
        site, clean = link_to("north"), link_to("south", company="north")
        workers.append(start_sync("north"))
        output, _ = workers[0].communicate(timeout=60)
        assert workers[0].returncode == -signal.SIGKILL, output
        assert "running" in {run.status for run in site.all(SyncRun)}
        assert {run.status for run in site.sync()} == {"ok"}
        assert "interrupted" in {run.status for run in site.all(SyncRun)}
        clean.sync()
        assert site.tables() == clean.tables()


def test_staged_rows_are_not_left_behind_by_a_commit(committed, link_to, world, later, page_size):
    """They would be read again by each page after."""

    @committed
    def _():
        site = link_to("north")
        site.run("tickets")
        later(minutes=10)
        touch_all(world)
        page_size(4)
        assert site.run("tickets").rows_changed == len(world.tickets.ids)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*), SUM(PG_RELATION_SIZE(oid)) FROM pg_class "
                "WHERE relname LIKE 'staging_raw_tickets%' AND relpersistence = 't'"
            )
            assert cursor.fetchone() == (1, 0)


def start_sync(schema):
    """`manage.py sync` in a process of its own, on this test's database."""
    known = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    address = {name: known[key] for name, key in names.items() if known.get(key)}
    environment = os.environ | {
        "DATABASE_URL": make_conninfo(**address),
        "CELERY_BROKER_URL": "memory://",
        "SECRET_KEY": settings.SECRET_KEY,
        "CREDENTIAL_KEYS": ",".join(settings.CREDENTIAL_KEYS),
        "ALLOW_PRIVATE_VENDOR_HOSTS": "1",
        "SECURE_COOKIES": "0",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "sync", "--tenant", schema],
        cwd=settings.BASE_DIR,
        env=environment,
        preexec_fn=die_with_parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
