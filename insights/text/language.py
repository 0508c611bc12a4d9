"""Which of English and French a ticket is written in, judged by its small words and by ours."""

from functools import cache

from insights.text.clean import clean
from insights.text.forms import Language, built_in, words_of
from insights.text.word_lists import listed
from kpis.lexicon import plain

SMALL_WORDS: dict[Language, frozenset[str]] = {"en": listed("english"), "fr": listed("french")}
STOP_WORDS = SMALL_WORDS["en"] | SMALL_WORDS["fr"]
ACCENTS = frozenset("àâäçèéêëîïôöùûüÿœÀÂÇÈÉÊËÎÏÔÙÛÜŒ")
ACCENT_WEIGHT = 0.5


@cache
def telling_words() -> dict[str, float]:
    """A word's evidence: above 0 for French, below for English."""
    words = {language: set(small) | _own_words(language) for language, small in SMALL_WORDS.items()}
    both = words["en"] & words["fr"]
    return dict.fromkeys(words["fr"] - both, 1.0) | dict.fromkeys(words["en"] - both, -1.0)


def language_of(text: str) -> Language:
    """English where nothing decides."""
    text = clean(text)
    telling = telling_words()
    evidence = sum(telling.get(word, 0.0) for word in plain(text).split())
    accents = 0 if text.isascii() else sum(letter in ACCENTS for letter in text)
    return "fr" if evidence + ACCENT_WEIGHT * accents > 0 else "en"


def _own_words(language: Language) -> set[str]:
    """Of the concepts' forms, as they stand in texts."""
    phrases = [each.form.phrase for each in built_in() if each.language == language]
    return {word for phrase in phrases for word in (*plain(phrase).split(), *words_of(phrase))}
