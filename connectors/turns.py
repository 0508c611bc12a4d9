"""One writer at a time per connection, whichever process it is in; and whether there is one now."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from connectors.errors import AlreadyRunning
from connectors.models import Connection

LOCK = "HASHTEXT(CURRENT_SCHEMA() || '/sync'), %s"
HELD = """
SELECT EXISTS (
    SELECT
    FROM pg_locks
    WHERE locktype = 'advisory'
        AND database = (SELECT oid FROM pg_database WHERE datname = CURRENT_DATABASE())
        AND classid::bigint = HASHTEXT(CURRENT_SCHEMA() || '/sync')::bigint & 4294967295
        AND objid::bigint = %s
)
"""


@contextmanager
def exclusively(link: Connection) -> Iterator[None]:
    """The lock is the database session's, so a dead worker holds none."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT PG_TRY_ADVISORY_LOCK({LOCK})", [link.id])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning(f"{link} is being synced by another worker.")
        # Rows and cursor are committed together: should the server lose power, both are asked for again.
        cursor.execute("SET synchronous_commit TO OFF")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO DEFAULT")
            cursor.execute(f"SELECT PG_ADVISORY_UNLOCK({LOCK})", [link.id])


def is_running(link: Connection) -> bool:
    """Whether somebody is writing, also where the log of runs was left open by a worker that died."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, [link.id])
        return bool(cursor.fetchone()[0])
