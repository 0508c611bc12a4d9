"""Words become the same concepts in English and French, and an MSP's own words count for it alone."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.models import ConceptForm
from insights.text.concepts import Lexicon, active_lexicon
from insights.text.forms import Form, built_in, words_of
from insights.text.language import language_of
from insights.text.tickets import digest_of
from tenants.context import tenant
from tests.insights.any_text import any_text

OURS = Lexicon.of(form for form, _ in built_in())
INVISIBLE = ("\u200b", "\u00ad", "\u2060", "\ufe0f", "")


def test_there_are_at_least_450_built_in_forms_in_both_languages():
    forms = {(form.concept, words_of(form.phrase)): language for form, language in built_in()}
    languages = list(forms.values())
    assert min(languages.count("en"), languages.count("fr")) >= 450


def test_every_concept_has_words_in_both_languages():
    languages = defaultdict(set)
    for form, language in built_in():
        languages[form.concept].add(language)
    assert {concept for concept, both in languages.items() if len(both) < 2} == set()


def test_no_form_stands_for_two_concepts():
    concepts = defaultdict(set)
    for form, _ in built_in():
        concepts[words_of(form.phrase)].add(form.concept)
    assert {words: some for words, some in concepts.items() if len(some) > 1} == {}


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("Forgot password, please reset", "Mot de passe oublié, à réinitialiser"),
        ("Account locked out", "Compte verrouillé"),
        ("Cannot connect to VPN", "Impossible de se connecter au VPN"),
        ("Paper jam in the printer", "Bourrage papier dans l'imprimante"),
        ("Shared mailbox missing", "Boîte partagée manquante"),
        ("Backup failed on server", "Échec de la sauvegarde du serveur"),
        ("Low disk space", "Espace disque faible"),
        ("Computer very slow", "Ordinateur très lent"),
        ("New employee", "Nouvel employé"),
        ("Suspicious email", "Courriel suspect"),
        ("Guest Wi-Fi down", "WiFi invité en panne"),
        ("How do I make a pivot table in Excel?", "Comment faire un tableau croisé dans Excel ?"),
    ],
)
def test_the_same_problem_reads_alike_in_both_languages(english, french):
    concepts = [{token for token in OURS.tokens(text) if token[0] == "#"} for text in (english, french)]
    assert concepts[0] == concepts[1] != set()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The printer on the second floor", ["#printer", "second", "floor"]),
        ("Les imprimantes du deuxième étage", ["#printer", "deuxieme", "etage"]),
        ("No comment from the client", ["comment", "client"]),
        ("Comment figer les volets", ["#howto", "#excel"]),
        ("See https://x.example/printer or a.printer@x.example", ["see"]),
        ("[NAME] at [COMPANY]: C:\\Users\\printer 0x80070005 12345", []),
        ("Office 365 licence", ["#office", "#licence"]),
        ("", []),
    ],
)
def test_small_words_addresses_and_numbers_are_no_tokens(text, tokens):
    assert OURS.tokens(text) == tokens


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_case_accents_and_invisible_letters_change_no_token(data):
    phrase = data.draw(st.sampled_from([form.phrase for form, _ in built_in() if form.only_in is None]))
    hidden = "".join(letter + data.draw(st.sampled_from(INVISIBLE)) for letter in phrase)
    bare = phrase.translate(str.maketrans("àâçéèêëîïôùûü", "aaceeeeiiouuu"))
    assert OURS.tokens(hidden) == OURS.tokens(phrase.upper()) == OURS.tokens(bare) == OURS.tokens(phrase)


@given(any_text)
@settings(max_examples=100, deadline=None)
def test_reading_never_fails_and_the_digest_fits_its_column(text):
    assert language_of(text) in ("en", "fr")
    assert -(2**63) <= digest_of(OURS.tokens(text)) < 2**63


def test_a_digest_tells_the_words_and_their_order():
    assert digest_of(["#printer", "floor"]) == digest_of(["#printer", "floor"])
    assert len({digest_of(words) for words in (["a", "b"], ["b", "a"], ["ab"], [])}) == 4


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Cannot print from accounting", "en"),
        ("Imprimante hors ligne", "fr"),
        ("Accès refusé au lecteur S:", "fr"),
        ("VPN drops every hour", "en"),
        ("Outlook demande sans cesse le mot de passe", "fr"),
        ("Le portable gèle sans arrêt", "fr"),
        ("Café Rivière: the scanner does not work", "en"),
        ("12345", "en"),
        ("", "en"),
    ],
)
def test_a_text_is_english_or_french_by_its_words(text, language):
    assert language_of(text) == language


def test_an_msps_own_forms_count_for_it_and_switched_off_ones_do_not(north):
    ConceptForm.objects.create(concept="printer", form="big blue")
    ConceptForm.objects.create(concept="erp", form="maestro", language="fr")
    ConceptForm.objects.create(concept="toner", form="encre", is_on=False)
    lexicon = active_lexicon()
    assert lexicon.tokens("Big Blue is out of toner") == ["#printer", "#toner"]
    assert lexicon.tokens("Plus d'encre dans le couloir")[0] == "#toner"
    assert "#toner" not in lexicon.tokens("Encre dans le couloir")
    assert lexicon.tokens("Le Maestro ne fonctionne pas") == ["#erp", "#broken"]
    assert lexicon.tokens("The maestro is not working") == ["maestro", "#broken"]
    with tenant("south"):
        assert "#printer" not in active_lexicon().tokens("Big Blue is out of toner")


def test_an_own_form_goes_before_a_built_in_one_and_the_longest_before_all():
    own = Lexicon.of(
        [Form("finance", "printer"), Form("label", "zebra printer"), *(form for form, _ in built_in())]
    )
    assert own.tokens("printer, Zebra printer, paper jam") == ["#finance", "#label", "#paper-jam"]
