"""dlt's REST source into the same PostgreSQL: what a ready-made toolkit does with the same pages."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from django.db import connection

from connectors.models import Connection
from connectors.registry import open_client

DATASET = "bench_dlt"
PAGE_SIZE = 1000
# Files small enough that two processes have something to normalise, and several are loaded at once.
TUNING = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "NORMALIZE__WORKERS": "2",
    "LOAD__WORKERS": "4",
    "SOURCES__DATA_WRITER__FILE_MAX_ITEMS": "5000",
    "NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS": "5000",
}


def load_tickets(link: Connection, wanted: int) -> int:
    """Loads about so many tickets, a page at a time; returns how many there are then."""
    with tempfile.TemporaryDirectory() as folder, _tuned(), _dropped_afterwards():
        import dlt

        pipeline = dlt.pipeline(
            "bench_dlt",
            pipelines_dir=folder,
            destination=dlt.destinations.postgres(credentials=_database_url()),
            dataset_name=DATASET,
        )
        pipeline.run(_source(link, pages=-(-wanted // PAGE_SIZE)), loader_file_format="csv")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {DATASET}.tickets")
            return int(cursor.fetchone()[0])


def _source(link: Connection, pages: int) -> Any:
    from dlt.sources.helpers.rest_client.paginators import HeaderLinkPaginator
    from dlt.sources.rest_api import rest_api_source

    login, company = link.credentials, link.settings["company_id"]
    client = open_client(link)
    base = client.url("", client.discover())  # type: ignore[attr-defined]
    client.close()
    tickets: Any = {
        "name": "tickets",
        "primary_key": "id",
        "write_disposition": {"disposition": "merge", "strategy": "upsert"},
        "max_table_nesting": 0,
        "endpoint": {"path": "service/tickets", "params": {"pageSize": PAGE_SIZE}},
    }
    source = rest_api_source(
        {
            "client": {
                "base_url": base,
                "headers": {"clientId": login["client_id"], "pagination-type": "forward-only"},
                "auth": {
                    "type": "http_basic",
                    "username": f"{company}+{login['public_key']}",
                    "password": login["private_key"],
                },
                "paginator": HeaderLinkPaginator(),
            },
            "resources": [tickets],
        }
    )
    source.resources["tickets"].add_limit(pages)
    return source


@contextmanager
def _tuned() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in TUNING}
    os.environ.update(TUNING)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _dropped_afterwards() -> Iterator[None]:
    with connection.cursor() as cursor:
        try:
            yield
        finally:
            for schema in (DATASET, f"{DATASET}_staging"):
                cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def _database_url() -> str:
    """dlt wants a host and a password; of two hosts libpq takes the later one, so a socket's folder will do."""
    at = connection.settings_dict
    return (
        f"postgresql://{quote(at['USER'])}:{quote(at['PASSWORD'] or 'none')}@localhost:{at['PORT'] or 5432}"
        f"/{quote(at['NAME'])}?host={quote(at['HOST'] or 'localhost', safe='')}"
    )
