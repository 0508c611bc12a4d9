"""Nothing private is left of a text, ordinary words stay, and what is left all the same is seen."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.models import PrivateWord
from insights.text.known import Known
from insights.text.marks import MARK
from insights.text.ordinary import folded, words_in
from insights.text.redact import Redactor
from tenants.context import tenant
from tests import factories
from tests.insights import private_corpus
from tests.insights.any_text import PIECES, any_text

PEOPLE = frozenset(f"{first} {last}" for first, last in private_corpus.people(random.Random(1)))
PEOPLE |= {"Grace May", "Owen Grant", "Marie Tremblay"}
KNOWN = Known(
    people=PEOPLE,
    accounts=frozenset({"mlopez", "CORP\\svc-scan"}),
    companies=frozenset({"Northwood Dental Inc.", "Boréal", "Clinique du Lac"}),
    hosts=frozenset({"PC-NORTH-01", "zeus"}),
    private_words=frozenset({"Project Orion", "Line 7", "Иван"}),
    private_patterns=frozenset({r"ACC\d{4}"}),
)
EVERYBODY = Redactor.of(KNOWN)
MANY = 600


def left(told: private_corpus.Told, redactor: Redactor) -> set[str]:
    """The parts of names that can still be read. "de la" tells nobody."""
    parts = {part for name in told.names for part in words_in(name) if len(part) > 2}
    return (parts - {"van", "den"}) & set(words_in(MARK.sub(" ", redactor.redact(told.text))))


def recall(tickets: list[private_corpus.Told], redactor: Redactor) -> float:
    parts = sum(len([part for name in told.names for part in words_in(name)]) for told in tickets)
    return 1 - sum(len(left(told, redactor)) for told in tickets) / parts


def test_every_name_that_the_tenant_knows_is_taken_out():
    tickets = private_corpus.tickets_of_people(seed=1, count=MANY)
    assert {told.text: left(told, EVERYBODY) for told in tickets if left(told, EVERYBODY)} == {}


def test_nearly_every_name_is_taken_out_when_a_tenth_of_their_parts_is_not_known():
    """Of the tenths that chance chose, the worst one too: where both parts of a name are unknown, nothing tells."""
    recalls = [recall_without_a_tenth(random.Random(seed)) for seed in range(2, 8)]
    assert min(recalls) >= 0.97
    assert sum(recalls) / len(recalls) >= 0.983


def recall_without_a_tenth(chance: random.Random) -> float:
    unknown = {part for part in (*private_corpus.FIRST, *private_corpus.LAST) if chance.random() < 0.1}
    people = private_corpus.people(random.Random(1))
    known = {" ".join(part for part in parts if part not in unknown) for parts in people}
    redactor = Redactor.of(Known(people=frozenset(known)))
    return recall(private_corpus.tickets_of_people(seed=1, count=300), redactor)


def test_no_address_number_or_secret_is_left():
    tickets = private_corpus.tickets_of_secrets(seed=5, count=MANY)
    kept = [
        told.text for told in tickets if any(secret in EVERYBODY.redact(told.text) for secret in told.secrets)
    ]
    assert kept == []


@pytest.mark.parametrize("sentence", private_corpus.ORDINARY)
def test_no_person_is_seen_in_an_ordinary_sentence(sentence):
    assert "[NAME]" not in EVERYBODY.redact(sentence)
    assert EVERYBODY.leaks(EVERYBODY.redact(sentence)) == []


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("May needs a mouse", "[NAME] needs a mouse"),
        ("New laptop for Grant", "New laptop for [NAME]"),
        ("grant access to grace may", "grant access to [NAME]"),
        ("Roy's screen", "Roy's screen"),
        ("Screen of Roy", "Screen of [NAME]"),
        ("mtremblay and marie.tremblay", "[NAME] and [NAME]"),
        ("MTREMBLAY@CORP", "[EMAIL]"),
        ("Tremblay, Marie B.", "[NAME]."),
        ("Mme Kowalczyk-Lachance", "Mme [NAME]"),
        ("Hi Zsófia, Outlook is slow", "Hi [NAME], Outlook is slow"),
        ("My name is Bartholomew Quux", "My name is [NAME]"),
        ("Mar\u200bie Trem\u00adblay", "[NAME]"),
        ("Ｍａｒｉｅ", "[NAME]"),
        ("[MARIE]", "[[NAME]]"),
        ("mlopez on zeus", "[NAME] on [HOST]"),
        ("PC-NORTH-01.corp.local", "[DOMAIN]"),
        ("Northwood Dental and Clinique du Lac", "[COMPANY] and [COMPANY]"),
        ("BORÉAL INC", "[COMPANY] INC"),
        ("project ORION for ACC1234", "[PRIVATE] for [PRIVATE]"),
        ("on line 7, not line 71", "on [PRIVATE], not line 71"),
        ("для Иван", "для [PRIVATE]"),
        ("4111 1111 1111 1111", "[CARD]"),
        ("NAS 046-454-286", "NAS [ID]"),
        ("046 454 286", "[ID]"),
        ("sécu 2 55 08 14 168 025 38", "sécu [ID]"),
        ("fe80::1ff:fe23:4567:890a", "[IP]"),
        ("\\\\srv-files\\finance", "[PATH]"),
        ("/home/marie/report.pdf", "[PATH]"),
        ("Office ABCDE-12345-FGHIJ-67890-KLMNO", "Office [KEY]"),
        ("AKIAIOSFODNN7EXAMPLE", "[KEY]"),
        ("Code postal K1A 0B6, NY 10001", "Code postal [POSTCODE], [POSTCODE]"),
        ("Password is wrong", "Password is wrong"),
        ("WiFi password = Montr3al", "WiFi password = [SECRET]"),
        ("PIN: 4821", "PIN: [SECRET]"),
        ("Ticket 1234 on port 443", "Ticket 1234 on port 443"),
        ("", ""),
    ],
)
def test_what_goes_and_what_stays(text, redacted):
    assert EVERYBODY.redact(text) == redacted
    assert EVERYBODY.leaks(EVERYBODY.redact(text)) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ask marie", "name"),
        ("ask^Grace^May", "name"),
        ('{"text": "line\\nMarie"}', "name"),
        ("Tremblay2024", "name"),
        ("M\\u0061rie", "name"),
        ("the clinique du lac", "company"),
        ("Northwood", "company"),
        ("zeus", "host"),
        ("orion is a project; PROJECT^ORION", "private"),
        ("acc1 ACC1234", "private"),
        ("mdp: Hiver24", "secret"),
        ("a@b", "email"),
        ("ftp://x", "url"),
        ("see client.example", "domain"),
        ("10.0.0.1", "address"),
        ("2001:db8::1", "address"),
        ("00-1A-2B-3C-4D-5E", "key"),
        ("514^555^0199", "phone"),
        ("514 555 0199", "number"),
        ("4111-1111-1111-1111", "number"),
        ("h2x 1y4", "postcode"),
        ("c:\\users\\x", "path"),
    ],
)
def test_a_leak_is_seen_however_it_is_written(text, kind):
    assert kind in EVERYBODY.leaks(text)


def test_a_pattern_that_cannot_be_used_lets_nothing_through():
    blind = Redactor.of(Known(private_patterns=frozenset({"(a+)+b"})))
    assert blind.leaks("printer") == ["private"]


@given(any_text)
@settings(max_examples=200, deadline=None)
def test_redacting_never_fails_and_a_second_time_changes_nothing(text):
    once = EVERYBODY.redact(text)
    assert EVERYBODY.redact(once) == once
    EVERYBODY.leaks(text)


@given(st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_no_leak_is_left_where_words_stand_apart(text):
    assert EVERYBODY.leaks(EVERYBODY.redact(text)) == []


@given(
    st.sampled_from(["a", "1", "a.", "1.", "-", "a@", ":", "\\", "Marie ", "1 ", "a1", "pwd "]),
    st.integers(1_000, 3_000),
)
@settings(max_examples=24, deadline=None)
def test_a_text_that_repeats_itself_is_redacted(part, times):
    assert folded(part * 5) not in folded(EVERYBODY.redact(part * times)) or not part.isdigit()


def test_what_a_tenant_knows_is_its_own(north):
    factories.ticket(contact_name="Zsófia Kowalczyk")
    factories.member(5, "Bartholomew Quux", identifier="bquux")
    factories.company(6, "Wolverhampton Glassworks")
    factories.alert("T1", host_name="HADES")
    PrivateWord.objects.create(kind="word", text="Orion")
    PrivateWord.objects.create(kind="pattern", text=r"AKTE \d+")
    text = "kowalczyk; quux and bquux of wolverhampton glassworks on hades: orion AKTE 77"
    redacted = "[NAME]; [NAME] and [NAME] of [COMPANY] on [HOST]: [PRIVATE] [PRIVATE]"
    assert Redactor.of_tenant().redact(text) == redacted
    assert set(Redactor.of_tenant().leaks(text)) == {"name", "company", "host", "private"}
    with tenant("south"):
        assert Redactor.of_tenant().redact(text) == text
