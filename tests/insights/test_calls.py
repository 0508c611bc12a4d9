"""A question is asked once: what is remembered, for how long, by whom, and what keeps it from being asked at all."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from insights.asking import breaker
from insights.asking.calls import Answered, ask_once
from insights.asking.connected import connected
from insights.asking.troubles import Trouble
from insights.models import ConnectedModel, LlmAbility, LlmCall, MonthlyBudget
from tenants.context import tenant
from tests.insights.asked import IMPATIENT, NOW, UNHURRIED, model_at, question
from tests.insights.llm_server import LlmServer


@pytest.fixture(scope="module")
def running() -> Iterator[LlmServer]:
    with LlmServer(write=lambda payload: '{"ok": true}') as server:
        yield server


@pytest.fixture
def server(north, running) -> LlmServer:
    running.forget()
    model_at(running.base_url)
    return running


def ask(text: str = "Is it ok?", now=NOW, **fields) -> Answered:
    return ask_once(question(text, **fields), now, limits=UNHURRIED, patience=IMPATIENT)


def later(**time) -> object:
    return NOW + timedelta(**time)


def test_the_same_question_is_asked_once(server):
    first, second = ask(), ask(now=later(days=30))
    assert (first.result, second.result, first.call) == ({"ok": True}, {"ok": True}, second.call)
    assert (first.is_cached, second.is_cached, len(server.requests)) == (False, True, 1)


@pytest.mark.parametrize(
    "change",
    [{"text": "Really?"}, {"prompt_version": "2"}, {"schema_version": "2"}],
    ids=lambda change: str(change),
)
def test_another_question_is_another(server, change):
    ask()
    ask(**change)
    assert len(server.requests) == 2


def test_another_model_or_server_is_asked_anew(server):
    ask()
    ConnectedModel.objects.update(model="model-2")
    ask()
    ConnectedModel.objects.update(base_url=server.base_url + "/")
    ask()
    assert [seen.payload["model"] for seen in server.requests] == ["model-1", "model-2", "model-2"]


def test_two_tenants_share_nothing(server):
    ask("ours")
    with tenant("south"):
        model_at(server.base_url, key="sk-south")
        ask("ours")
        assert LlmCall.objects.count() == 1
        LlmCall.objects.all().delete()
        ConnectedModel.objects.all().delete()
    assert len(server.requests) == 2
    assert [b"sk-south" in seen.raw for seen in server.requests] == [False, True]
    assert LlmCall.objects.count() == 1


def test_a_stored_answer_is_checked_again_before_it_is_used(server):
    """A name may be known as a name only since yesterday."""
    ask()
    again = ask(check=lambda result: "it names somebody")
    assert (again.result, again.verdict, len(server.requests)) == (None, "it names somebody", 1)


def test_a_failure_is_shared_for_a_minute_and_asked_again_after(server):
    server.behave("error")
    assert ask().verdict == Trouble.SERVER_ERROR
    assert ask(now=later(seconds=30)).is_cached
    assert len(server.requests) == 3
    server.behave("good")
    assert ask(now=later(minutes=5)).result == {"ok": True}
    call, budget = LlmCall.objects.get(), MonthlyBudget.objects.get()
    assert call.attempts == 4
    assert call.input_tokens + call.output_tokens == budget.spent_tokens > 150


def test_a_useless_reply_is_not_paid_for_every_night(server):
    server.behave("schema_ignored")
    assert not ask().is_cached
    server.behave("good")
    assert ask(now=later(days=3)).verdict == "it has to say whether it is ok"
    assert ask(now=later(days=8)).result == {"ok": True}
    assert len(server.requests) == 3


def test_without_a_model_nobody_is_asked(north):
    assert ask().verdict == Trouble.NOT_CONNECTED
    model_at("http://127.0.0.1:9/v1", is_enabled=False)
    assert ask().verdict == Trouble.NOT_CONNECTED
    assert connected(NOW) is None
    assert not LlmCall.objects.exists()


def test_a_key_that_cannot_be_decrypted_is_said(server, settings):
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    assert ask().verdict == Trouble.KEY_UNREADABLE
    assert server.requests == []
    assert connected(NOW) is None


def test_a_run_makes_so_many_calls_and_no_more(server):
    ConnectedModel.objects.update(calls_per_run=2)
    verdicts = [ask(str(number)).verdict for number in range(4)]
    assert verdicts == ["", "", Trouble.RUN_LIMIT, Trouble.RUN_LIMIT]
    assert ask("1").is_cached
    assert ask("2", now=later(days=1)).result == {"ok": True}


def test_what_a_server_does_not_understand_is_remembered_for_a_day(server):
    server.behave("json_object_only")
    for number, now in enumerate([NOW, later(hours=23), later(hours=25)]):
        ask(str(number), now=now)
    forms = [seen.payload.get("response_format", {}).get("type") for seen in server.requests]
    assert forms == ["json_schema", "json_object", "json_object", "json_schema", "json_object"]
    assert LlmAbility.objects.count() == 1


def test_after_five_failures_in_a_row_nobody_asks_for_a_while(server):
    server.behave("error")
    for number in range(6):
        ask(str(number))
    assert len(server.requests) == 5 * 3
    assert ask("another").verdict == Trouble.RESTING
    assert connected(NOW) is None
    assert connected(later(minutes=16)) is not None


def test_after_the_rest_one_asks_first_and_its_answer_ends_the_rest(server):
    server.behave("error")
    for number in range(5):
        ask(str(number))
    model, after = ConnectedModel.objects.get(), later(minutes=20)
    assert [breaker.may_ask(model, after) for _ in range(3)] == [True, False, False]
    server.behave("good")
    assert ask("first", now=later(minutes=30)).result == {"ok": True}
    model.refresh_from_db()
    assert (model.failures_in_a_row, model.rests_until, model.last_problem) == (0, None, "")


@pytest.mark.parametrize("behaviour", ["bad_key", "no_model", "quota", "redirect"])
def test_what_only_a_person_can_change_ends_it_at_once(server, behaviour):
    server.behave(behaviour)
    ask("one")
    ask("two")
    assert len(server.requests) == 1
    assert ConnectedModel.objects.get().last_problem == {"bad_key": "key"}.get(behaviour, behaviour)


def test_whoever_asks_to_be_left_alone_for_an_hour_is(server):
    server.behave("busy_hour")
    ask("one")
    assert ask("two", now=later(minutes=50)).verdict == Trouble.RESTING
    server.behave("good")
    assert ask("three", now=later(minutes=61)).result == {"ok": True}


def test_a_reply_of_no_use_says_nothing_about_the_server(server):
    server.behave("refusal")
    for number in range(6):
        ask(str(number))
    assert len(server.requests) == 6
    assert connected(NOW) is not None


def test_the_key_of_the_model_is_rotated_with_the_other_credentials(server, settings):
    with tenant("south"):
        model_at(server.base_url, key="sk-south")
    new = Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [new, *settings.CREDENTIAL_KEYS]
    call_command("rotate_credentials", stdout=StringIO())
    settings.CREDENTIAL_KEYS = [new]
    assert ask().result == {"ok": True}
    with tenant("south"):
        assert ConnectedModel.objects.get().key["key"] == "sk-south"
