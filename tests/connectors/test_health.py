"""How a connection is said to be: in a word, since when, and what to do."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from connectors import health
from connectors.errors import Retry, StopConnection
from connectors.health import Kind
from connectors.models import Connection, CustomerMapping, RawVendorCustomer
from connectors.turns import exclusively, is_running
from tenants.context import tenant
from tests import factories


@pytest.fixture
def link(clock, north) -> Connection:
    """Just synced."""
    made: Connection = factories.connection()
    health.remember(made, [], "")
    return made


def test_after_a_sync_a_connection_works(link):
    assert health.of(link) == health.Health(Kind.OK)
    assert health.of(link).is_well


def test_a_new_connection_is_not_late_at_once(clock, north):
    assert health.of(factories.connection()).kind == Kind.NEW


@pytest.mark.parametrize(
    ("minutes", "kind"), [(10, Kind.OK), (18, Kind.OK), (20, Kind.LATE), (2000, Kind.LATE)]
)
def test_after_three_rounds_without_success_it_is_late(link, clock, minutes, kind):
    then = timezone.now()
    clock.shift(timedelta(minutes=minutes))
    found = health.of(link)
    assert found.kind == kind
    if kind == Kind.LATE:
        assert abs(found.since - then) < timedelta(minutes=1)
        assert "workers" in found.sentence
        assert not found.is_well


def test_a_connection_whose_first_sync_never_came_is_late(clock, north):
    link = factories.connection()
    clock.shift(timedelta(hours=1))
    assert health.of(link).kind == Kind.LATE


def test_a_sync_that_takes_hours_is_not_late_while_it_runs(link, clock):
    clock.shift(timedelta(hours=3))
    with exclusively(link):
        assert health.of(link).kind == Kind.OK
    assert health.of(link).kind == Kind.LATE


def test_whether_a_connection_is_being_synced_is_known_per_tenant_and_connection(db):
    with tenant("south"):
        elsewhere = factories.connection()
    with tenant("north"):
        one, other = factories.connection("One"), factories.connection("Other")
        with exclusively(one):
            assert is_running(one)
            assert not is_running(other)
            with tenant("south"):
                same_number = Connection(id=one.id)
                assert not is_running(same_number)
                assert not is_running(elsewhere)
        assert not is_running(one)


def test_a_paused_connection_is_never_late(link, clock):
    clock.shift(timedelta(days=30))
    link.is_enabled = False
    assert health.of(link).kind == Kind.PAUSED


@pytest.mark.parametrize(
    ("problem", "kind"),
    [(Retry("It is down."), Kind.FAILING), (StopConnection("Wrong keys."), Kind.ATTENTION)],
)
def test_trouble_says_since_when_and_what(link, clock, problem, kind):
    began = timezone.now()
    health.remember(link, [problem], str(problem))
    clock.shift(timedelta(hours=5))
    health.remember(link, [problem], str(problem))
    found = health.of(link)
    assert (found.kind, found.sentence) == (kind, str(problem))
    assert abs(found.since - began) < timedelta(minutes=1)
    health.remember(link, [], "")
    assert health.of(link).kind == Kind.OK


# --- permissions that end -------------------------------------------------------------------------


def customer(link: Connection, name: str, days: float | None, **fields):
    ends_at = None if days is None else timezone.now() + timedelta(days=days)
    return RawVendorCustomer.objects.create(
        source=link,
        external_id=name.lower(),
        name=name,
        level="tenant",
        row_hash=b"",
        ends_at=ends_at,
        **fields,
    )


def test_permissions_that_end_soon_need_attention_before_they_do(link):
    customer(link, "Contoso", 12.5)
    customer(link, "Fabrikam", -1)
    customer(link, "Tailspin", 40)
    customer(link, "Adatum", None)
    found = health.of(link)
    assert found.kind == Kind.ATTENTION
    assert "Fabrikam (has ended), Contoso (ends in 12 days)" in found.sentence
    assert "GDAP" in found.sentence
    assert "Tailspin" not in found.sentence


def test_customers_that_cannot_be_read_need_attention(link):
    customer(link, "Contoso", None, access="consent")
    customer(link, "Fabrikam", 3, access="role")
    customer(link, "Tailspin", None, access="license")
    customer(link, "Adatum", 2)
    found = health.of(link)
    assert found.kind == Kind.ATTENTION
    assert "cannot be read: Fabrikam, Contoso. " in found.sentence
    assert "Adatum (ends in 1 day)" in found.sentence
    assert "Tailspin" not in found.sentence


def test_many_that_end_are_counted(link):
    for number in range(5):
        customer(link, f"Customer {number}", 1.5)
    assert "Customer 2 (ends in 1 day) and 2 others" in health.of(link).sentence


def test_customers_that_are_gone_or_left_out_may_end(link):
    customer(link, "Contoso", 3, deleted_at=timezone.now())
    customer(link, "Fabrikam", 3)
    CustomerMapping.objects.create(source=link, customer_id="fabrikam", company_id=None, method="person")
    assert health.of(link).kind == Kind.OK


def test_trouble_now_is_said_before_trouble_to_come(link):
    customer(link, "Contoso", 3)
    health.remember(link, [StopConnection("The secret has expired.")], "The secret has expired.")
    assert health.of(link).sentence == "The secret has expired."


def test_another_tenants_permissions_are_its_own(link, db):
    with tenant("south"):
        theirs = factories.connection()
        customer(theirs, "Contoso", 3)
    with tenant("north"):
        assert health.of(link).kind == Kind.OK


def test_words_and_sentences_are_french_for_the_french(link, clock):
    clock.shift(timedelta(hours=1))
    with translation.override("fr"):
        late = health.of(link)
        assert (late.kind.label, late.sentence[:7]) == ("En retard", "Aucune ")
        customer(link, "Contoso", 3.5)
        health.remember(link, [], "")
        assert "Contoso (se termine dans 3 jours)" in health.of(link).sentence
