"""The search path of pooled connections and of threads."""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Thread

import pytest
from django.db import DatabaseError, connection, connections, transaction

from tenants import checks
from tenants.context import PUBLIC_SCHEMA, current_schema, each_tenant, tenant
from tenants.models import TenantSettings

ZONES = {"north": "America/Toronto", "south": "Europe/Paris"}
THREADS, VISITS = 8, 60


def schema_in_use() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def visit(chance: Random) -> str | None:
    """One request's work in a random tenant, in one of the ways a request may end; names what went wrong."""
    schema = chance.choice(list(ZONES))
    with tenant(schema):
        if chance.random() < 0.5:
            _fail(chance)
        if schema_in_use() != schema:
            return f"{schema} was served by {schema_in_use()}"
        if TenantSettings.objects.get().time_zone != ZONES[schema]:
            return f"{schema} read other settings"
    return None


def _fail(chance: Random) -> None:
    """Inside a transaction or not, with or without a savepoint."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if chance.random() < 0.5:
                with transaction.atomic():
                    schema_in_use()
            cursor.execute("SELECT 1 / 0")
    except DatabaseError:
        pass


def many_visits(seed: int) -> list[str]:
    chance = Random(seed)
    wrong = []
    for _ in range(VISITS):
        if problem := visit(chance):
            wrong.append(problem)
        connection.close()  # back into the pool, as at the end of every request
    return wrong


def test_a_pooled_connection_never_carries_another_tenants_path(db):
    with ThreadPoolExecutor(THREADS) as threads:
        wrong = [problem for problems in threads.map(many_visits, range(THREADS)) for problem in problems]
    assert wrong == []


def test_a_connection_from_the_pool_starts_in_public(db):
    def leave_in_tenant_then_look() -> str:
        with tenant("north"):
            schema_in_use()
        connection.close()
        return schema_in_use()

    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(leave_in_tenant_then_look).result() == PUBLIC_SCHEMA
        threads.submit(connections.close_all).result()


def test_a_thread_started_inside_a_tenant_sees_public(north):
    """So whoever starts one enters the tenant again inside it."""
    seen: dict[str, str] = {}

    def look() -> None:
        seen["without"] = schema_in_use()
        with tenant("north"):
            seen["with"] = schema_in_use()
        connection.close()

    thread = Thread(target=look)
    thread.start()
    thread.join()
    assert seen == {"without": PUBLIC_SCHEMA, "with": "north"}
    assert schema_in_use() == "north"


def test_each_tenant_returns_to_where_it_started(db):
    assert [schema_in_use() for _ in each_tenant()] == ["north", "south"]
    assert current_schema() == schema_in_use() == PUBLIC_SCHEMA


def test_each_tenant_restores_the_schema_after_an_exception(north):
    def stumble() -> None:
        for _ in each_tenant("south"):
            assert schema_in_use() == "south"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    assert current_schema() == schema_in_use() == "north"


def test_each_tenant_restores_the_schema_after_a_break(north):
    for msp in each_tenant():
        if msp.schema_name == "south":
            break
    assert current_schema() == schema_in_use() == "north"


def test_a_tenant_inside_a_tenant_returns_to_the_outer_one(db):
    with tenant("north"):
        with tenant("south"):
            assert schema_in_use() == "south"
        assert schema_in_use() == "north"
    assert schema_in_use() == PUBLIC_SCHEMA


# --- poolers between us and PostgreSQL


class Pooler:
    """pgbouncer in transaction mode, in small: each statement goes to whichever backend is next."""

    def __init__(self, backends: int, forgetful: bool = False) -> None:
        self.backends: list[dict[str, str]] = [{} for _ in range(backends)]
        self.turn, self.forgetful = 0, forgetful

    def ask(self, query, values):
        pid = self.turn % len(self.backends)
        self.turn += 1
        backend = self.backends[pid]
        if query == checks.SET:
            backend[values[0]] = values[1]
        seen = backend.get(values[0])
        if self.forgetful:
            backend.clear()
        return seen, pid


@pytest.mark.parametrize("backends", [1, 2, 3, 5])
@pytest.mark.parametrize("forgetful", [False, True])
def test_a_pooler_in_transaction_mode_is_detected(backends, forgetful):
    pooler = Pooler(backends, forgetful)
    assert checks.sessions_are_shared(pooler.ask, pooler.ask)


def test_sessions_of_their_own_are_fine():
    first, second = Pooler(1), Pooler(1)

    def another(query, values):
        seen, pid = second.ask(query, values)
        return seen, pid + 1

    assert not checks.sessions_are_shared(first.ask, another)


def test_the_check_passes_here_and_its_refusal_says_what_to_do(db, monkeypatch):
    assert checks.no_transaction_pooling(databases=["default"]) == []
    assert checks.no_transaction_pooling(databases=None) == []
    monkeypatch.setattr(checks, "sessions_are_shared", lambda *_: True)
    (error,) = checks.no_transaction_pooling(databases=["default"])
    assert "pool_mode = session" in str(error.hint)
