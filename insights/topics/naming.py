"""Names of topics until somebody describes them: the words that tell their tickets from others, in both languages."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from insights.text.concepts import Lexicon
from insights.text.language import language_of
from insights.topics.vectors import Floats, Vocabulary, counted, terms

LONGEST_NAME = 60
WORDS_IN_NAME = 3
TERMS_KEPT = 12
LONGEST_FORM_WORDS = 3
TEXTS_LOOKED_AT = 25
CONCEPT = "#"


@dataclass(frozen=True)
class Names:
    english: str
    french: str
    terms: tuple[str, ...]


def names_of(texts: Sequence[str], lexicon: Lexicon, vocabulary: Vocabulary) -> Names:
    """`texts` are some of a topic's most typical ones, without the names in them."""
    told = [(language_of(text), text, lexicon.tokens(text)) for text in texts]
    weight = Weighing(vocabulary)
    names = {}
    for language in ("en", "fr"):
        own = [each for each in told if each[0] == language] or told
        words = weight.heaviest((tokens for _, _, tokens in own), WORDS_IN_NAME)
        names[language] = spoken(words, [text for _, text, _ in own], lexicon)
    all_terms = (terms(tokens) for _, _, tokens in told)
    return Names(names["en"], names["fr"], tuple(weight.heaviest(all_terms, TERMS_KEPT)))


@dataclass(frozen=True)
class Weighing:
    vocabulary: Vocabulary

    def heaviest(self, texts: Iterable[Sequence[str]], count: int) -> list[str]:
        """Said in many of the texts, and seldom elsewhere."""
        said_in = Counter(word for words in texts for word in set(words))
        weights = dict(zip(said_in, self._weights(list(said_in)), strict=True))
        return sorted(said_in, key=lambda word: (-said_in[word] * float(weights[word]), word))[:count]

    def _weights(self, words: Sequence[str]) -> Floats:
        """A pair of words is one column of its own; here it is asked for as one."""
        if not words:
            return self.vocabulary.weights[:0]
        columns = counted([_Whole(word) for word in words]).indices
        weights: Floats = self.vocabulary.weights[columns]
        return weights


class _Whole(tuple[str, ...]):
    """One term, which has no pairs."""

    __slots__ = ()

    def __new__(cls, term: str) -> "_Whole":
        return super().__new__(cls, (term,))


def spoken(words: Sequence[str], texts: Sequence[str], lexicon: Lexicon) -> str:
    """As people write them: `#password` is "mot de passe" in French tickets, and accents are there again."""
    forms = most_written(texts, lexicon)
    said = [forms.get(word, word.removeprefix(CONCEPT).replace("-", " ")) for word in words]
    name = ", ".join(dict.fromkeys(said)) or "?"
    return (name[0].upper() + name[1:])[:LONGEST_NAME]


def most_written(texts: Sequence[str], lexicon: Lexicon) -> dict[str, str]:
    """The form in which each word or concept is written most often."""
    tokens = cache(lambda form: tuple(lexicon.tokens(form)))

    def is_whole(form: str) -> bool:
        """Neither begins nor ends with a small word, and is no number or name of a machine."""
        words = form.split()
        return form.replace("-", "").replace(" ", "").replace("'", "").isalpha() and all(
            map(tokens, (words[0], words[-1]))
        )

    written: dict[str, Counter[str]] = {}
    for form in (form for text in texts for form in _forms(text)):
        if len(meant := tokens(form)) == 1 and is_whole(form):
            written.setdefault(meant[0], Counter())[form] += 1
    return {word: min(forms, key=lambda form: (-forms[form], form)) for word, forms in written.items()}


def _forms(text: str) -> Iterator[str]:
    words = [word.strip(".,;:!?()[]\"'") for word in text.lower().split()]
    for length in range(1, LONGEST_FORM_WORDS + 1):
        yield from (
            " ".join(form) for form in zip(*(islice(words, n, None) for n in range(length)), strict=False)
        )
