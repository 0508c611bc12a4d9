"""Tickets about known problems as people write them: two languages, typos, vague subjects, signatures, alerts, noise.

It knows what each ticket is about, so that topics can be held against the truth.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.insights.corpus_words import ALERTS, CLOSINGS, GREETINGS, NEW_PROBLEM, NOISE, PROBLEMS, VAGUE

FRENCH_SHARE, NOISE_SHARE, VAGUE_SHARE, TYPO_SHARE = 0.6, 0.1, 0.12, 0.15
COMPANIES, CONTACTS = 40, 12
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FIRST = ("Marie", "Jean", "Luc", "Anne", "Paul", "Julie", "Mark", "Sarah", "Tom", "Emma", "Léa", "Hugo")
LAST = ("Tremblay", "Gagnon", "Smith", "Roy", "Brown", "Lavoie", "Wilson", "Côté", "Martin", "Bouchard")
NONE = ""  # what noise is about


@dataclass(frozen=True)
class Said:
    """A ticket's words, and what they are about."""

    about: str
    language: str
    summary: str
    body: str
    company: int
    contact: str
    opened_at: datetime
    is_alert: bool = False

    @property
    def text(self) -> str:
        return f"{self.summary}\n{self.body}"


class Writer:
    """Writes tickets; the same seed writes the same."""

    def __init__(self, seed: int, problems: Sequence[str] = (*PROBLEMS, *ALERTS)) -> None:
        self.chance = random.Random(seed)
        self.problems = problems
        self.weights = [self.chance.uniform(0.5, 1.6) for _ in problems]

    def tickets(self, count: int, since: datetime, days: float) -> list[Said]:
        moments = sorted(self.chance.uniform(0, days) for _ in range(count))
        return [self.ticket(since + timedelta(days=moment)) for moment in moments]

    def ticket(self, opened_at: datetime, about: str | None = None) -> Said:
        if about is None:
            is_noise = self.chance.random() < NOISE_SHARE
            about = NONE if is_noise else self.chance.choices(self.problems, self.weights)[0]
        return self._alert(about, opened_at) if about in ALERTS else self._mail(about, opened_at)

    def _mail(self, about: str, opened_at: datetime) -> Said:
        is_french = self.chance.random() < FRENCH_SHARE
        phrases = self._phrases(about, is_french)
        told = [self._misspelt(phrase) for phrase in self.chance.sample(phrases, 2)]
        is_vague = self.chance.random() < VAGUE_SHARE
        summary = self.chance.choice(VAGUE[is_french]) if is_vague else told[0]
        contact = f"{self.chance.choice(FIRST)} {self.chance.choice(LAST)}"
        return Said(
            about=about,
            language="fr" if is_french else "en",
            summary=summary.capitalize(),
            body=self._body(told[0] if is_vague else told[1], contact, is_french),
            company=self.chance.randrange(1, COMPANIES + 1),
            contact=contact,
            opened_at=opened_at,
        )

    def _alert(self, about: str, opened_at: datetime) -> Said:
        form = self.chance.choice(ALERTS[about].split("|"))
        device = f"{self.chance.choice(['SRV', 'PC', 'LT', 'DC'])}-{self.chance.randrange(100, 999)}"
        summary = form.format(device=device, number=self.chance.randrange(1, 9999))
        company = self.chance.randrange(1, COMPANIES + 1)
        return Said(about, "en", summary, "", company, device, opened_at, is_alert=True)

    def _phrases(self, about: str, is_french: bool) -> list[str]:
        if about == NONE:
            return self._noise()
        of_problem = NEW_PROBLEM if about == "badge" else PROBLEMS[about]
        return of_problem[is_french].split("|")

    def _noise(self) -> list[str]:
        words = " ".join(NOISE.split("|")).split()
        return [" ".join(self.chance.sample(words, self.chance.randrange(3, 9))) for _ in range(3)]

    def _body(self, told: str, contact: str, is_french: bool) -> str:
        greeting, closing = self.chance.choice(GREETINGS[is_french]), self.chance.choice(CLOSINGS[is_french])
        signature = f"\n--\n{contact}\nTel 514 555-{self.chance.randrange(1000, 9999)}"
        return f"{greeting}\n{told}.\n{closing}{signature if self.chance.random() < 0.5 else ''}"

    def _misspelt(self, phrase: str) -> str:
        words = phrase.split()
        for at, word in enumerate(words):
            if len(word) > 4 and self.chance.random() < TYPO_SHARE / 2:
                cut = self.chance.randrange(1, len(word) - 1)
                words[at] = (
                    word[:cut] + self.chance.choice(["", self.chance.choice(LETTERS)]) + word[cut + 1 :]
                )
        return " ".join(words)


def year(
    seed: int, since: datetime, per_day: int, new_from_day: int, days: int, problems: Sequence[str]
) -> Iterator[Said]:
    """A time in which a problem appears that nobody had before."""
    writer = Writer(seed, problems)
    for day in range(days):
        yield from writer.tickets(per_day, since + timedelta(days=day), 1)
        if day >= new_from_day:
            yield writer.ticket(since + timedelta(days=day, hours=12), "badge")
