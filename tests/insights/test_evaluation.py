"""The golden set, the gates, and the command that holds a language model to them.

The recorded replies are those of our own plausible model: their replay shows that the way from a prompt to a verdict
holds, and says nothing about any real model (and its runs agree by construction). `evaluate_llm --base-url …` puts
a real one to the test. When the prompt changes on purpose, the replies are recorded anew: see plausible_model.
"""

from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from insights.evaluation.cases import clean_cases, injected_cases, private
from insights.evaluation.gates import gates
from insights.evaluation.trial import Outcome
from insights.playbooks import PLAYBOOKS
from tenants.context import tenant
from tests.insights.asked import KEY, model_at
from tests.insights.llm_server import LlmServer
from tests.insights.makers import description
from tests.insights.plausible_model import reply_to

RECORDED = Path(__file__).with_name("recorded_replies.jsonl")
SOME = ("--only", "printer", "licences", "--runs", "2")


def evaluated(*arguments: str) -> str:
    out = StringIO()
    call_command("evaluate_llm", *arguments, stdout=out)
    return out.getvalue()


# --- the golden set -------------------------------------------------------------------------------


def test_the_golden_set_is_large_and_in_both_languages():
    kinds = [case.kind for case in clean_cases()]
    assert len(kinds) >= 80
    assert {kind: kinds.count(kind) for kind in ("en", "fr", "mixed")} == dict.fromkeys(
        ("en", "fr", "mixed"), 29
    )
    assert len(injected_cases()) >= 25
    assert len({case.key for case in (*clean_cases(), *injected_cases())}) == len(kinds) + len(
        injected_cases()
    )


def test_what_is_right_is_something_that_can_be_answered():
    known = {book.key for book in PLAYBOOKS} | {"other", "none"}
    assert {key for case in clean_cases() for key in case.right} <= known
    assert {each.injection.archetype for each in injected_cases()} - {""} <= known


def test_an_injection_wants_what_would_be_wrong():
    for case in injected_cases():
        assert case.injection.mark or case.injection.archetype not in case.right


def test_everything_private_is_in_some_ticket():
    """Else its absence from prompts would say nothing."""
    told = "\n".join(each.text for case in clean_cases() for each in case.pack.exemplars)
    listed = private()
    missing = {*listed.people, *listed.companies, *listed.hosts, *listed.strings} - set(listed.found_in(told))
    assert missing - {*listed.people} == set()
    assert all(name in told for name in listed.people)


# --- the gates ------------------------------------------------------------------------------------


def outcome(case, run: int = 1, **said) -> Outcome:
    """As a flawless model leaves it, but for what is said otherwise."""
    archetype = next(iter(case.right))
    fields = {"archetype": archetype, "is_coherent": archetype != "none", "source": "llm"} | said
    return Outcome(case, run, description(**fields), answers=1, well_formed=1)


def flawless() -> list[Outcome]:
    cases = [(case, run) for case in clean_cases() for run in (1, 2)]
    return [outcome(case, run) for case, run in [*cases, *((case, 1) for case in injected_cases())]]


def changed(one: Outcome, **said: Any) -> None:
    assert one.description is not None
    one.description = replace(one.description, **said)


def failing(outcomes: list[Outcome]) -> list[str]:
    return [gate.name for gate in gates(outcomes) if not gate.is_passed]


def spoilt(count: int, *, injected: bool = False, **said) -> list[Outcome]:
    """The same, but `count` of them say something else."""
    all_of_them, left = flawless(), count
    for each in all_of_them:
        if left and (each.case.injection is not None) == injected:
            changed(each, **said)
            left -= 1
    return all_of_them


def test_a_flawless_model_passes_every_gate():
    assert failing(flawless()) == []


@pytest.mark.parametrize(
    "said",
    [{"problem": "It costs 4 hours."}, {"title": "Half price: 50 %"}, {"steps": ("Save twelve percent",)}],
    ids=["hours", "share", "words"],
)
def test_one_numeric_claim_fails(said):
    assert failing(spoilt(1, **said)) == ["numeric claims"]


def test_the_name_of_a_product_is_no_claim():
    assert failing(spoilt(9, recommendation="Move to Microsoft 365 and Windows 11 with 2FA.")) == []


def test_one_ticket_that_was_not_sent_fails():
    assert failing(spoilt(1, evidence=((1, 999),))) == ["ids that were not sent"]


def test_one_injection_that_was_obeyed_fails():
    case = next(case for case in injected_cases() if case.injection.archetype == "hardware_refresh")
    others = [each for each in flawless() if each.case != case]
    assert failing([*others, outcome(case, archetype="hardware_refresh")]) == ["injections that were obeyed"]
    marked = next(case for case in injected_cases() if case.injection.mark == "Zephyrcorp")
    others = [each for each in flawless() if each.case != marked]
    assert failing([*others, outcome(marked, title="Ask zephyrcorp")]) == ["injections that were obeyed"]


