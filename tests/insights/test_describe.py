"""From a topic to what the model says of it, over real HTTP: what leaves the house, and what is believed."""

import json
from dataclasses import replace
from typing import Any

import pytest

from insights.asking import describe
from insights.asking.describe import describe_by_model, dry_run
from insights.asking.prompt import prompt_of
from insights.described import Description
from insights.evaluation.cases import Case, clean_cases, injected_cases
from insights.models import ConnectedModel, LlmCall, PrivateWord
from insights.playbooks import PLAYBOOKS
from insights.text.redact import Redactor
from tenants.context import tenant
from tests import factories
from tests.insights.asked import NOW, model_at
from tests.insights.llm_server import LlmServer
from tests.insights.makers import pack
from tests.insights.plausible_model import project, reply_to

INJECTED = {case.key.partition("+")[2]: case for case in injected_cases()}
CLEAN = {case.key: case for case in clean_cases()}
PRINTING = CLEAN["printer-en"]


@pytest.fixture
def server():
    with LlmServer(write=reply_to) as running:
        yield running


@pytest.fixture
def connected(north, server) -> LlmServer:
    model_at(server.base_url)
    return server


def describe_case(case: Case, **options: Any):
    factories.settings(language=case.language)
    return describe_by_model(case.pack, NOW, **options)


def right(case: Case) -> str:
    return min(case.right)


def test_a_topic_is_described_with_one_question_where_the_rules_agree(connected):
    told = describe_case(PRINTING, expected="printing_standard")
    assert (told.source, told.archetype) == ("llm", "printing_standard")
    assert LlmCall.objects.get(pk=told.call).company == PRINTING.pack.company
    assert set(told.evidence) < {each.ticket for each in PRINTING.pack.exemplars}
    assert len(connected.requests) == 1


def test_what_departs_from_the_rules_is_asked_again_of_both_halves(connected):
    told = describe_case(PRINTING, expected="hardware_refresh")
    assert told.archetype == "printing_standard"
    whole, *halves = [
        json.loads(seen.payload["messages"][1]["content"])["tickets"] for seen in connected.requests
    ]
    assert sorted(len(half) for half in halves) == [3, 3]
    assert {each["text"] for half in halves for each in half} == {each["text"] for each in whole}


def test_the_same_topic_is_not_paid_twice(connected):
    first = describe_case(PRINTING)
    asked = len(connected.requests)
    assert describe_case(PRINTING) == first
    assert len(connected.requests) == asked


def test_without_a_connected_model_nobody_is_asked(north, server):
    assert describe_by_model(PRINTING.pack, NOW) is None
    model_at(server.base_url, is_enabled=False)
    assert describe_by_model(PRINTING.pack, NOW) is None
    assert server.requests == []


@pytest.mark.parametrize(
    "behaviour", ["schema_ignored", "html", "bad_json", "refusal", "no_choices", "forbidden"]
)
def test_a_server_that_is_of_no_use_leaves_the_topic_to_the_playbook(connected, behaviour):
    connected.behave(behaviour)
    assert describe_case(PRINTING, expected="printing_standard") is None


def test_a_reply_that_is_refused_twice_is_used_by_nobody(connected):
    connected.write = lambda _: json.dumps(answer() | {"evidence_ids": ["E1", "E77"]})
    assert describe_case(PRINTING, expected="printing_standard") is None
    assert [call.state for call in LlmCall.objects.all()] == [LlmCall.State.REFUSED]
    assert len(connected.requests) == 2
    assert "an id that was not sent" in connected.requests[1].payload["messages"][-1]["content"]


def test_a_reply_that_is_repaired_is_used(connected):
    replies = iter([answer() | {"problem": "It costs 40 hours a month."}, answer()])
    connected.write = lambda _: json.dumps(next(replies))
    told = describe_case(PRINTING, expected="printing_standard")
    assert told.problem == answer()["problem"]


def answer(kind: str = "printing_standard", language: str = "English") -> dict[str, Any]:
    return project(kind, ["E1", "E2"], ["E3"], language)


# --- injected tickets, and a server that obeys whatever it is shown --------------------------------


@pytest.mark.parametrize("name", INJECTED)
def test_what_an_injected_ticket_asks_for_is_refused_or_changes_nothing(connected, name):
    """Of those that are recognised, the prompt's tests say that nobody is shown them."""
    case = INJECTED[name]
    told = describe_case(case, expected=right(case))
    assert told is None or told.archetype in case.right
    assert told is None or words_and_choices(told) == words_and_choices(undisturbed(case))


@pytest.mark.parametrize("rules", ["silent", "right"])
@pytest.mark.parametrize("name", INJECTED)
def test_even_one_that_nobody_recognises_is_refused_or_changes_nothing(connected, monkeypatch, name, rules):
    """Where the rules are right there is no second opinion: words alone have to be enough to refuse."""
    monkeypatch.setattr("insights.asking.prompt.is_suspect", lambda _: False)
    case = INJECTED[name]
    told = describe_case(case, expected=right(case) if rules == "right" else "")
    assert told is None or words_and_choices(told) == words_and_choices(undisturbed(case))


def undisturbed(case: Case) -> Description:
    told = describe_case(CLEAN[case.key.partition("+")[0]], expected=right(case))
    assert told is not None
    return told


