"""The operators' commands."""

import re
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import schema_context, schema_exists

from tenants.context import active_schemas, tenant
from tenants.directory.models import Domain, Msp
from tenants.models import MemberLink, TenantSettings
from tenants.provisioning import BEING_MADE
from tenants.roles import Role, role_of


def run(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=out, **options)
    return out.getvalue()


def half_made(schema: str, until: tuple[str, str] | None = None) -> None:
    """What a run that was killed leaves: the tenant's row, and its schema as far as it came."""
    Msp.objects.bulk_create(
        [Msp(schema_name=schema, name="Acme", is_suspended=True, suspended_reason=BEING_MADE)]
    )
    if until:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {schema}")
        call_command(
            "migrate_schemas", *until, tenant=True, schema_name=schema, interactive=False, verbosity=0
        )
        with connection.cursor() as cursor:  # as the end of that run's transaction would have
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_tenant_is_made_in_one_go_and_only_once(db):
    words = ("create_tenant", "Acme & Söhne GmbH", "--time-zone", "Europe/Berlin", "--currency", "EUR")
    assert run(*words) == "acme_sohne_gmbh: made, at acme-sohne-gmbh.localhost\n"
    with tenant("acme_sohne_gmbh") as msp:
        assert (msp.name, msp.is_suspended) == ("Acme & Söhne GmbH", False)
        assert set(Group.objects.values_list("name", flat=True)) == {"owner", "manager", "technician"}
        assert TenantSettings.load().time_zone == "Europe/Berlin"
        TenantSettings.objects.update(currency="CHF")
    assert run(*words) == "acme_sohne_gmbh: was there already, at acme-sohne-gmbh.localhost\n"
    with tenant("acme_sohne_gmbh"):
        assert TenantSettings.load().currency == "CHF"
    assert "acme_sohne_gmbh: active, acme-sohne-gmbh.localhost, complete" in run("tenant_status")


@pytest.mark.parametrize("until", [None, ("tenants", "0001"), ("auth", "0001")])
def test_what_a_killed_run_left_is_completed(db, until):
    half_made("acme", until)
    assert "acme" not in active_schemas()
    with pytest.raises(CommandError, match="Half made: acme"):
        run("tenant_status")
    assert run("create_tenant", "Acme") == "acme: was there already, at acme.localhost\n"
    assert "acme" in active_schemas()
    assert "acme: active, acme.localhost, complete" in run("tenant_status")


