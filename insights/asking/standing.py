"""How the language model stands, as its page shows it: what the month has cost, and whether it is left alone."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from insights.asking.breaker import is_resting
from insights.asking.budget import month_of
from insights.asking.prices import VERSION, price_of
from insights.asking.questions import sentence_of
from insights.models import ConnectedModel, MonthlyBudget

MONTHS_SHOWN = 6
DEARLY_BOUGHT_PERCENT = 80


@dataclass(frozen=True)
class Spending:
    spent: Decimal | int
    cap: Decimal | int

    @property
    def percent(self) -> int:
        return round(100 * self.spent / self.cap) if self.cap else 100

    @property
    def is_nearly_used_up(self) -> bool:
        return self.percent >= DEARLY_BOUGHT_PERCENT


def of(model: ConnectedModel, now: datetime) -> dict[str, Any]:
    month = month_of(now)
    budget = MonthlyBudget.objects.filter(month=month).first() or MonthlyBudget(month=month)
    price = price_of(model)
    is_entered = model.money_per_million_input is not None and model.money_per_million_output is not None
    return {
        "month": month,
        "tokens": Spending(budget.spent_tokens, model.tokens_per_month),
        "money": Spending(budget.spent_money, model.money_per_month) if price else None,
        "price": price,
        "price_list": "" if is_entered else VERSION,
        "earlier": MonthlyBudget.objects.filter(month__lt=month)[: MONTHS_SHOWN - 1],
        "rests_until": model.rests_until if is_resting(model, now) else None,
        "failures": model.failures_in_a_row,
        "problem": sentence_of(model.last_problem),
    }
