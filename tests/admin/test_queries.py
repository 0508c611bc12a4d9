"""How many questions each page asks the database, page by page as written in queries.toml, and never more than 25.

After a wanted change, write the numbers anew and read their diff:
    UPDATE_QUERIES=1 .venv/bin/python -m pytest tests/admin/test_queries.py -n 0
"""

import os
import tomllib
from pathlib import Path

import pytest

from connectors.models import Connection
from tenants.context import tenant
from tests.admin.conftest import COMPANY, add_rows
from tests.admin.projects import add_projects
from tests.pages import questions, shown

RECORDED = Path(__file__).with_name("queries.toml")
MOST = 25
HOW = "If that is meant: UPDATE_QUERIES=1 .venv/bin/python -m pytest tests/admin/test_queries.py -n 0"


@pytest.fixture
def asked(sign_in) -> dict[str, int]:
    """By route, on lists long enough that a question per row would show."""
    client = sign_in("owner")
    with tenant("north"):
        add_rows(Connection.objects.get(name="north-marker desk"), "north-marker", MOST)
        add_projects("north-marker", (COMPANY, COMPANY + 1))
    return {route: questions(client, address) for route, address in shown(client, "north").items()}


def test_no_page_asks_the_database_more_than_it_did(asked):
    if os.environ.get("UPDATE_QUERIES"):
        RECORDED.write_text("".join(f'"{route}" = {number}\n' for route, number in asked.items()))
    recorded = tomllib.loads(RECORDED.read_text())
    more = {
        route: (number, recorded.get(route))
        for route, number in asked.items()
        if number > recorded.get(route, 0)
    }
    assert more == {}, f"Pages with their queries now and as recorded. {HOW}"
    assert set(recorded) - set(asked) == set(), f"Pages that are gone. {HOW}"
    assert {route: number for route, number in asked.items() if number > MOST} == {}
