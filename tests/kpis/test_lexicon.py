"""How a summary is classed: what the phrases mean, and that Python and SQL read them alike."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpis import lexicon
from kpis.lexicon import BUILT_IN_ENTRIES, UnclearPhrase, judge, plain, tidy
from kpis.models import TrainingPhrase
from tenants.context import tenant

WORDS = [part.strip("^*") for _, phrase in sorted(BUILT_IN_ENTRIES) for part in phrase.split()]
ACCENTS = str.maketrans("eaiou", "éàîôü")
# What has no meaning in the one engine's edition of Unicode may have one in the other's.
letters = st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\x00")
somehow_written = st.sampled_from(WORDS).flatmap(
    lambda word: st.sampled_from(
        [word, word.upper(), word.title(), word.translate(ACCENTS), word + "s", f"«{word}»"]
    )
)
summaries = st.lists(somehow_written | st.text(letters, max_size=6), max_size=12).map(" ".join)
phrases = st.text("abc çŒ*^é9 -", max_size=12)
quickly = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize(
    ("summary", "kind", "phrase"),
    [
        ("How do I share a mailbox?", "how_to", "how do i"),
        ("HOW-TO: scan to e-mail", "how_to", "how to"),
        ("Comment créer une signature", "how_to", "^comment *er"),
        ("Où se trouve l'imprimante ?", "how_to", "ou se trouve"),
        ("Deleted the folder by mistake", "user_error", "by mistake"),
        ("Écran débranché depuis lundi", "user_error", "debranche*"),
        ("How to reach the printer of the training room", "negative", "training room"),
        ("Nouveau commentaire de l'équipe", None, None),
        ("Laissez un comment sur le ticket", None, None),
        ("Show menu is gone", None, None),
        ("Howto", None, None),
        ("", None, None),
    ],
)
def test_a_summary_is_classed_by_whole_words_whatever_their_case_and_accents(summary, kind, phrase):
    verdict = judge(summary, BUILT_IN_ENTRIES)
    assert ((verdict.kind, verdict.phrase) if verdict else (None, None)) == (kind, phrase)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Œuvre d'Æsop, Straße", " oeuvre d aesop strasse "),
        ("Ｆｕｌｌ ｗｉｄｔｈ №5", " full width no5 "),
        ("  ... ", "  "),
        ("Привет Kim", " kim "),
    ],
)
def test_a_plain_text_has_letters_and_digits_with_one_space_around_each_word(text, words):
    assert plain(text) == words


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        ("  Comment   ÇA marche ", "comment ca marche"),
        ("^Comment *er", "^comment *er"),
        ("l'imprimante*", "l imprimante*"),
        ("Wi-Fi", "wi fi"),
    ],
)
def test_a_phrase_is_kept_as_plain_words(entered, kept):
    assert tidy(entered) == kept


@pytest.mark.parametrize("entered", ["", "  ", "*", "how * printer", "pri*nter", "how ^to", "^", "…"])
def test_a_phrase_that_would_match_nothing_or_everything_is_refused(entered):
    with pytest.raises(UnclearPhrase):
        tidy(entered)


@quickly
@given(text=st.text(letters, max_size=40) | summaries)
def test_python_and_sql_have_the_same_plain_text(north, text):
    assert in_sql(f"SELECT {lexicon.plain_sql('%(text)s::text')}", text=text) == (plain(text),)


@quickly
@given(summaries, st.lists(st.tuples(st.sampled_from(lexicon.KINDS), phrases), max_size=4), st.data())
def test_python_and_sql_class_a_summary_alike(north, summary, added, data):
    with transaction.atomic():
        for kind, phrase in added:
            try:
                add(kind, tidy(phrase))
            except UnclearPhrase:
                continue
        for kind, phrase in data.draw(st.sets(st.sampled_from(sorted(BUILT_IN_ENTRIES)), max_size=4)):
            add(kind, phrase, is_on=False)
        with tenant("south"):
            add("negative", "a")
        verdict = judge(summary, lexicon.active())
        assert in_sql(JUDGED, text=summary) == (verdict.kind if verdict else None,)
        transaction.set_rollback(True)


JUDGED = f"""
SELECT CASE
    WHEN NOT text.bare LIKE ANY (lexicon.clues) THEN NULL
    {" ".join(f"WHEN text.plain ~ lexicon.{kind} THEN '{kind}'" for kind in lexicon.KINDS)}
END
FROM ({lexicon.LEXICON}) AS lexicon
CROSS JOIN (
    SELECT {lexicon.plain_sql("%(text)s::text")} AS plain, {lexicon.bare_sql("%(text)s::text")} AS bare
) AS text
"""


def add(kind, phrase, **fields):
    TrainingPhrase.objects.update_or_create(kind=kind, phrase=phrase, defaults=fields)


def in_sql(statement, **parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()


def test_built_in_phrases_are_what_a_person_would_have_kept():
    assert all(tidy(phrase) == phrase for _, phrase in BUILT_IN_ENTRIES)
