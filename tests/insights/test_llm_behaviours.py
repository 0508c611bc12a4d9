"""Every way in which a server may behave, over real HTTP, and what becomes of a question."""

from collections.abc import Iterator

import pytest

from insights.asking.calls import ask_once
from insights.asking.troubles import Trouble
from insights.llm import Limits
from insights.models import ConnectedModel, LlmCall, MonthlyBudget
from tenants.context import tenant
from tests.insights.asked import IMPATIENT, KEY, NOW, QUICK, UNHURRIED, model_at, question
from tests.insights.llm_behaviours import BEHAVIOURS
from tests.insights.llm_server import LlmServer

GOOD, ALL_TRIES, MENDED = "", 3, 2
# Behaviour → what comes of it, how many requests that takes, and how the reply's form was asked for in the end.
OUTCOMES: dict[str, tuple[str, int, str]] = {
    "good": (GOOD, 1, "json_schema"),
    "schema_ignored": ("it has to say whether it is ok", MENDED, "json_schema"),
    "json_object_only": (GOOD, 2, "json_object"),
    "no_form": (GOOD, 3, "text"),
    "prose_around": (GOOD, 1, "json_schema"),
    "fenced": (GOOD, 1, "json_schema"),
    "thinks_first": (GOOD, 1, "json_schema"),
    "thinks_unopened": (GOOD, 1, "json_schema"),
    "reasoning_only": (GOOD, 1, "json_schema"),
    "in_parts": (GOOD, 1, "json_schema"),
    "null_content": (Trouble.EMPTY, 1, "json_schema"),
    "bad_json": (Trouble.NO_OBJECT, MENDED, "json_schema"),
    "deep_json": (Trouble.NO_OBJECT, MENDED, "json_schema"),
    "infinite": (Trouble.NO_OBJECT, MENDED, "json_schema"),
    "not_a_number": (Trouble.NO_OBJECT, MENDED, "json_schema"),
    "nul_inside": (Trouble.NO_OBJECT, MENDED, "json_schema"),
    "half_a_character": (Trouble.NO_OBJECT, MENDED, "json_schema"),
    "nul_in_400": (Trouble.BAD_REQUEST, 1, "json_schema"),
    "cut_off": (Trouble.CUT_OFF, 1, "json_schema"),
    "refusal": (Trouble.DECLINED, 1, "json_schema"),
    "filtered": (Trouble.DECLINED, 1, "json_schema"),
    "filtered_400": (Trouble.DECLINED, 1, "json_schema"),
    "no_choices": (Trouble.EMPTY, 1, "json_schema"),
    "html": (Trouble.NOT_AN_API, 1, "json_schema"),
    "error_in_200": (Trouble.NOT_AN_API, 1, "json_schema"),
    "wants_newer_limit": (GOOD, 2, "json_schema"),
    "wants_no_limit": (Trouble.BAD_REQUEST, 2, "json_schema"),
    "no_temperature": (GOOD, 2, "json_schema"),
    "picky": (GOOD, 5, "text"),
    "too_long": (Trouble.TOO_LONG, 1, "json_schema"),
    "bad_request": (Trouble.BAD_REQUEST, 1, "json_schema"),
    "bad_key": (Trouble.KEY, 1, "json_schema"),
    "key_in_500": (Trouble.SERVER_ERROR, ALL_TRIES, "json_schema"),
    "forbidden": (Trouble.FORBIDDEN, 1, "json_schema"),
    "no_model": (Trouble.NO_MODEL, 1, "json_schema"),
    "timed_out": (Trouble.TOO_SLOW, ALL_TRIES, "json_schema"),
    "busy": (Trouble.BUSY, ALL_TRIES, "json_schema"),
    "busy_wait": (Trouble.BUSY, ALL_TRIES, "json_schema"),
    "busy_hour": (Trouble.BUSY, 1, "json_schema"),
    "quota": (Trouble.QUOTA, 1, "json_schema"),
    "error": (Trouble.SERVER_ERROR, ALL_TRIES, "json_schema"),
    "bad_gateway": (Trouble.SERVER_ERROR, ALL_TRIES, "json_schema"),
    "overloaded": (Trouble.SERVER_ERROR, ALL_TRIES, "json_schema"),
    "drip": (Trouble.TOO_SLOW, ALL_TRIES, "json_schema"),
    "slow_headers": (Trouble.TOO_SLOW, ALL_TRIES, "json_schema"),
    "slow_refusal": (Trouble.TOO_SLOW, ALL_TRIES, "json_schema"),
    "silent": (Trouble.TOO_SLOW, ALL_TRIES, "json_schema"),
    "reset": (Trouble.BROKEN_OFF, ALL_TRIES, "json_schema"),
    "breaks_off": (Trouble.BROKEN_OFF, ALL_TRIES, "json_schema"),
    "huge": (Trouble.TOO_LARGE, 1, "json_schema"),
    "huge_refusal": (Trouble.TOO_LARGE, 1, "json_schema"),
    "gzip_bomb": (Trouble.ENCODED, 1, "json_schema"),
    "no_usage": (GOOD, 1, "json_schema"),
    "absurd_usage": (GOOD, 1, "json_schema"),
    "cached_tokens": (GOOD, 1, "json_schema"),
    "wrong_type": (GOOD, 1, "json_schema"),
    "redirect": (Trouble.REDIRECT, 1, "json_schema"),
}
UNBILLED = {
    "filtered_400",
    "too_long",
    "bad_request",
    "bad_key",
    "forbidden",
    "no_model",
    "timed_out",
    "busy",
}
UNBILLED |= {
    "busy_wait",
    "busy_hour",
    "quota",
    "nul_in_400",
    "redirect",
    "wants_no_limit",
    "html",
    "error_in_200",
}


