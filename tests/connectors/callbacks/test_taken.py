"""Genuine calls of ConnectWise's: each is a hint that a sync is due, and nothing else."""

import json

from kombu.exceptions import OperationalError

from connectors.models import HeardCallback, Listening, RawTicket, SigningKey, SyncRun
from connectors.tasks import sync_hinted
from tenants.context import tenant

from .postbox import edit, hand_in


def test_a_change_at_the_vendor_leads_to_a_sync_that_finds_it(listen, told, hints, world, later):
    site = listen()
    site.sync()
    later(minutes=1)
    ticket = edit(world)
    (call,) = told()
    assert hand_in(call).json() == {"heard": True}
    assert hints == [{"schema": "north", "connection_id": site.link.id}]
    sync_hinted.apply(kwargs=hints[0]).get()
    assert site.one(RawTicket, external_id=ticket).summary.startswith("Edited")


def test_nothing_of_a_call_is_stored_as_data(listen, told, hints, world):
    site = listen()
    edit(world)
    for call in told():
        hand_in(call)
    assert not site.all(RawTicket)
    assert not site.all(SyncRun)


def test_hundreds_of_calls_cause_one_sync(listen, told, hints, world, desk):
    site = listen()
    desk.fault("burst", 200)
    edit(world)
    calls = told()
    assert len(calls) == 200
    assert {hand_in(call).status_code for call in calls} == {200}
    assert len(hints) == 1
    assert len(site.all(HeardCallback)) == 200


def test_a_call_after_the_sync_has_started_causes_the_next_one(listen, told, hints, world, later):
    listen()
    edit(world)
    hand_in(*told())
    sync_hinted.apply(kwargs=hints[0]).get()
    later(minutes=1)
    edit(world)
    hand_in(*told())
    assert len(hints) == 2


def test_the_same_call_again_does_nothing_more(listen, told, hints, world, desk, later):
    site = listen()
    desk.fault("replay", 2)
    edit(world)
    calls = told()
    assert [hand_in(call).status_code for call in calls] == [200, 200, 200]
    sync_hinted.apply(kwargs=hints[0]).get()
    later(hours=5)
    assert hand_in(calls[0]).status_code == 200
    assert len(hints) == 1
    assert len(site.all(HeardCallback)) == 1


def test_a_hint_that_was_lost_holds_off_others_for_a_while_only(listen, told, hints, world, later):
    listen()
    for minutes in (1, 1, 6):
        later(minutes=minutes)
        edit(world)
        hand_in(*told())
    assert len(hints) == 2


def test_without_a_broker_a_call_is_taken_and_the_next_sync_finds_it(listen, told, world, monkeypatch):
    def fail(**_):
        raise OperationalError

    monkeypatch.setattr(sync_hinted, "apply_async", fail)
    site = listen()
    edit(world)
    assert hand_in(*told()).status_code == 200
    assert site.one(Listening).hinted_at is None


def test_deletions_new_records_time_and_companies_are_told_too(listen, told, world):
    listen()
    ticket = world.open_ticket().id
    world.add_time_entry(ticket, world.catalogue.technicians[0].id, world.now, 1)
    world.delete_ticket(ticket)
    world.clients.companies.touch(next(iter(world.clients.companies)), world.now, "somebody")
    seen = [(json.loads(call.body)["Type"], json.loads(call.body)["Action"]) for call in told()]
    for expected in [
        ("ticket", "added"),
        ("time", "added"),
        ("time", "deleted"),
        ("ticket", "deleted"),
        ("company", "updated"),
    ]:
        assert expected in seen


def test_a_deletion_is_taken_though_it_carries_no_record(listen, told, hints, world):
    listen()
    world.delete_ticket(world.tickets.ids[0])
    deleted = [call for call in told() if json.loads(call.body)["Entity"] is None]
    assert deleted
    assert {hand_in(call).status_code for call in deleted} == {200}
    assert len(hints) == 1


def test_the_key_is_read_once_for_many_calls(listen, told, hints, world, desk, simulator):
    listen()
    desk.fault("burst", 20)
    edit(world)
    for call in told():
        hand_in(call)
    assert simulator.requests("north")["signing key"] == 1


def test_a_new_signing_key_is_picked_up(listen, told, hints, world, desk, later, monkeypatch):
    site = listen()
    edit(world)
    assert hand_in(*told()).status_code == 200
    monkeypatch.setattr(type(desk), "signing_key", "another")
    later(minutes=2)
    edit(world)
    assert hand_in(*told()).status_code == 200
    assert site.one(SigningKey).key == "another"


def test_the_signing_key_is_kept_encrypted(listen, told, hints, world, desk):
    site = listen()
    edit(world)
    hand_in(*told())
    kept = site.one(SigningKey)
    assert kept.key == desk.signing_key
    assert desk.signing_key.encode() not in bytes(kept.encrypted_key)


def test_a_paused_connection_listens_and_does_nothing(listen, told, hints, world):
    site = listen()
    with tenant("north"):
        type(site.link).objects.update(is_enabled=False)
    edit(world)
    assert hand_in(*told()).status_code == 200
    assert hints == []
