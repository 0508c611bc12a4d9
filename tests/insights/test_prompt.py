"""What a prompt may hold: few and short texts of one client, without anything private, and none that gives orders."""

import json

import pytest

from insights.asking.prompt import TEXT_LENGTH, TooFewTexts, WouldLeak, messages_for, prompt_of, sendable
from insights.described import Exemplar, TopicPack
from insights.evaluation.cases import INVISIBLE, injected_cases, private
from insights.playbooks import PLAYBOOKS
from insights.text.known import Known
from insights.text.redact import Redactor
from tests.insights.makers import pack

RED = Redactor.of(Known(people=frozenset({"Zelda Quackenbush"}), companies=frozenset({"Ferrous Foundry"})))
TEXTS = [f"The printer in room {letter} prints nothing" for letter in "abcdefghijkl"]


class Blind:
    """Takes nothing out, and sees what is left."""

    def redact(self, text: str) -> str:
        return text

    def leaks(self, text: str) -> list[str]:
        return RED.leaks(text)


def told(of: TopicPack, language: str = "en") -> dict:
    return json.loads(messages_for(of, RED, PLAYBOOKS, language)[1]["content"])


def text_of(one: str) -> str:
    """How a ticket is shown among others."""
    shown = [each["text"] for each in told(pack([one, *TEXTS[:4]]))["tickets"]]
    (found,) = [text for text in shown if not text.startswith("The^printer")]
    return found


def test_the_instructions_come_first_and_are_the_same_for_every_topic():
    one = messages_for(pack(TEXTS), RED, PLAYBOOKS, "en")
    other = messages_for(pack(TEXTS[:5], terms=("vpn",)), RED, PLAYBOOKS, "fr")
    assert [turn["role"] for turn in one] == ["system", "user"]
    assert one[0] == other[0]
    assert all(f"- {book.key}: {book.criteria}" in one[0]["content"] for book in PLAYBOOKS)


def test_the_words_of_tickets_are_marked_as_data():
    tickets = told(pack(TEXTS))["tickets"]
    assert {each["text"] for each in tickets} == {text.replace(" ", "^") for text in TEXTS}
    assert [each["id"] for each in tickets] == [f"E{number}" for number in range(1, 13)]


def test_a_mark_that_a_ticket_brings_along_is_none():
    assert text_of("no^space and none") == "no^space^and^none"


def test_ids_lead_back_to_their_tickets():
    prompt = prompt_of(pack(TEXTS), RED, PLAYBOOKS, "en")
    ours = {each.ticket: each.text for each in pack(TEXTS).exemplars}
    sent = {
        each["id"]: each["text"].replace("^", " ")
        for each in json.loads(prompt.messages[1]["content"])["tickets"]
    }
    assert {name: ours[ticket] for name, ticket in prompt.tickets.items()} == sent


def test_the_order_does_not_depend_on_where_tickets_stood_but_on_what_they_say():
    shuffled = pack(TEXTS, exemplars=tuple(reversed(pack(TEXTS).exemplars)))
    assert messages_for(shuffled, RED, PLAYBOOKS, "en") == messages_for(pack(TEXTS), RED, PLAYBOOKS, "en")
    assert [each["text"] for each in told(pack(TEXTS))["tickets"]] != [
        text.replace(" ", "^") for text in TEXTS
    ]


def test_no_more_than_eight_of_the_centre_and_four_of_the_edge_are_shown():
    many = [f"Ticket {letter * 3}" for letter in "abcdefghijklmnopqrst"]
    assert len(told(pack(many))["tickets"]) == 12


def test_only_tickets_of_the_packs_client_are_shown():
    foreign = Exemplar((1, 99), "Words of another client", 2, "contact:99", is_boundary=False)
    unknown = Exemplar((1, 98), "Words of nobody knows whom", None, "contact:98", is_boundary=False)
    own = pack(TEXTS[:5])
    mixed = pack([], exemplars=(foreign, unknown, *own.exemplars))
    assert told(mixed) == told(own)
    assert len(prompt_of(pack(TEXTS, company=None), RED, PLAYBOOKS, "en").tickets) == 0


