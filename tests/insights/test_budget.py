"""What a month may cost: by tokens and by money, to the last call, in the tenant's own month."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from insights.asking import prices
from insights.asking.calls import ask_once
from insights.asking.troubles import Trouble, Usage
from insights.models import ConnectedModel, LlmCall, MonthlyBudget
from tenants.context import tenant
from tests import factories
from tests.insights.asked import IMPATIENT, NOW, UNHURRIED, model_at, question
from tests.insights.llm_server import LlmServer


@pytest.fixture(scope="module")
def running() -> Iterator[LlmServer]:
    with LlmServer(write=lambda payload: '{"ok": true}') as server:
        yield server


@pytest.fixture
def server(north, running) -> LlmServer:
    running.forget()
    model_at(running.base_url)
    return running


def ask(text: str = "Is it ok?", now=NOW):
    return ask_once(question(text), now, limits=UNHURRIED, patience=IMPATIENT)


def test_a_call_that_might_cost_more_than_is_left_is_not_made(server):
    """Each takes 150, but none knows that before; so the last ones that fit are not dared either."""
    ConnectedModel.objects.update(tokens_per_month=2000)
    verdicts = [ask(str(number)).verdict for number in range(12)]
    made = verdicts.count("")
    assert 3 <= made < 12
    assert verdicts == [""] * made + [Trouble.BUDGET] * (12 - made)
    assert len(server.requests) == made
    budget = MonthlyBudget.objects.get()
    assert (budget.spent_tokens, budget.reserved_tokens) == (150 * made, 0)


def test_money_is_a_limit_of_its_own_where_the_price_is_known(server):
    ConnectedModel.objects.update(
        money_per_month=1, money_per_million_input=1000, money_per_million_output=2000
    )
    assert [ask(str(number)).verdict for number in range(2)] == [Trouble.BUDGET] * 2
    ConnectedModel.objects.update(money_per_month=100)
    assert ask("dear").verdict == ""
    assert LlmCall.objects.latest("id").money == Decimal("0.18")  # 120 in and 30 out
    assert MonthlyBudget.objects.get().spent_money == Decimal("0.18")


def test_a_model_without_a_price_costs_tokens_only(server):
    ConnectedModel.objects.update(money_per_month=0)
    assert ask().verdict == ""
    assert LlmCall.objects.get().money is None


@pytest.mark.parametrize(
    ("model", "listed"),
    [("gpt-4o-mini", True), ("GPT-4o-mini-2024-07-18", True), ("gpt-4o-maxi", False), ("qwen3:8b", False)],
)
def test_prices_are_of_the_very_model_or_of_none(model, listed):
    price = prices.price_of(ConnectedModel(model=model))
    assert (price is not None) == listed
    assert price is None or price.of(Usage(1_000_000, 1_000_000)) == Decimal("0.75")


def test_entered_prices_win_and_small_costs_are_rounded_up():
    model = ConnectedModel(model="gpt-4o", money_per_million_input=1, money_per_million_output=Decimal("0.1"))
    price = prices.price_of(model)
    assert price is not None
    assert price.of(Usage(1_000_000, 0)) == 1
    assert price.of(Usage(0, 1)) == Decimal("0.000001")


def test_the_month_is_the_tenants_own(server):
    """Midnight on the first of July is at 4:00 UTC in Toronto and at 22:00 UTC the day before in Paris."""
    factories.settings(time_zone="America/Toronto")
    for text, moment in (("June", "2026-07-01 03:59"), ("July", "2026-07-01 04:01")):
        ask(text, now=factories.at(moment))
    spent = dict(MonthlyBudget.objects.values_list("month", "spent_tokens"))
    assert spent == {date(2026, 6, 1): 150, date(2026, 7, 1): 150}
    with tenant("south"):
        factories.settings(time_zone="Europe/Paris")
        model_at(server.base_url)
        ask(now=factories.at("2026-06-30 22:01"))
        assert list(MonthlyBudget.objects.values_list("month", flat=True)) == [date(2026, 7, 1)]


def test_a_new_month_has_money_again(server):
    ConnectedModel.objects.update(tokens_per_month=900)
    assert ask("one").verdict == ""
    assert ask("two").verdict == Trouble.BUDGET
    assert ask("three", now=factories.at("2026-07-15 12:00")).verdict == ""


def test_a_mended_reply_needs_room_for_its_second_request(server):
    server.behave("schema_ignored", "good")
    ConnectedModel.objects.update(tokens_per_month=950)
    assert ask().verdict == Trouble.BUDGET
    assert (len(server.requests), LlmCall.objects.get().input_tokens) == (1, 120)
