"""The pages of an MSP's own words: forms of concepts, private words and patterns, and a text to try them on."""

import pytest

from insights.models import ConceptForm, PrivateWord
from tenants.context import tenant
from tests import factories

WORDS, PRIVATE = "/admin/insights/conceptform/", "/admin/insights/privateword/"
SWITCH = f"{WORDS}switch/"


def forms(schema: str = "north") -> list[tuple[str, str, str, bool]]:
    with tenant(schema):
        return list(ConceptForm.objects.values_list("concept", "form", "language", "is_on"))


def private(schema: str = "north") -> list[tuple[str, str]]:
    with tenant(schema):
        return list(PrivateWord.objects.values_list("kind", "text"))


def tried(client, text: str) -> dict:
    return client.get(WORDS, {"text": text}).context["tried"]


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_an_own_word_is_kept_as_plain_words_and_counts_for_the_own_msp_alone(sign_in, role):
    client = sign_in(role)
    entered = {"concept": "Printer", "form": " Grosse  BÊTE ", "language": "any"}
    assert client.post(f"{WORDS}add/", entered).headers["Location"] == WORDS
    assert forms() == [("printer", "grosse bete", "any", True)]
    assert forms("south") == []
    assert tried(client, "La grosse bête est bloquée")["concepts"] == ["printer", "freeze"]
    assert "printer" not in tried(sign_in(role, "south"), "La grosse bête est bloquée")["concepts"]


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"form": "!?"}, "Write words with letters or digits"),
        ({"form": "Paper  JAM", "concept": "paper-jam"}, "This word is built in already"),
        ({"concept": "two words"}, "Enter a valid"),
        ({"form": ""}, "This field is required"),
        ({"form": "x" * 61}, "at most 60 characters"),
    ],
)
def test_what_cannot_be_a_word_of_a_concept_is_refused(sign_in, entered, said):
    defaults = {"concept": "printer", "form": "beast", "language": "en"}
    assert said in sign_in("manager").post(f"{WORDS}add/", defaults | entered).content.decode()
    assert forms() == []


def test_a_built_in_word_is_switched_off_and_on_again_and_an_own_one_goes(sign_in):
    client, entry = sign_in("manager"), {"entry": "toner|encre"}
    client.post(SWITCH, entry)
    assert forms() == [("toner", "encre", "any", False)]
    assert tried(client, "Plus d'encre")["concepts"] != tried(client, "encre")["concepts"] == []
    client.post(SWITCH, entry)
    assert forms() == []
    client.post(f"{WORDS}add/", {"concept": "toner", "form": "black stuff", "language": "en"})
    client.post(SWITCH, {"entry": "toner|black stuff"})
    assert forms() == []


def test_only_known_words_are_switched_and_only_by_those_who_may(sign_in):
    assert sign_in("owner").post(SWITCH, {"entry": "toner|never heard"}).status_code == 404
    assert sign_in("owner").get(SWITCH).status_code == 405
    assert sign_in("technician").post(SWITCH, {"entry": "toner|encre"}).status_code == 403
    assert sign_in("technician").get(WORDS).status_code == 403
    assert forms() == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("What a language model would see", "Switch off", "English")),
        ("fr", ("Ce que verrait un modèle de langage", "Désactiver", "Anglais")),
    ],
)
def test_a_tried_text_shows_its_concepts_and_what_redaction_makes_of_it(sign_in, language, said):
    client = sign_in("manager")
    with tenant("north"):
        factories.ticket(contact_name="Zsófia Kowalczyk")
    text = "<b>Zsófia</b> cannot print, call 514-555-0199"
    page = client.get(WORDS, {"text": text}, headers={"accept-language": language})
    assert all(words in page.content.decode() for words in said)
    assert "&lt;b&gt;[NAME]&lt;/b&gt; cannot print, call [PHONE]" in page.content.decode()
    assert page.context["tried"]["concepts"] == ["cannot", "printer"]
    assert page.context["tried"]["leaks"] == []


def test_private_words_and_patterns_are_kept_and_taken_out(sign_in):
    client = sign_in("owner")
    for kind, text in (("word", "Project Orion"), ("pattern", r"ACC-\d{3,6}")):
        assert client.post(f"{PRIVATE}add/", {"kind": kind, "text": text}).headers["Location"] == PRIVATE
    assert private("south") == []
    assert tried(client, "project orion ACC-1234")["redacted"] == "[PRIVATE] [PRIVATE]"
    with tenant("north"):
        word = PrivateWord.objects.get(kind="word")
    client.post(f"{PRIVATE}{word.pk}/delete/", {"post": "yes"})
    assert private() == [("pattern", r"ACC-\d{3,6}")]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("word", "!!", "Write words with letters or digits"),
        ("pattern", "(ACC", "This is not a regular expression"),
        ("pattern", "(a+)+b", "This pattern could run for long"),
        ("pattern", "a*", "This pattern matches where nothing is"),
        ("pattern", r"(a)\1", "This pattern looks ahead, behind or back"),
    ],
)
def test_a_private_word_or_pattern_that_cannot_be_used_is_refused_with_a_sentence(sign_in, kind, text, said):
    page = sign_in("manager").post(f"{PRIVATE}add/", {"kind": kind, "text": text})
    assert said in page.content.decode()
    assert private() == []


def test_the_lists_speak_french(sign_in):
    page = sign_in("manager").get(f"{PRIVATE}add/", headers={"accept-language": "fr"}).content.decode()
    assert all(words in page for words in ("Expression régulière", "Texte"))