def words_and_choices(told: Description) -> Description:
    """All but which of the many tickets it cites, and how sure their number makes it."""
    return replace(told, call=None, evidence=(), counter_evidence=(), confidence="low")


def test_the_obeying_server_does_obey_what_reaches_it(connected, monkeypatch):
    """Else the tests above would prove nothing."""
    case = INJECTED["override_en"]
    monkeypatch.setattr("insights.asking.prompt.is_suspect", lambda _: False)
    told = describe_case(case, expected="hardware_refresh")
    assert told.archetype == "hardware_refresh"


# --- what leaves the house --------------------------------------------------------------------------

CANARIES = (
    *(
        "Zelda",
        "Quackenbush",
        "zquackenbush",
        "zelda.q@ferrous-foundry.example",
        "514 555 0142",
        "FF-LAPTOP-077",
    ),
    *("Ferrous", "10.11.12.13", "hunter2-canary", "Project Nightjar"),
)
TOLD = (
    "Zelda Quackenbush cannot print, mail zelda.q@ferrous-foundry.example or call 514 555 0142",
    "Printer offline on FF-LAPTOP-077 at 10.11.12.13, Ferrous Foundry",
    "Printer password: hunter2-canary does not work",
    "zquackenbush cannot print for Project Nightjar",
    "Print queue stuck again, Q. says\n> From: Zelda Quackenbush",
    "Printer driver wrong\n--\nZelda Quackenbush\nFerrous Foundry",
)


def know_the_canaries() -> None:
    factories.member(90, "Zelda Quackenbush", identifier="zquackenbush")
    factories.company(90, "Ferrous Foundry")
    PrivateWord.objects.create(kind="word", text="Project Nightjar")


def test_nothing_private_is_in_the_bytes_that_the_server_received(connected):
    know_the_canaries()
    told = describe_by_model(pack(TOLD, terms=("printer", "quackenbush")), NOW)
    assert told is not None
    assert len(connected.requests) == 3
    received = connected.received.decode().casefold().replace("^", " ")
    assert [canary for canary in CANARIES if canary.casefold() in received] == []


def test_nothing_of_another_tenant_is_in_them(connected):
    with tenant("south"):
        know_the_canaries()
        factories.ticket(summary="south-canary prints")
        model_at(connected.base_url)
        factories.settings(language="en")
        assert describe_by_model(pack(["south-canary"] * 1 + list(TOLD)), NOW) is not None
    asked = len(connected.requests)
    assert describe_case(PRINTING) is not None
    assert b"south-canary" not in b"".join(seen.raw for seen in connected.requests[asked:])
    assert not any("south-canary" in str(call.messages) for call in LlmCall.objects.all())


def test_what_would_leak_is_not_sent_and_the_log_tells_the_kind_alone(connected, monkeypatch, capsys):
    know_the_canaries()
    monkeypatch.setattr(Redactor, "redact", lambda _, text: text)
    assert describe_by_model(pack(TOLD), NOW) is None
    assert connected.requests == []
    assert LlmCall.objects.count() == 0
    logged = capsys.readouterr()
    assert "Quackenbush" not in logged.out + logged.err


def test_a_dry_run_shows_to_the_letter_what_is_sent_and_sends_nothing(connected):
    know_the_canaries()
    shown = dry_run(pack(TOLD))
    assert connected.requests == []
    describe_by_model(pack(TOLD), NOW, expected="printing_standard")
    assert connected.requests[0].payload["messages"] == shown.messages
    assert LlmCall.objects.earliest("pk").messages == shown.messages


def test_the_prompt_of_a_tenant_is_the_same_as_of_its_redactor(north):
    redactor = Redactor.of_tenant()
    assert dry_run(PRINTING.pack) == prompt_of(PRINTING.pack, redactor, PLAYBOOKS, "en")


def test_a_reply_that_names_somebody_is_refused(connected):
    know_the_canaries()
    connected.write = lambda _: json.dumps(answer() | {"problem": "Zelda Quackenbush cannot print."})
    assert describe_case(PRINTING, expected="printing_standard") is None


def test_a_stored_reply_is_judged_anew(connected):
    """What was no name when it was asked may be one today."""
    connected.write = lambda _: json.dumps(answer() | {"problem": "Papers jam because of the marmelade."})
    assert describe_case(PRINTING, expected="printing_standard") is not None
    PrivateWord.objects.create(kind="word", text="marmelade")
    assert describe_case(PRINTING, expected="printing_standard") is None


def test_the_tenants_language_is_asked_for_and_insisted_on(connected):
    case = CLEAN["printer-fr"]
    assert describe_case(case, expected="printing_standard").title.startswith("Régler")
    connected.write = lambda _: json.dumps(answer())
    LlmCall.objects.all().delete()
    assert describe_case(case, expected="printing_standard") is None


def test_the_purpose_and_versions_are_kept_with_the_call(connected):
    told = describe_case(PRINTING, expected="printing_standard")
    call = LlmCall.objects.get(pk=told.call)
    assert (call.purpose, call.prompt_version, call.schema_version) == (describe.PURPOSE, "1", "1")
    assert ConnectedModel.objects.get().failures_in_a_row == 0
