"""Asking ConnectWise to call, asking it to stop, and whether it still would."""

import json
from types import SimpleNamespace

import pytest
from django.urls import reverse

from connectors import listening
from connectors.errors import StopStream
from connectors.models import HeardCallback, Listening, SigningKey
from connectors.preflight import preflight
from connectors.simulators.connectwise import Role
from connectors.simulators.server import Request
from connectors.tasks import expire_archive
from tenants.context import tenant

from .postbox import edit, hand_in


def registered(desk) -> list[tuple[str, str]]:
    return sorted((each.type, each.url) for each in desk.registered.values())


def test_asking_for_calls_registers_one_of_each_kind_however_often(listen, desk, postbox):
    site = listen()
    with tenant("north"):
        listening.start(site.link, postbox.server.url)
    address = site.one(Listening).address
    assert registered(desk) == [(kind, f"{address}?recordId=") for kind in ("company", "ticket", "time")]


def test_a_callback_that_the_vendor_gave_up_is_replaced_and_others_are_left_alone(listen, desk, postbox):
    site = listen()
    others = SimpleNamespace(
        url="http://127.0.0.1/others?recordId=", type="ticket", level="owner", object_id=1
    )
    foreign = desk.answer("system/callbacks", _post(others))
    assert foreign.status == 201
    for each in desk.registered.values():
        each.inactive_flag = each.type == "ticket"
    with tenant("north"):
        listening.start(site.link, postbox.server.url)
    ours = [each for each in desk.registered.values() if "others" not in each.url]
    assert sorted(each.type for each in ours) == ["company", "ticket", "time"]
    assert not any(each.inactive_flag for each in ours)
    assert len(desk.registered) == 4


def _post(callback) -> Request:
    body = {
        "url": callback.url,
        "type": callback.type,
        "level": callback.level,
        "objectId": callback.object_id,
    }
    return Request("POST", "/", {}, {}, json.dumps(body).encode(), "http://127.0.0.1/")


def test_a_new_address_replaces_the_earlier_one(listen, desk):
    site = listen()
    with tenant("north"):
        listening.start(site.link, "http://elsewhere.localhost")
    assert {url.partition("/hooks")[0] for _, url in registered(desk)} == {"http://elsewhere.localhost"}


def test_calls_can_be_stopped(listen, desk, told, hints, world):
    site = listen()
    edit(world)
    (call,) = told()
    with tenant("north"):
        listening.stop(site.link)
    assert desk.registered == {}
    assert hand_in(call).status_code == 401
    edit(world)
    assert told() == []


def test_a_role_that_may_not_register_is_said_in_words_and_changes_nothing(connect, simulator):
    site = connect("north")
    simulator.set_role("north", Role(denied=("system/callbacks",)))
    with tenant("north"), pytest.raises(StopStream, match="security role may not"):
        listening.start(site.link, "https://north.example.com")
    assert site.one(Listening).address == ""


def test_two_tenants_get_addresses_of_their_own_that_nobody_can_guess(listen, connect, postbox):
    north, south = listen("north"), connect("south")
    with tenant("south"):
        listening.start(south.link, postbox.server.url)
    keys = {site.one(Listening).key for site in (north, south)}
    assert len(keys) == 2
    assert all(len(key) >= 40 for key in keys)


# --- whether they are alive -----------------------------------------------------------------------


def calls_check(site):
    with tenant(site.schema):
        return next((check for check in preflight(site.link) if check.name == "Calls about changes"), None)


def test_a_preflight_says_whether_the_vendor_would_call(listen, connect, desk, told, hints, world):
    assert calls_check(connect("south")) is None
    site = listen()
    assert calls_check(site).message == "Registered. There has been no call yet."
    edit(world)
    hand_in(*told())
    assert calls_check(site).message.startswith("The last call came")
    for each in desk.registered.values():
        each.inactive_flag = each.type == "ticket"
    check = calls_check(site)
    assert not check.ok
    assert "no longer calls about: ticket" in check.message


def test_the_vendor_gives_up_after_three_days_of_trouble(listen, postbox, desk, world, later):
    site = listen()
    for _ in range(3):
        postbox.answers = [500] * 10
        edit(world)
        desk.courier.finish()
        later(days=1)
    assert not calls_check(site).ok


def test_a_refused_call_is_tried_again_by_the_vendor(listen, postbox, desk, world):
    listen()
    desk.courier.pauses = (0, 0)
    postbox.answers = [429, 404]
    edit(world)
    desk.courier.finish()
    assert len(postbox.calls) == 3
    assert desk.deliveries[-1].status == 200


def test_what_was_heard_is_forgotten_in_time(call, hints, later):
    hand_in(call)
    later(days=1)
    expire_archive.apply(kwargs={"schema": "north"}).get()
    with tenant("north"):
        assert HeardCallback.objects.count() == 1
    later(days=2)
    expire_archive.apply(kwargs={"schema": "north"}).get()
    with tenant("north"):
        assert (HeardCallback.objects.count(), SigningKey.objects.count()) == (0, 0)


def test_the_address_ends_in_a_slash_as_reverse_says(listen):
    site = listen()
    kept = site.one(Listening)
    assert kept.address.endswith(reverse("callback", args=("connectwise", site.link.id, kept.key)))
