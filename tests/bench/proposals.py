"""What proposing costs: a hundred topics, by playbooks alone and with a language model that is slow to answer."""

import time
from typing import Any

from django.db.models import Sum

from insights.models import ConnectedModel, LlmCall, Proposal, TopicLabel
from insights.propose import propose
from tests.bench.desk import fresh_tenant
from tests.bench.report import Report, timed
from tests.insights.asked import model_at
from tests.insights.llm_server import LlmServer
from tests.insights.makers import NOW
from tests.insights.plausible_model import KNOWLEDGE, reply_to
from tests.insights.proposing import desk_problem

TOPICS = 100
ANSWER_SECONDS = 1.0
AT_ONCE = 4


def run(report: Report, _size: float) -> None:
    with fresh_tenant("bench_proposals"):
        _fill()
        with timed() as by_playbooks:
            propose(NOW)
        report.note(
            f"{TOPICS} topics by playbooks: {Proposal.objects.count()} proposals in {by_playbooks.seconds:.1f} s"
        )
        with LlmServer(write=_slowly) as server:
            model_at(server.base_url)
            with timed() as by_model:
                propose(NOW)
        asked = LlmCall.objects.aggregate(Sum("input_tokens"), Sum("output_tokens"))
        waited = sum(_waits(call) for call in LlmCall.objects.all()) * ANSWER_SECONDS
        report.note(
            f"the same with a model that answers in {ANSWER_SECONDS:g} s, {AT_ONCE} at once: {by_model.seconds:.1f} s; "
            f"{LlmCall.objects.count()} questions, {TopicLabel.objects.filter(source='llm', kind='archetype').count()} "
            f"topics described"
        )
        report.note(
            f"tokens a tenant and month: {asked['input_tokens__sum']:,} in, {asked['output_tokens__sum']:,} out, "
            "as the local server counts them (each topic is asked about once in four weeks)"
        )
        report.ratio(
            "proposing with a model / waiting for its answers one after the other", by_model.seconds / waited
        )
        ConnectedModel.objects.all().delete()


def _fill() -> None:
    words = [(kind, about.split()[0].replace("-", " ")) for kind, (about, *_) in KNOWLEDGE.items()]
    for number in range(TOPICS):
        kind, word = words[number % len(words)]
        desk_problem(f"{kind} {number}", summary=f"Trouble with the {word} again, case {number} of {{n}}")


def _waits(call: LlmCall) -> int:
    """Repairs are asked for in the same call."""
    return max(1, call.attempts)


def _slowly(payload: dict[str, Any]) -> str:
    time.sleep(ANSWER_SECONDS)
    return reply_to(payload)
