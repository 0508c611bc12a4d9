"""Connecting a language model, testing it, watching what it costs, and reading and erasing what it was asked."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from insights.asking.budget import month_of
from insights.models import ConnectedModel, LlmCall, MonthlyBudget
from tenants.context import tenant
from tests import factories
from tests.insights.asked import KEY, model_at
from tests.insights.llm_server import LlmServer

LIST, ADD = "/admin/insights/connectedmodel/", "/admin/insights/connectedmodel/add/"
PAGE, TEST, AGAIN = f"{LIST}1/change/", f"{LIST}1/test/", f"{LIST}1/again/"
CALLS = "/admin/insights/llmcall/"
FRENCH = {"HTTP_ACCEPT_LANGUAGE": "fr"}
ENTERED = {
    "is_enabled": "on",
    "kind": "openai",
    "base_url": "https://api.openai.com/v1/",
    "model": "gpt-5-mini",
    "api_version": "",
    "key": KEY,
    "tokens_per_month": "500000",
    "money_per_month": "20",
    "money_per_million_input": "",
    "money_per_million_output": "",
    "calls_per_run": "100",
    "retention_days": "90",
}


@pytest.fixture(scope="module")
def running() -> Iterator[LlmServer]:
    with LlmServer(write=lambda payload: '{"ok": true}') as server:
        yield server


@pytest.fixture
def server(running) -> LlmServer:
    running.forget()
    return running


@pytest.fixture
def owner(sign_in):
    return sign_in("owner")


def saved() -> ConnectedModel:
    with tenant("north"):
        return ConnectedModel.objects.get()


def call(marker: str = "north", company: int | None = None, **fields) -> LlmCall:
    defaults = {
        "digest": marker,
        "purpose": "describe_topic",
        "state": "answered",
        "base_url": "https://api.openai.com/v1",
        "model": "gpt-5-mini",
        "messages": [{"role": "user", "content": f"{marker} <script>words</script>"}],
        "reply": f"{marker} reply",
        "result": {"title": f"{marker} result"},
        "asked_at": timezone.now(),
        "company": company,
    }
    return LlmCall.objects.create(**defaults | fields)


def errors(response) -> dict[str, list[str]]:
    return response.context["adminform"].form.errors


def test_a_model_is_connected_and_its_key_is_nowhere_to_be_seen(owner):
    assert owner.get(LIST).headers["Location"] == ADD
    response = owner.post(ADD, ENTERED, follow=True)
    model = saved()
    assert (model.pk, model.base_url) == (1, "https://api.openai.com/v1")
    with tenant("north"):
        assert model.key["key"] == KEY
    pages = [
        response,
        owner.get(PAGE),
        owner.get(f"{LIST}1/history/"),
        owner.post(PAGE, ENTERED | {"model": ""}),
    ]
    assert all(KEY not in page.content.decode() for page in pages)
    assert KEY not in repr(model) + str(vars(model))
    assert owner.get(LIST).headers["Location"] == PAGE
    assert owner.get(ADD).status_code == 403


def test_a_key_left_empty_is_kept_but_not_sent_to_a_new_place(owner):
    owner.post(ADD, ENTERED)
    assert owner.post(PAGE, ENTERED | {"key": "", "model": "gpt-5.4"}).status_code == 302
    with tenant("north"):
        assert (saved().model, saved().key["key"]) == ("gpt-5.4", KEY)
    moved = ENTERED | {"key": "", "base_url": "https://evil.example.com/v1"}
    assert "leads elsewhere" in errors(owner.post(PAGE, moved))["key"][0]
    assert owner.post(PAGE, moved | {"key": "sk-new"}).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("base_url", "https://me:secret@example.com/v1", "address of the API alone"),
        ("base_url", "https://example.com/v1?key=1", "address of the API alone"),
        ("base_url", "http://example.com/v1", "must begin with https"),
        ("key", "two words", "without spaces"),
        ("money_per_million_input", "1", "both prices"),
        ("kind", "azure", "fill this in"),
        ("retention_days", "0", "greater than or equal"),
        ("money_per_month", "-1", "greater than or equal"),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(owner, settings, field, value, words):
    settings.ALLOW_PRIVATE_VENDOR_HOSTS = False
    refused = owner.post(ADD, ENTERED | {field: value})
    assert words in str(errors(refused))
    with tenant("north"):
        assert not ConnectedModel.objects.exists()


def test_the_test_says_what_the_model_can_do_and_what_it_cost(owner, server):
    with tenant("north"):
        model_at(server.base_url)
    text = owner.post(TEST).content.decode()
    assert "The model answers." in text
    assert "120 tokens in and 30 out" in text
    assert "keeps to it" in text
    owner.post(TEST)
    assert len(server.requests) == 2
    with tenant("north"):
        asked = LlmCall.objects.latest("id")
        assert (asked.purpose, asked.asked_by.username, MonthlyBudget.objects.get().spent_tokens) == (
            "test",
            "owner",
            300,
        )
    with tenant("south"):
        assert not LlmCall.objects.exists()


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("bad_key", "The server refuses the key."),
        ("forbidden", "does not let this key use the model"),
        ("no_model", "There is no such model at this address"),
        ("quota", "has no credit left"),
        ("busy_hour", "is busy and asks to be left alone"),
        ("html", "but not as a language model does"),
        ("error", "has an error of its own"),
        ("redirect", "sends us on to another address"),
        ("refusal", "declines to answer"),
        ("cut_off", "was cut off"),
        ("no_form", "told the form of replies in words only"),
    ],
)
def test_each_outcome_of_a_test_has_its_sentence_and_never_the_key(owner, server, behaviour, words):
    with tenant("north"):
        model_at(server.base_url)
    server.behave(behaviour)
    text = owner.post(TEST).content.decode()
    assert words in text
    assert KEY not in text + owner.get(PAGE).content.decode() + owner.get(CALLS).content.decode()


def test_a_test_speaks_french(owner, server):
    with tenant("north"):
        model_at(server.base_url)
    server.behave("bad_key")
    assert "Le serveur refuse la clé." in owner.post(TEST, **FRENCH).content.decode()


def test_the_page_shows_what_the_month_has_cost_against_its_limits(owner):
    with tenant("north"):
        model_at("https://api.openai.com/v1", tokens_per_month=1_000_000, money_per_month=10)
        ConnectedModel.objects.update(model="gpt-5-mini")
        month = month_of(timezone.now())
        MonthlyBudget.objects.create(month=month, spent_tokens=850_000, spent_money="2.5")
        MonthlyBudget.objects.create(month=month - timedelta(days=1), spent_tokens=77_000)
    text = owner.get(PAGE).content.decode()
    for words in ("850,000", "1,000,000", ">85<", "2.50", ">25<", "77,000", "Prices of our list"):
        assert words in text
    with tenant("north"):
        ConnectedModel.objects.update(model="our-own")
    assert "No price of this model is known" in owner.get(PAGE).content.decode()


def test_a_model_that_is_left_alone_says_why_and_is_asked_again_on_demand(owner):
    with tenant("north"):
        model_at("https://api.openai.com/v1")
        rest = {"rests_until": timezone.now() + timedelta(minutes=10), "last_problem": "quota"}
        ConnectedModel.objects.update(failures_in_a_row=5, **rest)
    text = owner.get(PAGE).content.decode()
    assert "Left alone until" in text
    assert "has no credit left" in text
    owner.post(AGAIN)
    assert (saved().failures_in_a_row, saved().rests_until, saved().last_problem) == (0, None, "")


def test_a_call_shows_what_was_sent_and_what_came_back_as_text(owner):
    with tenant("north"):
        pk = call().pk
    text = owner.get(f"{CALLS}{pk}/change/").content.decode()
    assert "north &lt;script&gt;words&lt;/script&gt;" in text
    assert "north reply" in text
    assert "north result" in text
    assert "Answered" in text
    assert "(&#x27;answered&#x27;" not in text
    assert "Modèle" in owner.get(f"{CALLS}{pk}/change/", **FRENCH).content.decode()
    assert owner.get(f"{CALLS}add/").status_code == 403
    assert owner.post(f"{CALLS}{pk}/change/", {"reply": "forged"}).status_code == 403


def test_a_verdict_is_told_in_words_and_a_reason_as_it_is(owner):
    with tenant("north"):
        call("one", state="refused", verdict="cut_off")
        call("two", state="refused", verdict="it names <b>")
    text = owner.get(CALLS).content.decode()
    assert "was cut off" in text
    assert "it names &lt;b&gt;" in text


def test_the_calls_of_one_client_are_erased_after_asking(owner):
    for schema in ("north", "south"):
        with tenant(schema):
            call(f"{schema}-1", company=101)
            call(f"{schema}-2", company=102)
            call(f"{schema}-3")
    with tenant("north"):
        factories.company(102, "Another client")
    assert "north-marker client" in owner.get(CALLS).content.decode()
    asked = owner.get(f"{CALLS}erase/", {"company": "101"}).content.decode()
    assert "1 call with words of this client is erased" in asked
    owner.post(f"{CALLS}erase/", {"company": "999"})
    owner.post(f"{CALLS}erase/", {"company": "101"})
    with tenant("north"):
        assert set(LlmCall.objects.values_list("digest", flat=True)) == {"north-2", "north-3"}
    with tenant("south"):
        assert LlmCall.objects.count() == 3


@pytest.mark.parametrize("role", ["manager", "technician"])
def test_the_language_model_is_the_owners_alone(sign_in, role):
    with tenant("north"):
        model_at("https://api.openai.com/v1")
        pk = call(company=101).pk
    client = sign_in(role)
    for address in (LIST, PAGE, CALLS, f"{CALLS}{pk}/change/", f"{CALLS}erase/?company=101"):
        assert client.get(address).status_code == 403, address
    for address in (PAGE, TEST, AGAIN, f"{CALLS}erase/", f"{CALLS}{pk}/delete/"):
        assert client.post(address, {"company": "101", "post": "yes"}).status_code == 403, address
    with tenant("north"):
        assert LlmCall.objects.filter(pk=pk).exists()
