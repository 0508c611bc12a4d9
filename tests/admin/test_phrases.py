"""The page of training phrases: tried, added, switched off, and nobody else's business."""

import pytest

from kpis.models import TrainingPhrase
from tenants.context import tenant

LIST = "/admin/kpis/trainingphrase/"
ADD, SWITCH = f"{LIST}add/", f"{LIST}switch/"


def rows(schema: str = "north") -> list[tuple[str, str, bool]]:
    with tenant(schema):
        return list(TrainingPhrase.objects.values_list("kind", "phrase", "is_on"))


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_a_phrase_is_kept_as_plain_words_and_counts_for_the_own_msp_alone(sign_in, role):
    client = sign_in(role)
    answer = client.post(ADD, {"kind": "user_error", "phrase": " Écran  NOIR* "})
    assert answer.headers["Location"] == LIST
    assert rows() == [("user_error", "ecran noir*", True)]
    assert rows("south") == []
    assert "ecran noir*" in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ("*", "Write words with letters or digits"),
        ("pri*nter", "Write words with letters or digits"),
        ("How do I", "This phrase is built in already"),
        ("", "This field is required"),
        ("x" * 200, "at most 100 characters"),
    ],
)
def test_what_cannot_be_a_phrase_is_refused_in_plain_words(sign_in, entered, said):
    answer = sign_in("manager").post(ADD, {"kind": "how_to", "phrase": entered})
    assert said in answer.content.decode()
    assert rows() == []


def test_a_built_in_phrase_is_switched_off_and_on_again(sign_in):
    client, phrase = sign_in("manager"), {"kind": "how_to", "phrase": "how do i"}
    client.post(SWITCH, phrase)
    assert rows() == [("how_to", "how do i", False)]
    assert tried(client, "How do I print?")["phrase"] == ""
    client.post(SWITCH, phrase)
    assert rows() == []
    assert tried(client, "How do I print?")["phrase"] == "how do i"


def test_an_own_phrase_goes(sign_in):
    client, phrase = sign_in("owner"), {"kind": "negative", "phrase": "lab printer"}
    client.post(ADD, phrase)
    assert tried(client, "How to use the LAB PRINTER")["phrase"] == "lab printer"
    client.post(SWITCH, phrase)
    assert rows() == []


def test_only_known_phrases_are_switched_and_only_by_those_who_may(sign_in):
    assert sign_in("owner").post(SWITCH, {"kind": "how_to", "phrase": "never heard"}).status_code == 404
    assert sign_in("owner").get(SWITCH).status_code == 405
    answer = sign_in("technician").post(SWITCH, {"kind": "how_to", "phrase": "how do i"})
    assert answer.status_code == 403
    assert rows() == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Not a training need", "No phrase matches", "Switch off")),
        ("fr", ("Pas un besoin de formation", "Aucune expression ne correspond", "Désactiver")),
    ],
)
def test_the_page_speaks_the_readers_language(sign_in, language, said):
    page = sign_in("manager").get(LIST, {"summary": "<b>Printer</b>"}, headers={"accept-language": language})
    text = page.content.decode()
    assert all(words in text for words in said)
    assert "<b>Printer" not in text


def tried(client, summary: str) -> dict:
    return client.get(LIST, {"summary": summary}).context["verdict"]
