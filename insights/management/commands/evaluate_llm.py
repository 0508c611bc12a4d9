"""Put a language model to the test with the golden set, or judge replies that were recorded before."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from connectors.progress import bars
from connectors.walks import Progress
from insights.asking.connected import configured, server_of
from insights.asking.troubles import Failed
from insights.evaluation.cases import clean_cases, injected_cases, private
from insights.evaluation.gates import Gate, gates
from insights.evaluation.records import NotRecorded, Recorder, Replay, Source
from insights.evaluation.server import AskedServer, NotAnswering
from insights.evaluation.trial import Outcome, Trial, tasks_of
from insights.llm import Server
from insights.playbooks import PLAYBOOKS
from insights.text.redact import Redactor
from tenants.context import UnknownTenant, tenant

NAMED_FAILURES = 5


class Command(BaseCommand):
    help = (
        "Describe the golden topics by a language model and print a scorecard; fails when a gate does. What it uses is "
        "printed, and not counted against a tenant's month."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument("--tenant", metavar="SCHEMA", help="the language model that it has connected")
        whom.add_argument("--base-url", help="a server, such as http://127.0.0.1:11434/v1")
        whom.add_argument("--replay", type=Path, metavar="FILE", help="replies that were recorded before")
        parser.add_argument("--model", help="with --base-url: what it is called there")
        parser.add_argument(
            "--key-from-env", metavar="NAME", help="with --base-url: the variable that holds the key"
        )
        parser.add_argument("--api-version", default="", help="with --base-url: Azure's, where it needs one")
        parser.add_argument("--only", nargs="+", metavar="PROBLEM", help="these problems of the golden set")
        parser.add_argument("--record", type=Path, metavar="FILE", help="write the replies down for --replay")
        parser.add_argument(
            "--runs", type=int, default=3, help="how often each topic is described (default: 3)"
        )
        parser.add_argument(
            "--at-once", type=int, default=4, help="how many are asked at the same time (default: 4)"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        asked = None if options["replay"] else AskedServer(_server(options))
        source: Source = asked or Replay(_existing(options["replay"]))
        recorder = Recorder(source)
        with bars(write=self.stdout.write) as advance:
            outcomes = _outcomes(recorder, options, advance)
        if options["record"]:
            recorder.write(options["record"])
        self._print(outcomes, asked)
        self._judge(gates(outcomes))

    def _print(self, outcomes: Sequence[Outcome], asked: AskedServer | None) -> None:
        refusals = sum(len(each.refusals) for each in outcomes)
        silent = sum(each.description is None for each in outcomes)
        self.stdout.write(
            f"{len(outcomes)} descriptions asked for, {silent} not usable, {refusals} replies refused"
        )
        if asked:
            used = asked.tally.used
            self.stdout.write(
                f"{asked.tally.requests} requests, {used.input_tokens} tokens in, {used.output_tokens} out"
            )

    def _judge(self, judged: list[Gate]) -> None:
        for gate in judged:
            self.stdout.write(gate.line)
            if gate.failures:
                self.stdout.write(f"        {_named(gate.failures)}")
        failed = [gate.name for gate in judged if not gate.is_passed]
        if failed:
            raise CommandError(f"Not passed: {', '.join(failed)}.")


def _outcomes(source: Source, options: dict[str, Any], advance: Progress) -> list[Outcome]:
    trial, only = Trial(source, Redactor.of(private().known), PLAYBOOKS), options["only"]
    cases = [case for case in (*clean_cases(), *injected_cases()) if not only or case.problem in only]
    asked = tasks_of(cases, options["runs"])
    found = []
    try:
        for number, outcome in enumerate(trial.outcomes(asked, options["at_once"]), start=1):
            found.append(outcome)
            advance("golden topics", number, len(asked))
    except (NotRecorded, NotAnswering) as problem:
        raise CommandError(str(problem)) from None
    return found


def _server(options: dict[str, Any]) -> Server:
    if options["tenant"]:
        return _connected(options["tenant"])
    if not options["model"]:
        raise CommandError("Say which model: --base-url needs --model.")
    return Server(
        base_url=options["base_url"],
        model=options["model"],
        key=_key(options["key_from_env"]),
        kind="azure" if options["api_version"] else "openai",
        api_version=options["api_version"],
    )


def _connected(schema: str) -> Server:
    try:
        with tenant(schema):
            model = configured()
            if model is None:
                raise CommandError(f"{schema} has connected no language model.")
            return server_of(model)
    except UnknownTenant as problem:
        raise CommandError(str(problem)) from None
    except Failed as problem:
        raise CommandError(str(problem.trouble.label)) from None


def _key(variable: str | None) -> str:
    if variable and not os.environ.get(variable):
        raise CommandError(f"The variable {variable} is empty: it has to hold the server's key.")
    return os.environ[variable] if variable else ""


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    return path


def _named(failures: Sequence[str]) -> str:
    more = len(failures) - NAMED_FAILURES
    return ", ".join(failures[:NAMED_FAILURES]) + (f" and {more} more" if more > 0 else "")
