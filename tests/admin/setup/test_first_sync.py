"""What an owner sees of the first sync and of the first figures, and when they do not come."""

from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from connectors.models import Connection, RawMember, SyncRun
from connectors.setup import sync as sync_step
from connectors.simulators.connectwise import Role
from tenants.context import tenant
from tests import factories
from tests.admin.setup.path import SETUP, text, wait


def test_without_a_worker_the_page_says_so_after_a_while(connected, no_worker):
    page = connected.post(f"{SETUP}sync/", follow=True)
    assert "Waiting for a worker." in text(page)
    assert "data-dm-again" in text(page)
    assert "live.js" in text(page)
    wait(connected, seconds=20)
    fragment = text(connected.get(f"{SETUP}sync/progress/"))
    assert "No worker has taken it up for 20 seconds" in fragment
    assert "data-dm-again" in fragment
    assert "Try again" not in fragment
    wait(connected, minutes=11)
    assert "data-dm-again" not in text(connected.get(f"{SETUP}sync/progress/"))


def test_a_queue_that_does_not_answer_is_said(connected, monkeypatch):
    def fail(_link: Connection) -> None:
        raise OperationalError

    monkeypatch.setattr(sync_step, "start", fail)
    assert "the queue of background work does not answer" in text(
        connected.post(f"{SETUP}sync/", follow=True)
    )


def test_a_sync_that_stops_says_why_and_is_tried_again(connected, desk, at_once):
    desk.set_role("desk", Role(denied=("service/tickets",)))
    page = connected.post(f"{SETUP}sync/", follow=True)
    assert "may not read service/tickets" in text(page)
    assert "Try again" in text(page)
    assert "data-dm-again" not in text(page)
    desk.set_role("desk", Role())
    page = connected.post(f"{SETUP}sync/", follow=True)
    assert page.context["is_done"]


def test_a_sync_that_cannot_even_begin_is_not_waited_for(connected, desk, at_once):
    with tenant("north"):
        link = Connection.objects.get()
        link.credentials = link.credentials | {"private_key": "changed meanwhile"}
        link.save()
    page = connected.post(f"{SETUP}sync/", follow=True)
    assert page.context["syncs"][0].state == "trouble"
    assert "keys" in page.context["syncs"][0].sentence
    assert "data-dm-again" not in text(page)


def test_a_sync_whose_worker_is_gone_can_be_gone_on_with(connected):
    add_run("running", timedelta(minutes=30))
    page = connected.get(f"{SETUP}sync/")
    assert "It was broken off" in text(page)
    assert "Try again" in text(page)


def add_run(status: str, ago: timedelta, **counts) -> SyncRun:
    with tenant("north"):
        link, started = Connection.objects.get(), timezone.now() - ago
        return SyncRun.objects.create(
            connection=link, stream="tickets", mode="backfill", status=status, started_at=started, **counts
        )


def test_progress_tells_rate_and_what_is_left(connected, monkeypatch):
    monkeypatch.setattr("connectors.setup.first_sync.is_running", lambda link: True)
    add_run("running", timedelta(seconds=100), rows_seen=5000, announced=8000)
    page = connected.get(f"{SETUP}sync/progress/")
    (line,) = page.context["syncs"][0].lines
    assert line.rows_per_second == pytest.approx(50, abs=2)
    assert line.time_left in {"1:00", "1:01", "0:59"}
    assert "0 of 24 lists are read" in text(page)


def test_nobody_sees_another_msps_sync(connected, fresh):
    add_run("running", timedelta(minutes=30))
    page = text(fresh(schema="south").get(f"{SETUP}sync/"))
    assert "Nothing is connected yet" in page
    assert "<table" not in page


def test_mapping_is_a_step_only_with_a_security_vendor(sign_in):
    with tenant("north"):
        factories.connection("Console", vendor="sentinelone", last_success_at=timezone.now())
    steps = {
        schema: {each.step.slug for each in sign_in("owner", schema).get(SETUP).context["stages"]}
        for schema in ("north", "south")
    }
    assert steps["north"] - steps["south"] == {"mapping"}
    page = sign_in("owner").get(f"{SETUP}mapping/")
    assert page.context["waiting"].customers
    assert "/admin/connectors/rawvendorcustomer/" in text(page)
    assert sign_in("owner", "south").get(f"{SETUP}mapping/").status_code == 404


def test_figures_that_are_not_begun_are_computed_on_request(staffed, at_once):
    with tenant("north"):
        Connection.objects.update(last_success_at=timezone.now() - timedelta(hours=1))
        factories.ticket(timezone.now() - timedelta(days=2))
    page = staffed.get(f"{SETUP}figures/")
    assert page.context["figures"].state == "next"
    page = staffed.post(f"{SETUP}figures/", follow=True)
    assert page.context["figures"].state == "done"
    assert "Open the dashboard" in text(page)


def test_figures_that_nobody_computes_are_said_to_wait_for_a_worker(staffed):
    page = staffed.get(f"{SETUP}figures/")
    assert page.context["figures"].state == "running"
    with tenant("north"):
        Connection.objects.update(last_success_at=timezone.now() - timedelta(minutes=2))
    page = staffed.get(f"{SETUP}figures/")
    assert "No worker has begun to compute for 120 seconds" in text(page)


def test_a_compute_under_way_is_seen(staffed):
    from django.db import connection

    with tenant("north"), connection.cursor() as cursor:
        cursor.execute("SELECT PG_ADVISORY_XACT_LOCK(HASHTEXT('kpis.compute'), HASHTEXT('north'))")
    fragment = text(staffed.get(f"{SETUP}figures/progress/"))
    assert "are being computed" in fragment
    assert "data-dm-again" in fragment


def test_a_desk_without_tickets_has_nothing_to_count(staffed, at_once):
    with tenant("north"):
        RawMember.objects.all().delete()
    page = staffed.post(f"{SETUP}figures/", follow=True)
    assert "There is nothing to count yet" in text(page)
    assert "data-dm-again" not in text(page)
