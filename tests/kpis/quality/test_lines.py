"""What to fix at the source: which lines there are, in which order, and whom they name."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from connectors.models import SkippedRecord
from kpis import names
from kpis.compute import compute
from kpis.quality.lines import Line, lines
from kpis.quality.standing import Standing
from tenants.context import tenant
from tests import factories


@pytest.fixture
def found(north):
    """Of the tenant north, once computed; south has the same wrongs many times."""

    def compute_and_look() -> dict[str, Line]:
        compute()
        return {line.check: line for line in lines(Standing.look())}

    factories.connection(last_success_at=timezone.now())
    for member, name in ((1, "Ada"), (2, "Ben"), (3, "Cy"), (4, "Di")):
        factories.member(member, name)
    factories.board(7, "Service Desk")
    factories.company(5, "Northwood")
    with tenant("south"):
        for _ in range(5):
            factories.time_entry(factories.ticket(yesterday()), yesterday(), minutes=2000)
        compute()
    return compute_and_look


def yesterday():
    return timezone.now() - timedelta(days=1)


def ticket(**fields):
    return factories.ticket(yesterday(), **{"company_id": 5, "board_id": 7, "type_name": "Printer"} | fields)


def test_a_line_says_how_many_of_whom_and_how_much_work_that_is(found):
    for _ in range(3):
        factories.time_entry(ticket(type_name=""), yesterday(), minutes=20, member=1)
    ticket()
    line = found()["no_type"]
    assert (line.count, line.of, line.percent, line.minutes) == (3, 4, 75, 60)
    assert [(most.dimension, most.id, most.name, most.count) for most in line.most] == [
        ("board", 7, "Service Desk", 3)
    ]
    assert "behind=no_type" in line.url


def test_the_biggest_effect_comes_first_then_the_most(found):
    for _ in range(3):
        ticket(type_name="")
    factories.time_entry(ticket(), yesterday(), minutes=1200, member=1)
    factories.time_entry(ticket(), yesterday(), minutes=10, member=77)
    SkippedRecord.objects.create(
        connection=factories.connection(),
        stream="tickets",
        external_id="1",
        reason="x",
        payload="x",
        seen_at=yesterday(),
    )
    assert list(found()) == ["long_entry", "no_member", "no_type", "skipped_record"]


def test_minutes_entered_twice_are_themselves_the_effect(found):
    start = yesterday()
    for _ in range(2):
        factories.time_entry(ticket(), start, minutes=60, member=1, ended_at=start + timedelta(minutes=60))
    line = found()["overlap"]
    assert (line.count, line.minutes, line.of) == (60, 60, 120)


def test_alerts_count_as_much_as_alerts_with_a_ticket_cost(found):
    work = ticket()
    factories.time_entry(work, yesterday(), minutes=90, member=1)
    for alert in ("a", "b", "c"):
        factories.alert(alert, yesterday(), customer_id="stray")
    factories.alert_link(work, "a")
    factories.alert_link(work, "b")
    assert found()["unmapped_alert"].minutes == 3 * Decimal(45)


def test_three_technicians_at_most_are_named_as_far_as_the_msp_wishes(found):
    for member in (1, 2, 2, 3, 4, 4):
        factories.time_entry(ticket(), yesterday(), minutes=1000, member=member)
    assert [most.name for most in found()["long_entry"].most] == ["Ben", "Di", "Ada"]
    factories.settings(privacy_mode="pseudonymous")
    most = found()["long_entry"].most
    assert [one.id for one in most] == [names.pseudonymous_id(member) for member in (2, 4, 1)]
    assert all(one.name.startswith("Technician ") for one in most)
    factories.settings(privacy_mode="own_only")
    assert [one.name for one in found()["long_entry"].most] == ["Service Desk"]


def test_what_is_well_has_no_line(found):
    factories.time_entry(ticket(owner_id=1), yesterday(), member=1)
    assert found() == {}


def test_what_is_older_than_thirty_days_has_no_line(found):
    factories.ticket(timezone.now() - timedelta(days=31), type_name="")
    assert "no_type" not in found()


def test_what_is_wrong_now_is_a_line_as_well(found):
    factories.customer("stray")
    factories.alert("a", timezone.now() - timedelta(days=60), customer_id="stray")
    factories.edr().__class__.objects.update(last_success_at=None)
    ticket()
    assert {"stale", "unmapped_customer"} <= found().keys()
