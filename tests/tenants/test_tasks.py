"""Celery tasks run inside the tenant that they name, or not at all."""

import pytest

from tenants.context import PUBLIC_SCHEMA, NoSchema, UnknownTenant, current_schema, tenant_task
from tenants.suspension import suspend

seen: list[str] = []


@tenant_task(name="tests.note")
def note(word: str = "") -> str:
    seen.append(current_schema())
    return word


@pytest.fixture(autouse=True)
def _forget() -> None:
    seen.clear()


def test_a_task_runs_in_the_tenant_it_names(db):
    assert note.apply(args=("hello",), kwargs={"schema": "north"}).get() == "hello"
    assert seen == ["north"]
    assert current_schema() == PUBLIC_SCHEMA


@pytest.mark.parametrize("named", [{}, {"schema": ""}, {"schema": "public"}, {"schema": None}])
def test_a_task_without_a_tenant_fails(north, named):
    with pytest.raises(NoSchema):
        note.apply(kwargs=named).get()
    assert seen == []


def test_a_task_of_an_unknown_tenant_fails(db):
    with pytest.raises(UnknownTenant, match="nowhere"):
        note.apply(kwargs={"schema": "nowhere"}).get()
    assert seen == []


def test_a_suspended_tenants_task_ends_at_once(db):
    suspend("north")
    assert note.apply(kwargs={"schema": "north"}).get() is None
    assert seen == []
