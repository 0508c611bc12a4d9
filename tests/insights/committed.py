"""Runs a test's body where rows are really committed, so that threads see each other's; emptied afterwards by hand.

The ordinary way, a transactional test, ends by emptying the public schema, and with it forgets the tenants.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model

from tenants.context import tenant

FILLED = ("insights", "connectors", "kpis")


def committed(body: Callable[[], None], schema: str = "north") -> None:
    """In a thread, whose connection is not in the transaction that the test is in."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_run, body, schema).result()


def _run(body: Callable[[], None], schema: str) -> None:
    try:
        with tenant(schema):
            try:
                body()
            finally:
                _empty()
    finally:
        connection.close()


def _empty() -> None:
    models: list[type[Model]] = [
        User,
        *(one for app in FILLED for one in apps.get_app_config(app).get_models()),
    ]
    tables = ", ".join(f'"{model._meta.db_table}"' for model in models if model._meta.managed)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
