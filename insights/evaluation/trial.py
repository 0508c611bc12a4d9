"""Describes the golden topics the way proposals do, several times each, and keeps all that the gates look at."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from insights.asking.bodies import object_in
from insights.asking.describe import Accepted, Describer
from insights.asking.prompt import Playbook, Redactor
from insights.asking.questions import Messages, Question
from insights.asking.reply import has_form
from insights.asking.troubles import Failed
from insights.described import Description
from insights.evaluation.cases import Case
from insights.evaluation.records import Source

Task = tuple[Case, int]  # with the number of the run


@dataclass
class Outcome:
    case: Case
    run: int
    description: Description | None = None
    sent: list[Messages] = field(default_factory=list)
    answers: int = 0  # questions that were answered, by a reply or by its repair
    well_formed: int = 0  # of these
    refusals: list[str] = field(default_factory=list)


def tasks_of(cases: Iterable[Case], runs: int) -> list[Task]:
    """An injected ticket that was obeyed once is one too many: those topics are described once."""
    return [(case, run) for case in cases for run in range(1, 2 if case.injection else runs + 1)]


@dataclass(frozen=True)
class Trial:
    source: Source
    redactor: Redactor
    playbooks: tuple[Playbook, ...]

    def outcomes(self, tasks: Iterable[Task], at_once: int) -> Iterator[Outcome]:
        with ThreadPoolExecutor(at_once) as threads:
            yield from threads.map(lambda task: self.outcome(*task), tasks)

    def outcome(self, case: Case, run: int) -> Outcome:
        """Without rules to agree with, whatever an injected topic is said to be needs a second opinion."""
        outcome = Outcome(case, run)
        describer = Describer(
            self.redactor, self.playbooks, case.language, lambda question: self._ask(question, outcome)
        )
        describe = describer.believed if case.injection else describer.described
        outcome.description = describe(case.pack)
        return outcome

    def _ask(self, question: Question, outcome: Outcome) -> Accepted:
        outcome.sent.append(question.messages)
        try:
            texts = self.source(question, outcome.run)
        except Failed as failed:
            outcome.refusals.append(str(failed.trouble))
            return None, None
        return self._judged(texts, question, outcome), None

    def _judged(self, texts: list[str], question: Question, outcome: Outcome) -> dict[str, Any] | None:
        """The first usable one, by the checks as they are today."""
        found = [object_in(text) for text in texts]
        outcome.answers += 1
        outcome.well_formed += any(each is not None and has_form(each) for each in found[-1:])
        for each in found:
            reason = "no JSON object" if each is None else question.check(each)
            if not reason:
                return each
            outcome.refusals.append(reason)
        return None