def test_a_tenant_that_an_operator_suspended_stays_so(db):
    run("suspend_tenant", "north", "--reason", "unpaid")
    run("create_tenant", "Northwind IT", "--schema", "north")
    assert Msp.objects.get(schema_name="north").suspended_reason == "unpaid"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["Acme", "--schema", "Acme"], '"Acme" cannot name a tenant'),
        (["Acme", "--schema", "pg_acme"], "cannot name a tenant"),
        (["Acme", "--schema", "public"], '"public" is reserved'),
        (["Acme", "--schema", 'a"; DROP SCHEMA north'], "cannot name a tenant"),
        (["日本"], '"" cannot name a tenant'),
        (["Acme", "--time-zone", "Mars/Olympus"], '"Mars/Olympus" is not a time zone'),
        (["Acme", "--currency", "euro"], '"euro" is not a currency code'),
        (["Acme", "--domain", "acme/x"], '"acme/x" is not a host name'),
        (["Acme", "--domain", "north.localhost"], "already leads to the tenant north"),
        (["Acme", "--domain", "localhost"], "belongs to the operators"),
        (["Acme", "--domain", "127.0.0.1"], "belongs to the operators"),
        (["x" * 201, "--schema", "acme"], "at most 200 characters"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_made(db, words, sentence):
    before = (Msp.objects.count(), Domain.objects.count())
    with pytest.raises(CommandError, match=re.escape(sentence)):
        run("create_tenant", *words)
    assert (Msp.objects.count(), Domain.objects.count()) == before
    assert not schema_exists("acme")


def test_an_empty_database_is_recognised(db):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE directory_msp RENAME TO elsewhere")
    with pytest.raises(CommandError, match="migrate_schemas --shared"):
        run("create_tenant", "Acme")


def test_a_domain_that_is_not_allowed_yet_is_pointed_out(db):
    said = run("create_tenant", "Northwind IT", "--schema", "north", "--domain", "desk.example.com")
    assert "Add desk.example.com to ALLOWED_HOSTS" in said


def test_an_owner_is_made_with_the_tenant_and_the_password_shown_once(db):
    words = ("create_tenant", "Northwind IT", "--schema", "north", "--owner-email", "ada@example.com")
    password = run(*words).split("owner ada@example.com, password ")[1].strip()
    with tenant("north"):
        ada = User.objects.get(username="ada@example.com")
        assert ada.check_password(password)
        assert (ada.email, role_of(ada), ada.is_staff) == ("ada@example.com", Role.OWNER, True)
    assert "password" not in run(*words)


def test_a_technician_is_made_and_linked_to_a_member(db):
    said = run("create_user", tenant="north", username="tim", role="technician", member_id=77)
    assert re.fullmatch(r"north: tim made, technician, password \S{16}\n", said)
    with tenant("north"):
        tim = MemberLink.objects.get(member_id=77).user
        assert (tim.username, role_of(tim), tim.is_staff) == ("tim", Role.TECHNICIAN, False)
    with tenant("south"):
        assert not User.objects.exists()


def test_a_user_made_again_changes_role_and_keeps_the_password(db, monkeypatch):
    monkeypatch.setenv("DESKMETRY_PASSWORD", "correct horse battery")
    assert (
        run("create_user", tenant="north", username="tim", role="technician")
        == "north: tim made, technician\n"
    )
    monkeypatch.delenv("DESKMETRY_PASSWORD")
    said = run("create_user", tenant="north", username="tim", role="manager")
    assert said == "north: tim was there already, manager\n"
    with tenant("north"):
        tim = User.objects.get()
        assert role_of(tim) is Role.MANAGER
        assert tim.check_password("correct horse battery")


def test_a_password_can_be_piped_in(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("correct horse battery\n"))
    run("create_user", tenant="north", username="tim", role="owner", password_stdin=True)
    with tenant("north"):
        assert User.objects.get().check_password("correct horse battery")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"tenant": "nowhere"}, 'There is no tenant "nowhere"'),
        ({"tenant": "north", "username": "two words"}, "valid username"),
        ({"tenant": "north", "email": "nonsense"}, "valid email"),
        ({"tenant": "north", "member_id": 77}, "Member 77 is linked to the user tim already"),
    ],
)
def test_a_user_that_cannot_be_is_refused_whole(db, options, sentence):
    run("create_user", tenant="north", username="tim", role="technician", member_id=77)
    with pytest.raises(CommandError, match=sentence):
        run("create_user", **({"username": "tom", "role": "technician"} | options))
    with tenant("north"):
        assert User.objects.count() == 1


@pytest.mark.parametrize(("password", "sentence"), [("1234", "too short"), ("\n", "No password arrived")])
def test_a_poor_password_is_refused(db, monkeypatch, password, sentence):
    monkeypatch.setattr("sys.stdin", StringIO(password))
    with pytest.raises(CommandError, match=sentence):
        run("create_user", tenant="north", username="tim", role="owner", password_stdin=True)


def test_a_tenant_without_its_schema_and_a_missing_table_are_found(db):
    Msp.objects.bulk_create([Msp(schema_name="ghost", name="Ghost")])
    with schema_context("north"), connection.cursor() as cursor:
        cursor.execute("DROP TABLE django_session")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'kpis'")
    with pytest.raises(CommandError, match="Half made: ghost, north"):
        run("tenant_status")
    with pytest.raises(CommandError, match="ghost is not complete"):
        run("resume_tenant", "ghost")


def test_the_status_says_what_is_missing(db, capsys):
    with schema_context("north"), connection.cursor() as cursor:
        cursor.execute("DROP TABLE django_session")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'kpis'")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("tenant_status", stdout=out)
    assert re.search(r"north: active, .*kpis\.0001_initial.*missing tables: django_session", out.getvalue())
    assert "south: active, south.localhost, complete" in out.getvalue()


def test_the_status_of_many_tenants_costs_as_many_queries_as_that_of_two(db, django_assert_num_queries):
    with django_assert_num_queries(6):  # tenants, domains, catalogue, migrations, and two search paths
        run("tenant_status")


def test_suspending_and_resuming(db):
    assert run("suspend_tenant", "north", "--reason", "unpaid") == "north: suspended\n"
    assert active_schemas() == ["south"]
    assert "north: suspended" in run("tenant_status")
    assert run("resume_tenant", "north") == "north: active\n"
    assert active_schemas() == ["north", "south"]


@pytest.mark.parametrize("command", ["suspend_tenant", "resume_tenant"])
def test_an_unknown_tenant_cannot_be_suspended_or_resumed(db, command):
    with pytest.raises(CommandError, match='There is no tenant "nowhere"'):
        run(command, "nowhere")


def test_a_new_credential_key_is_one():
    Fernet(run("new_credential_key").strip().encode())
