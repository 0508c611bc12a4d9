"""What a playbook is made of: words in both languages, signs by which its tickets are known, and assumptions."""

from dataclasses import dataclass

from insights.roi import Effort


@dataclass(frozen=True)
class Words:
    """In one language. `signs` are phrases as kpis.lexicon reads them: plain words, `*` stands for any letters."""

    label: str  # what its topics are called
    title: str  # what the project is called
    problem: str
    recommendation: str
    steps: tuple[str, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True)
class Playbook:
    """A kind of project. All its numbers are assumptions until projects of its kind have been measured."""

    key: str
    category: str
    root_cause: str
    criteria: str  # when it fits, for a language model that has to choose
    english: Words
    french: Words
    addressable_share: float  # of the hours on its tickets that such a project takes away
    effort: Effort
    signs: tuple[str, ...] = ()  # in whatever language: products, and what a machine writes
    concepts: tuple[str, ...] = ()  # of the lexicon, which MSPs extend; several in one must all be there
    is_training: bool = False
    sales_signal: str = "none"
    purchase_cost_each: float = 0.0  # per requester or device, in the MSP's currency
    running_cost_each: float = 0.0  # the same, per month

    def words(self, language: str) -> Words:
        return self.french if language == "fr" else self.english