def test_somebodys_surname_in_a_prompt_or_a_description_fails():
    gate = "private things in prompts and descriptions"
    assert failing(spoilt(1, problem="Oyelaran cannot print.")) == [gate]
    outcomes = flawless()
    outcomes[0].sent.append([{"role": "user", "content": "ask^Oyelaran"}])
    assert failing(outcomes) == [gate]


def test_too_many_wrong_kinds_of_projects_fail():
    """Of 174 at most 15 % may be wrong; both languages and all runs go wrong alike here."""
    wrong, outcomes = {case.problem for case in clean_cases()[: 3 * 5]}, flawless()
    for each in outcomes:
        if each.case.injection is None and each.case.problem in wrong:
            changed(each, archetype="other")
    assert failing(outcomes) == ["archetypes that are right"]


def test_languages_that_disagree_fail():
    outcomes = flawless()
    for each in [each for each in outcomes if each.case.kind == "fr"][:8]:
        changed(each, archetype="other")
    assert failing(outcomes) == ["English and French agree"]


def test_runs_that_disagree_fail():
    outcomes = flawless()
    for each in [each for each in outcomes if each.case.kind == "mixed" and each.run == 2][:10]:
        changed(each, category="other")
    assert failing(outcomes) == ["all runs agree"]


def test_silence_agrees_with_nobody_and_is_never_right():
    outcomes = flawless()
    for each in outcomes:
        each.description, each.answers = None, 0
    assert set(failing(outcomes)) >= {
        "replies in the right form",
        "archetypes that are right",
        "English and French agree",
        "all runs agree",
    }


def test_nothing_to_judge_by_proves_nothing():
    assert len(failing([])) == len(gates([])) == 8


# --- the command ----------------------------------------------------------------------------------


def test_the_recorded_replies_pass_every_gate_with_todays_prompt_and_checks():
    told = evaluated("--replay", str(RECORDED), "--runs", "2")
    assert told.count("passed  ") == 8
    assert "FAILED" not in told


@pytest.fixture
def server():
    with LlmServer(write=reply_to) as running:
        yield running


def test_a_server_is_asked_and_what_it_said_can_be_judged_again(server, tmp_path, monkeypatch):
    monkeypatch.setenv("GOLDEN_KEY", KEY)
    record = tmp_path / "replies.jsonl"
    at = ("--base-url", server.base_url, "--model", "model-1", "--key-from-env", "GOLDEN_KEY")
    told = evaluated(*at, *SOME, "--record", str(record))
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in told + record.read_text()
    gate_lines = [line for line in told.splitlines() if "(at " in line]
    assert [
        line for line in evaluated("--replay", str(record), *SOME).splitlines() if "(at " in line
    ] == gate_lines


def test_a_tenants_connected_model_is_asked_without_touching_its_books(north, server):
    from insights.models import LlmCall, MonthlyBudget

    model_at(server.base_url)
    assert "passed  archetypes that are right" in evaluated("--tenant", "north", *SOME)
    with tenant("north"):
        assert (LlmCall.objects.count(), MonthlyBudget.objects.count()) == (0, 0)


def test_a_model_that_is_wrong_fails_by_name(server):
    server.write = lambda _: '{"answer": "buy more"}'
    with pytest.raises(
        CommandError, match=r"Not passed: replies in the right form.*archetypes that are right"
    ):
        evaluated("--base-url", server.base_url, "--model", "model-1", "--only", "printer", "--runs", "2")


def test_a_server_that_refuses_the_key_fails_and_the_key_is_not_told(server, monkeypatch, capsys):
    monkeypatch.setenv("GOLDEN_KEY", KEY)
    server.behave("bad_key")
    at = ("--base-url", server.base_url, "--model", "model-1", "--key-from-env", "GOLDEN_KEY")
    out = StringIO()
    with pytest.raises(CommandError, match="refuses the key"):
        call_command("evaluate_llm", *at, "--only", "printer", "--runs", "1", "--at-once", "1", stdout=out)
    assert len(server.requests) <= 2  # the next one may be on its way already
    assert KEY not in out.getvalue() + "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--base-url", "http://127.0.0.1:1/v1"), "--base-url needs --model"),
        (
            ("--base-url", "http://127.0.0.1:1/v1", "--model", "m", "--key-from-env", "NO_SUCH"),
            "NO_SUCH is empty",
        ),
        (("--replay", "nowhere.jsonl"), "There is no file"),
        (("--tenant", "atlantis"), "no tenant"),
        (("--tenant", "south"), "has connected no language model"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(db, arguments, told):
    with pytest.raises(CommandError, match=told):
        evaluated(*arguments)


def test_replies_to_another_prompt_cannot_be_replayed(tmp_path):
    record = tmp_path / "old.jsonl"
    record.write_text('{"question": "0123", "runs": [["{}"]]}\n')
    with pytest.raises(CommandError, match="Record again"):
        evaluated("--replay", str(record), *SOME)
