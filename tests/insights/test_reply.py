"""Which replies are believed: the right form, ids that were sent, and words without amounts, links or names."""

from typing import Any

import pytest

from insights.asking.prompt import prompt_of
from insights.asking.reply import Refused, description_of, reason_against, worded
from insights.asking.schema import Said, wire_schema
from insights.playbooks import PLAYBOOKS
from insights.text.known import Known
from insights.text.redact import Redactor
from tests.insights.makers import pack

RED = Redactor.of(Known(people=frozenset({"Zelda Quackenbush"})))
TEXTS = [
    "Password forgotten, please reset it",
    "Cannot log in, password expired",
    "Account locked after the holidays",
    "Reset needed in Sagepoint",
    "Password reset in Sagepoint please",
    "the brandolin password does not work",
]
PROMPT = prompt_of(pack(TEXTS), RED, PLAYBOOKS, "en")
GOOD: dict[str, Any] = {
    "label_en": "Forgotten passwords",
    "label_fr": "Mots de passe oubliés",
    "inclusion_criteria": "People who cannot log in because of their password.",
    "coherent": True,
    "category": "identity",
    "root_cause": "missing_self_service",
    "archetype": "password_self_service",
    "title": "Let people reset their passwords",
    "problem": "People forget their passwords and have to call the desk to get in again.",
    "recommendation": "Turn on self-service in Microsoft 365 and tell everybody how to use it on Windows 11.",
    "steps": ["Turn it on for a small group", "Tell everybody"],
    "signals": {"training_need": False, "sales_opportunity": "none"},
    "evidence_ids": ["E1", "E2", "E3"],
    "counter_evidence_ids": ["E4"],
    "confidence": "high",
}
NOTHING = GOOD | {
    "coherent": False,
    "archetype": "none",
    "title": "",
    "recommendation": "",
    "inclusion_criteria": "",
    "steps": [],
    "evidence_ids": [],
}


def said(**changes: Any) -> dict[str, Any]:
    return GOOD | changes


def test_a_good_reply_becomes_a_description_with_tickets_in_place_of_ids():
    told = description_of(GOOD, PROMPT, RED, call=7)
    assert (told.source, told.call, told.archetype) == ("llm", 7, "password_self_service")
    assert set(told.evidence) == {PROMPT.tickets[name] for name in ("E1", "E2", "E3")}
    assert told.counter_evidence == (PROMPT.tickets["E4"],)


def test_the_order_of_ids_means_nothing():
    turned = said(evidence_ids=["E3", "E1", "E2", "E1"])
    assert description_of(turned, PROMPT, RED) == description_of(GOOD, PROMPT, RED)


def test_tickets_without_a_shared_problem_need_no_project():
    told = description_of(NOTHING, PROMPT, RED)
    assert (told.is_coherent, told.archetype) == (False, "none")
    assert description_of(said(coherent=False), PROMPT, RED).archetype == "none"


WRONG = {
    "no object": ([], "valid dictionary"),
    "a field too few": ({name: GOOD[name] for name in GOOD if name != "title"}, "title"),
    "a field too many": (said(saved_hours="many"), "not permitted"),
    "a number for a text": (said(title=7), "title"),
    "a text for a choice": (said(coherent="yes"), "coherent"),
    "an unknown category": (said(category="plumbing"), "category"),
    "an unknown archetype": (said(archetype="buy_everything"), "archetype"),
    "an unknown confidence": (said(confidence="total"), "confidence"),
    "a label that is too long": (said(label_en="a" * 61), "label_en"),
    "a title that is too long": (said(title="word " * 20), "title"),
    "too many steps": (said(steps=["Ask"] * 7), "steps"),
    "an empty step": (said(steps=[""]), "steps"),
    "too many ids": (said(evidence_ids=[f"E{n}" for n in range(1, 10)]), "evidence_ids"),
    "an id that was not sent": (said(evidence_ids=["E1", "E2", "E7"]), "not sent"),
    "an id made up against it": (said(counter_evidence_ids=["E99"]), "not sent"),
    "an id for and against": (said(counter_evidence_ids=["E1"]), "also in"),
    "too little evidence": (said(evidence_ids=["E1", "E1"]), "fewer than two"),
    "no steps": (said(steps=[]), "steps: is empty"),
    "no problem": (said(problem=""), "problem: is empty"),
    "another language": (
        said(
            title="Laisser chacun changer son mot de passe",
            problem="Les gens oublient leur mot de passe et appellent le support.",
            recommendation="Activer le libre-service pour tous et expliquer comment faire.",
            steps=["Activer pour un petit groupe"],
        ),
        "not in the language",
    ),
    "somebody's name": (said(problem="Zelda Quackenbush forgets her password."), "private (name)"),
    "an invented address": (said(problem="Write to help@desk.example for it."), "link"),
    "a name that one ticket brought": (said(recommendation="Buy it from Brandolin."), "contains a name"),
    "the same as the first word": (said(recommendation="Brandolin sells it."), "only one ticket says"),
    "the same in small letters": (said(recommendation="Buy it all from brandolin."), "only one ticket says"),
    "a name that no ticket knows": (said(title="Move to Zephyrcorp"), "contains a name"),
    "marks between words": (said(problem="People^forget^their^passwords"), "markup"),
}


