"""Tokens: kept, replaced once, fetched by one thread at a time, and read for what they say of themselves."""

import threading
from base64 import urlsafe_b64encode

import msgspec
import pytest

from connectors.errors import Retry
from connectors.vendors.defender import claims
from connectors.vendors.defender.tokens import Token, Tokens

TENANT = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def seconds(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("connectors.vendors.defender.tokens.time.monotonic", lambda: now[0])
    return now


def test_a_token_is_kept_until_three_minutes_before_its_end(seconds):
    fetched = []

    def fetch(tenant, scope):
        fetched.append((tenant, scope))
        return Token(f"token {len(fetched)}", 3599)

    tokens = Tokens(fetch)
    assert [tokens.get("a", "x"), tokens.get("a", "x")] == ["token 1", "token 1"]
    assert tokens.get("b", "x") != tokens.get("a", "y")
    seconds[0] += 3599 - 181
    assert tokens.get("a", "x") == "token 1"
    seconds[0] += 1
    assert tokens.get("a", "x") == "token 4"
    assert fetched == [("a", "x"), ("b", "x"), ("a", "y"), ("a", "x")]


def test_a_token_that_was_refused_is_replaced_once_for_all_that_had_it():
    numbers = iter(range(1, 10))
    tokens = Tokens(lambda *_: Token(f"token {next(numbers)}", 3599))
    assert tokens.get("a", "x") == "token 1"
    assert [tokens.get("a", "x", instead_of="token 1") for _ in range(3)] == ["token 2"] * 3
    assert tokens.get("a", "x") == "token 2"


def test_threads_that_need_the_same_token_fetch_it_once_and_others_do_not_wait():
    begun, go_on, fetched = threading.Event(), threading.Event(), []

    def fetch(tenant, scope):
        fetched.append(tenant)
        if tenant == "slow":
            begun.set()
            assert go_on.wait(10)
        return Token(tenant, 3599)

    tokens = Tokens(fetch)
    threads = [threading.Thread(target=tokens.get, args=("slow", "x")) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    assert tokens.get("quick", "x") == "quick"
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert sorted(fetched) == ["quick", "slow"]


def test_a_token_that_failed_to_come_is_fetched_again():
    answers = iter([Retry("busy"), Token("good", 3599)])

    def fetch(*_):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    tokens = Tokens(fetch)
    with pytest.raises(Retry):
        tokens.get("a", "x")
    assert tokens.get("a", "x") == "good"


def test_tokens_do_not_show_themselves():
    tokens = Tokens(lambda *_: Token("eyJ.secret", 3599))
    tokens.get("a", "x")
    assert "eyJ" not in repr(tokens) + repr(tokens.__dict__) + repr(Token("eyJ.secret", 1))


@pytest.mark.parametrize("token", ["opaque", "a.b.c", "", "a.bnVsbA.c", "a.e30.c.d"])
def test_a_token_that_says_nothing_readable_is_no_error(token):
    told = claims.of(token)
    assert (told.tenant, told.lacks("SecurityAlert.Read.All")) == ("", False)


def test_a_token_says_which_permissions_are_missing():
    token = f"x.{_base64({'tid': TENANT, 'roles': ['SecurityAlert.ReadWrite.All']})}.x"
    told = claims.of(token)
    assert told.tenant == TENANT
    assert not told.lacks("SecurityAlert.Read.All")
    assert told.lacks("Machine.Read.All")
    assert claims.of(f"x.{_base64({'tid': TENANT})}.x").lacks("Machine.Read.All")


def _base64(value):
    return urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")
