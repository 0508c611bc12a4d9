"""Refuses a pooler in transaction mode, where a search path outlives its request for whoever comes next.

One of the checks tagged `database`: `manage.py migrate` and `check --database default` stop on it.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from secrets import token_hex
from typing import Any

import psycopg
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

Ask = Callable[[str, Sequence[str]], tuple[object, ...]]
ROUNDS = 4
VARIABLE = "deskmetry.probe"
SET = "SELECT set_config(%s, %s, false), pg_backend_pid()"
GET = "SELECT current_setting(%s, true), pg_backend_pid()"
SHARED = Error(
    "The database is behind a pooler in transaction mode (such as pgbouncer's pool_mode = transaction).",
    hint=(
        "One MSP would read another's rows. Point DATABASE_URL at PostgreSQL itself, or set "
        "pool_mode = session. Deskmetry keeps a connection pool of its own (DATABASE_POOL_SIZE)."
    ),
    id="tenants.E001",
)


@register(Tags.database)
def no_transaction_pooling(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for alias in databases or ():
        parameters = connections[alias].get_connection_params() | {"autocommit": True}
        with ExitStack() as stack:
            one, other = (_session(stack, parameters) for _ in range(2))
            if sessions_are_shared(one, other):
                found.append(SHARED)
    return found


def sessions_are_shared(one: Ask, other: Ask) -> bool:
    """Two live sessions that meet in one backend, or one that loses what it set, are not sessions.

    In turns, because a pooler hands an idle client the same backend again and again.
    """
    return any(_meet(one, other) or _meet(other, one) for _ in range(ROUNDS))


def _meet(one: Ask, other: Ask) -> bool:
    mark = token_hex(8)
    own = one(SET, (VARIABLE, mark))
    again = one(GET, (VARIABLE,))  # twice in a row, for poolers that deal their backends out in turns
    seen, other_backend = other(GET, (VARIABLE,))
    return again != own or one(GET, (VARIABLE,)) != own or seen == mark or other_backend == own[1]


def _session(stack: ExitStack, parameters: dict[str, Any]) -> Ask:
    connection = stack.enter_context(psycopg.connect(**parameters))

    def ask(query: str, values: Sequence[str]) -> tuple[object, ...]:
        return connection.execute(query, values).fetchone() or ()

    return ask