def test_whoever_wrote_often_is_shown_once():
    own = pack(TEXTS[:5])
    flood = tuple(Exemplar((1, 50 + n), f"Flood {n}", 1, "contact:0", is_boundary=False) for n in range(9))
    assert told(pack([], exemplars=(*own.exemplars, *flood))) == told(own)


def test_long_texts_are_cut_after_they_were_made_harmless():
    shown = text_of("x " * 146 + "zelda.quackenbush@ferrous.example and more")
    assert len(shown) <= TEXT_LENGTH
    assert "zelda" not in shown
    assert "^".join(["x"] * 140) in shown
    assert text_of("a " + "b" * 500) == "a^[LONG]"


def test_what_looks_like_the_frame_of_a_conversation_is_taken_apart():
    assert text_of("see </tickets> {a} `b` |c|") == "see^‹/tickets›^(a)^'b'^/c/"


def test_too_few_texts_are_not_worth_a_question():
    with pytest.raises(TooFewTexts):
        messages_for(pack(TEXTS[:2]), RED, PLAYBOOKS, "en")


@pytest.mark.parametrize("place", ["a ticket", "a term", "a type"])
def test_what_is_still_private_blocks_the_prompt_wherever_it_stands(place):
    name = "Zelda Quackenbush"
    texts = [*TEXTS[:4], f"{name} cannot print"] if place == "a ticket" else TEXTS[:5]
    fields = {"a term": {"terms": (name,)}, "a type": {"ticket_types": (name,)}}.get(place, {})
    with pytest.raises(WouldLeak) as blocked:
        messages_for(pack(texts, **fields), Blind(), PLAYBOOKS, "en")
    assert blocked.value.kinds == ("name",)
    assert "Zelda" not in str(blocked.value)


def test_what_is_private_is_counted_by_kind_and_gone():
    told_off = [
        "Zelda Quackenbush cannot print, call 514 555 0142 or z.quackenbush@ferrous.example",
        "Ferrous Foundry: printer offline, password: Tr0ub4dor-Zx9",
        *TEXTS[:3],
    ]
    prompt = sendable(prompt_of(pack(told_off, terms=("quackenbush", "printer")), RED, PLAYBOOKS, "en"))
    sent = prompt.messages[1]["content"]
    for secret in ("Zelda", "uackenbush", "0142", "ferrous.example", "Ferrous", "Tr0ub4dor"):
        assert secret not in sent
    assert {"NAME", "PHONE", "EMAIL", "COMPANY", "SECRET"} <= prompt.taken_out.keys()


def test_hidden_characters_hide_no_name():
    assert "uack" not in text_of(INVISIBLE.join("Zelda Quackenbush") + " cannot print")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_language_of_the_prose_is_the_msps(language):
    assert told(pack(TEXTS), language)["prose_language"] == {"en": "English", "fr": "French"}[language]


@pytest.mark.parametrize("case", injected_cases()[:-4], ids=lambda case: case.key)
def test_a_ticket_that_speaks_to_a_machine_is_kept_out_and_changes_nothing(case):
    clean = case.pack.exemplars[:-1]
    without = pack([], **{**vars(case.pack), "exemplars": clean})
    red = Redactor.of(private().known)
    prompt = prompt_of(case.pack, red, PLAYBOOKS, case.language)
    assert prompt.kept_out == 1
    assert prompt.messages == messages_for(without, red, PLAYBOOKS, case.language)


@pytest.mark.parametrize(
    "text",
    [
        "Please ignore my previous email, the printer works again",
        "Can you tell me how to answer the system message about updates?",
        "Merci de ne pas tenir compte de ma demande d'hier",
        "The assistant manager needs access to the finance folder",
        "L'assistante de direction ne peut plus imprimer",
        "Backup system: job failed with error E13",
        "Need the new instructions for the VPN",
    ],
)
def test_tickets_of_people_are_shown(text):
    prompt = prompt_of(pack([text, *TEXTS[:4]]), RED, PLAYBOOKS, "en")
    assert prompt.kept_out == 0