@pytest.fixture(scope="module")
def server() -> Iterator[LlmServer]:
    with LlmServer(write=lambda payload: '{"ok": true}') as running:
        yield running


@pytest.fixture
def asked(north, server) -> LlmServer:
    server.forget()
    model_at(server.base_url)
    return server


def test_every_behaviour_has_its_outcome_here():
    assert set(OUTCOMES) == set(BEHAVIOURS)
    assert len(OUTCOMES) >= 24


@pytest.mark.parametrize("behaviour", OUTCOMES)
def test_whatever_a_server_does_is_understood_counted_and_kept(asked, behaviour, caplog):
    verdict, requests, form = OUTCOMES[behaviour]
    asked.behave(behaviour)
    limits = QUICK if verdict == Trouble.TOO_SLOW else Limits(deadline_seconds=20, output_tokens=500)
    answered = ask_once(question(), NOW, limits=limits, patience=IMPATIENT)
    assert (answered.verdict, len(asked.requests)) == (verdict, requests)
    assert answered.result == ({"ok": True} if verdict == GOOD else None)
    call, budget = LlmCall.objects.get(), MonthlyBudget.objects.get()
    assert (call.verdict, call.attempts, call.mode) == (verdict, requests, form)
    assert (call.result, call.pk) == (answered.result, answered.call)
    assert (call.state == "answered") == (verdict == GOOD)
    assert (call.reserved_tokens, budget.reserved_tokens) == (0, 0)
    assert budget.spent_tokens == call.input_tokens + call.output_tokens
    assert (budget.spent_tokens == 0) == (behaviour in UNBILLED)
    kept = repr([*LlmCall.objects.values(), *ConnectedModel.objects.values(), answered]) + caplog.text
    assert KEY not in kept
    with tenant("south"):
        assert not LlmCall.objects.exists()
        assert not MonthlyBudget.objects.exists()


def test_nothing_follows_a_redirection_to_another_host(asked):
    with LlmServer() as other:
        asked.elsewhere = f"{other.base_url}/chat/completions"
        asked.behave("redirect")
        assert ask_once(question(), NOW, patience=IMPATIENT).verdict == Trouble.REDIRECT
        assert other.requests == []


def test_a_server_that_does_not_count_is_estimated_and_marked(asked):
    asked.behave("no_usage")
    ask_once(question("x" * 350), NOW, limits=UNHURRIED)
    call = LlmCall.objects.get()
    assert call.is_estimated
    assert 100 <= call.input_tokens <= 110


def test_cached_tokens_count_in_full(asked):
    asked.behave("cached_tokens")
    ask_once(question(), NOW, limits=UNHURRIED)
    call = LlmCall.objects.get()
    assert (call.input_tokens, call.output_tokens, call.is_estimated) == (120, 30, False)


def test_a_reply_is_mended_once_with_the_reason_and_both_requests_are_paid(asked):
    asked.behave("schema_ignored", "good")
    answered = ask_once(question(), NOW, limits=UNHURRIED)
    assert answered.result == {"ok": True}
    last = asked.requests[-1].payload["messages"]
    assert last[-2] == {"role": "assistant", "content": '{"something": "else"}'}
    assert "it has to say whether it is ok" in last[-1]["content"]
    call = LlmCall.objects.get()
    assert (call.messages, call.attempts, call.input_tokens) == (last, 2, 240)


def test_a_busy_server_is_asked_again_and_then_answers(asked):
    asked.behave("busy_wait", "reset", "good")
    assert ask_once(question(), NOW, limits=UNHURRIED, patience=IMPATIENT).result == {"ok": True}
    assert LlmCall.objects.get().attempts == 3


def test_where_nobody_listens_is_said_and_costs_nothing(north):
    model_at("http://127.0.0.1:9/v1")
    assert ask_once(question(), NOW, limits=UNHURRIED, patience=IMPATIENT).verdict == Trouble.UNREACHABLE
    assert MonthlyBudget.objects.get().spent_tokens == 0