@pytest.mark.parametrize(("reply", "reason"), WRONG.values(), ids=WRONG)
def test_a_reply_is_refused_for(reply, reason):
    assert reason in reason_against(reply, PROMPT, RED)


def test_a_reason_repeats_nothing_that_the_model_made_up():
    made_up = said(**{"Call Zephyrcorp": 1}, title="Zephyrcorp " * 10, category="zephyr-things")
    assert "ephyr" not in reason_against(made_up, PROMPT, RED)


@pytest.mark.parametrize(
    "name",
    [
        "Sagepoint needs a plan of its own.",
        "Reset it in Sagepoint.",
        "Use MFA with the VPN on iPads? No: iPhone.",
    ],
)
def test_names_that_several_tickets_contain_or_everybody_knows_are_welcome(name):
    told = said(problem=name.replace("iPads? No: ", ""))
    assert reason_against(told, PROMPT, RED) == ""


AMOUNTS = [
    "Saves 40 hours", "About 12 % of calls", "It costs $5,000", "5 000 € par an", "Gain de 3 h", "Two hours a week",
    "deux heures par semaine", "half of the tickets", "la moitié des tickets", "une douzaine de demandes", "3-4 days",
    "Reduces calls by half", "saves an hour", "thirty minutes", "10x faster", "ROI of 300", "Windows 10 hours",
    "Microsoft 365 €", "vingt pour cent", "１２ heures", "trois fois moins", "twenty percent", "une heure par jour",
]  # fmt: skip
LINKS = [
    "See https://evil.example", "evil.com has it", "www.evil.example", "mail me@evil.example", "javascript:alert(1)",
    "//evil.example/x", "data:text/html", "ｈｔｔｐｓ://evil.example", "tel:5145550142",
]  # fmt: skip
MARKUP = [
    "<b>bold</b>", "**bold**", "[click](here)", "`code`", "a | b", "=SUM(A1)", "+cmd", "@here", "-1+1", "&lt;b&gt;",
    "# Title", "line\nbreak", "{x}", "[EMAIL] wrote",
]  # fmt: skip


@pytest.mark.parametrize("text", [*AMOUNTS, *LINKS, *MARKUP])
def test_words_for_people_hold_no_amount_link_or_markup(text):
    assert reason_against(said(problem=text), PROMPT, RED) != ""
    assert reason_against(said(steps=["Ask", text]), PROMPT, RED) != ""


@pytest.mark.parametrize(
    "text",
    [
        "Move mail to Microsoft 365 users first",
        "Upgrade old machines to Windows 11",
        "Turn on 2FA and multi-factor",
        "Replace Windows Server 2012 and Office 2016",
        "Use WPA3 and 802.1X on the wireless network",
        "Two-factor prompts go to lost phones",
        "Ask third parties to agree once",
        "Do it one step at a time",
    ],
)
def test_names_of_products_and_plain_words_are_no_amounts(text):
    assert reason_against(said(recommendation=text), PROMPT, RED) == ""


def test_what_nobody_sees_is_not_kept():
    hidden = "People forget their pass​words\U000e0041"
    assert description_of(said(problem=hidden), PROMPT, RED).problem == "People forget their passwords"


def test_what_was_accepted_before_is_told_the_same_way_without_its_tickets():
    told = worded(said(problem="People forget their pass\u200bwords", coherent=False), 7)
    assert told.problem == "People forget their passwords"
    assert (told.archetype, told.evidence, told.counter_evidence, told.call) == ("none", (), (), 7)


def test_the_wire_asks_for_every_field_without_lengths_and_accepts_no_other():
    schema = wire_schema(PROMPT.archetypes)
    assert list(schema["properties"]) == list(Said.model_fields)
    assert schema["required"] == list(schema["properties"])
    for part in (schema, schema["properties"]["signals"]):
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])
    assert not {"maxLength", "minLength", "maxItems", "minimum", "pattern"} & set(
        str(schema).replace("'", " ").split()
    )


def test_a_refusal_is_an_exception_that_says_why():
    with pytest.raises(Refused, match="archetype: not one of the list"):
        description_of(said(archetype="buy_everything"), PROMPT, RED)
