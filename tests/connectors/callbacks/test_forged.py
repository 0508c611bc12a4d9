"""Calls that are not ConnectWise's, or not for us."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from connectors import listening
from connectors.models import Listening
from connectors.simulators.server import Request
from tenants.context import tenant
from tenants.suspension import suspend

from .postbox import SIGNATURE, edit, hand_in

FORGED: dict[str, Callable[[Request], dict[str, Any]]] = {
    "no signature": lambda call: {"signature": ""},
    "another's signature": lambda call: {"signature": "AAAA" + call.headers[SIGNATURE][4:]},
    "a signature that is no text": lambda call: {"signature": "é"},
    "other words": lambda call: {"body": call.body.replace(b"updated", b"deleted")},
    "the same JSON in other bytes": lambda call: {"body": json.dumps(json.loads(call.body), indent=1)},
    "another key in the address": lambda call: {"path": call.path[:-9] + "12345678/"},
    "a connection that is not there": lambda call: {
        "path": call.path.replace("/connectwise/", "/connectwise/9")
    },
    "another vendor": lambda call: {"path": call.path.replace("connectwise", "sentinelone")},
    "no JSON": lambda call: {"body": b"hello"},
    "JSON of another kind": lambda call: {"body": b'{"ID": "x"}'},
    "nothing": lambda call: {"body": b""},
}


@pytest.mark.parametrize("forgery", FORGED)
def test_what_is_forged_is_refused_without_a_reason(call, hints, forgery):
    response = hand_in(call, **FORGED[forgery](call))
    assert response.status_code == 401
    error = response.json()["error"]
    assert error == {
        "code": "authentication_failed",
        "message": "This callback is not accepted.",
        "details": {},
    }
    assert hints == []


def test_a_wrong_signature_of_the_vendors_is_refused(listen, told, hints, world, desk):
    listen()
    desk.fault("wrong-signature")
    edit(world)
    assert hand_in(*told()).status_code == 401
    assert hints == []


def test_a_key_at_a_foreign_address_is_never_asked_for(listen, told, hints, world, desk, monkeypatch):
    listen()
    desk.fault("foreign-key-url")
    edit(world)
    opened: list[str] = []
    monkeypatch.setattr("httpx.Client.stream", lambda *_, **asked: opened.append(asked["url"]))
    assert hand_in(*told()).status_code == 401
    assert opened == []
    assert hints == []


DISGUISES = [
    "{0}@keys.example.net/",
    "https://keys.example.net/{0}",
    "//keys.example.net",
    "file:///etc/hosts",
    "",
]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_disguise_of_the_address_helps(call, hints, simulator, disguise, monkeypatch):
    told = json.loads(call.body)
    told["Metadata"]["key_url"] = disguise.format(simulator.url)
    opened: list[str] = []
    monkeypatch.setattr("httpx.Client.stream", lambda *_, **asked: opened.append(asked["url"]))
    assert hand_in(call, body=json.dumps(told)).status_code == 401
    assert opened == []


def test_forged_calls_make_few_requests_to_the_vendor(call, hints, simulator):
    hand_in(call)
    before = simulator.requests("north")["signing key"]
    for number in range(30):
        told = json.loads(call.body)
        told["Metadata"]["key_url"] += f"?{number}"
        hand_in(call, body=json.dumps(told))
        hand_in(call, signature="wrong")
    assert simulator.requests("north")["signing key"] - before <= 5


def test_one_tenants_calls_are_not_anothers(listen, told, hints, world, connect, postbox):
    listen("north")
    south = connect("south")
    with tenant("south"):
        listening.start(south.link, postbox.server.url)
    edit(world)
    (call,) = told()
    assert hand_in(call, "south").status_code == 401
    assert hints == []
    address = south.one(Listening).address.removeprefix(postbox.server.url)
    assert hand_in(call, "south", path=address).status_code == 200  # one ConnectWise signs for both here …
    assert hints == [
        {"schema": "south", "connection_id": south.link.id}
    ]  # … and the address says whose it is


def test_a_suspended_tenant_hears_nothing(call, hints):
    suspend("north")
    assert hand_in(call).status_code == 403
    assert hints == []


def test_a_call_is_posted_and_of_a_sensible_length(call, hints):
    client = Client(HTTP_HOST="north.localhost")
    assert client.get(call.path).status_code == 405
    assert hand_in(call, body=b"x" * 600_000).status_code == 413
    assert hints == []


def test_while_the_vendor_is_down_a_call_cannot_be_checked_and_soon_is_not_tried(call, hints, monkeypatch):
    told = json.loads(call.body)
    told["Metadata"]["key_url"] = "http://127.0.0.1:9/key"
    monkeypatch.setattr("connectors.vendors.connectwise.callbacks.hosts", lambda _: ["http://127.0.0.1:9"])
    body = json.dumps(told)
    assert [hand_in(call, body=body).status_code for _ in range(3)] == [503, 401, 401]


def test_no_key_and_no_words_of_a_call_are_logged(call, hints, caplog, capfd):
    caplog.set_level("DEBUG")
    with tenant("north"):
        key = Listening.objects.get().key
    for changed in ({}, {"signature": "wrong"}, {"body": b"hello"}, {"body": b"x" * 600_000}):
        hand_in(call, **changed)
    printed = "".join(capfd.readouterr()) + caplog.text
    assert "callback refused" in printed
    assert key not in printed
    assert "summary" not in printed
