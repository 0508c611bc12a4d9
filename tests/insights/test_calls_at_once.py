"""Many who ask at the same time, with committed rows, real connections and a real server; one of them is killed."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.conf import settings
from django.db import connection, connections
from psycopg.conninfo import make_conninfo

from config.embedded import die_with_parent
from insights.asking import tokens
from insights.asking.calls import Answered, ask_once
from insights.asking.retention import erase_company
from insights.asking.troubles import Trouble
from insights.llm import Limits
from insights.models import LlmCall, MonthlyBudget
from tenants.context import tenant
from tests.insights.asked import NOW, model_at, question
from tests.insights.committed import committed
from tests.insights.llm_server import LlmServer

pytestmark = pytest.mark.xdist_group("workers")
AT_ONCE = 64
CALM = Limits(deadline_seconds=30, output_tokens=500)


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with LlmServer(write=lambda payload: '{"ok": true}') as running:
        yield running


def in_threads(work: Callable[[int], Answered], numbers: Iterable[int]) -> list[Answered]:
    """64 at a time, all let go at the same moment; each in the tenant, with a connection of its own."""
    together = Barrier(AT_ONCE)

    def one(number: int) -> Answered:
        try:
            if number < AT_ONCE:
                together.wait(30)
            with tenant("north"):
                return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(one, numbers))


def test_two_thousand_who_ask_the_same_make_one_call_and_pay_once(db, server):
    answering = Event()

    def write(payload):
        answering.wait(1)  # the first wave is there before the answer is
        return '{"ok": true}'

    server.write = write

    def body():
        model_at(server.base_url)
        answered = in_threads(lambda _: ask_once(question(), NOW, limits=CALM), range(2000))
        assert Counter(bool(each.result) for each in answered) == {True: 2000}
        assert len({each.call for each in answered}) == 1
        assert sum(not each.is_cached for each in answered) == 1
        assert len(server.requests) == 1
        budget = MonthlyBudget.objects.get()
        assert (budget.spent_tokens, budget.reserved_tokens) == (150, 0)
        with tenant("south"):
            assert not LlmCall.objects.exists()

    committed(body)


def test_however_many_race_for_the_last_of_a_budget_it_holds(db, server):
    """Each call costs exactly what it held back, so that one more than fits would be seen."""
    most = tokens.at_most(question("100").messages, question().schema, CALM.output_tokens)
    server.usage = {"prompt_tokens": most.input_tokens, "completion_tokens": most.output_tokens}
    each, fits, held = most.input_tokens + most.output_tokens, 20, []

    def write(payload):
        with tenant("north"):
            row = MonthlyBudget.objects.get()
        connection.close()
        held.append(row.spent_tokens + row.reserved_tokens)
        return '{"ok": true}'

    server.write = write

    def body():
        model_at(server.base_url, tokens_per_month=each * fits + each - 1, calls_per_run=1000)
        numbers = range(2 * AT_ONCE)
        answered = in_threads(lambda number: ask_once(question(str(100 + number)), NOW, limits=CALM), numbers)
        verdicts = Counter(one.verdict for one in answered)
        budget = MonthlyBudget.objects.get()
        assert verdicts == {"": fits, Trouble.BUDGET: len(numbers) - fits}
        assert len(server.requests) == fits
        assert (budget.spent_tokens, budget.reserved_tokens) == (each * fits, 0)
        assert max(held) <= each * fits

    committed(body)


def test_a_killed_askers_turn_goes_to_another_and_what_it_held_back_is_paid(db, server):
    def body():
        model_at(server.base_url)
        held = killed_while_asking(server)
        answered = ask_once(question(), NOW, limits=CALM)
        assert answered.verdict == ""
        call, budget = LlmCall.objects.get(), MonthlyBudget.objects.get()
        assert (call.attempts, call.reserved_tokens, budget.reserved_tokens) == (2, 0, 0)
        assert budget.spent_tokens == held + 150

    committed(body)


def test_whoever_is_too_late_writes_nothing_and_pays_nothing_twice(db, server):
    """Its turn was given to another while it waited; and the client's words were erased meanwhile."""
    asked, go_on = Event(), Event()

    def write(payload):
        asked.set()
        go_on.wait(10)
        return '{"ok": true}'

    server.write = write

    def body():
        model_at(server.base_url)
        with ThreadPoolExecutor(1) as thread:
            late = thread.submit(in_own_session, lambda: ask_once(question(company=7), NOW, limits=CALM))
            assert asked.wait(20)
            held = MonthlyBudget.objects.get().reserved_tokens
            assert erase_company(7) == 1
            go_on.set()
            assert late.result().result == {"ok": True}
        budget = MonthlyBudget.objects.get()
        assert not LlmCall.objects.exists()
        assert (budget.spent_tokens, budget.reserved_tokens) == (held, 0)

    committed(body)


def test_no_connection_to_the_database_is_held_while_the_server_is_waited_for(db, server):
    askers, during = [], []

    def write(payload):
        during.append(askers[0].connection)
        return '{"ok": true}'

    server.write = write

    def work():
        askers.append(connections["default"])
        model = model_at(server.base_url)
        assert askers[0].connection is not None
        return ask_once(question(model.model), NOW, limits=CALM)

    committed(lambda: in_own_session(work))
    assert during == [None]


def in_own_session(work: Callable[[], Answered]) -> Answered:
    try:
        with tenant("north"):
            return work()
    finally:
        connection.close()


def killed_while_asking(server: LlmServer) -> int:
    """What it had held back. Its lease is over by the time anybody looks."""
    server.behave("silent")
    asker = subprocess.Popen(
        [sys.executable, "-c", ASKER.format(now=NOW.isoformat())],
        cwd=settings.BASE_DIR,
        env=environment(),
        preexec_fn=die_with_parent,
    )
    for _ in range(600):
        if server.requests or asker.poll() is not None:
            break
        time.sleep(0.1)
    os.kill(asker.pid, signal.SIGKILL)
    assert asker.wait(10) == -signal.SIGKILL
    call = LlmCall.objects.get()
    assert (call.state, call.reserved_tokens > 0) == ("asking", True)
    LlmCall.objects.update(leased_until=NOW)
    server.forget()
    return call.reserved_tokens


ASKER = """
import django; django.setup()
from datetime import datetime
from insights.asking.calls import ask_once
from insights.llm import Limits
from tenants.context import tenant
from tests.insights.asked import question
with tenant("north"):
    ask_once(question(), datetime.fromisoformat("{now}"), limits=Limits(deadline_seconds=30, output_tokens=500))
"""


def environment() -> dict[str, str]:
    known = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    return os.environ | {
        "DATABASE_URL": make_conninfo(**{name: known[key] for name, key in names.items() if known.get(key)}),
        "CELERY_BROKER_URL": "memory://",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "CREDENTIAL_KEYS": ",".join(settings.CREDENTIAL_KEYS),
        "ALLOW_PRIVATE_VENDOR_HOSTS": "1",
        "SECURE_COOKIES": "0",
    }
