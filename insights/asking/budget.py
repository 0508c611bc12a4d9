"""What a month may cost. Each request holds its worst case back before it leaves and pays what it took afterwards,
so that the limit holds however many ask at once."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, QuerySet

from insights.asking.prices import Price, price_of
from insights.asking.troubles import Stop, Trouble, Usage
from insights.models import ConnectedModel, LlmCall, MonthlyBudget
from kpis.calendar import day_of

NOTHING = Decimal(0)
RESERVED = ("reserved_tokens", "reserved_money")


def month_of(now: datetime) -> date:
    """The first day of the month that it is at the tenant's."""
    return day_of(now).replace(day=1)


class Purse:
    """Pays for one call's requests. It is emptied by whoever takes the call over."""

    def __init__(self, call: LlmCall, model: ConnectedModel) -> None:
        self._call = call
        self._model = model
        self._price: Price | None = price_of(model)

    def reserve(self, most: Usage, now: datetime) -> None:
        """Raises Stop where the month's limit would not hold, or the call is somebody else's by now."""
        tokens, money, month = _tokens(most), self._cost(most) or NOTHING, month_of(now)
        MonthlyBudget.objects.bulk_create([MonthlyBudget(month=month)], ignore_conflicts=True)
        with transaction.atomic():
            held = {"budget_month": month, "reserved_tokens": tokens, "reserved_money": money}
            if not self._mine().update(attempts=F("attempts") + 1, **held):
                raise Stop(Trouble.ELSEWHERE)
            if not self._hold_back(month, tokens, money):
                raise Stop(Trouble.BUDGET)

    def settle(self, used: Usage) -> None:
        with transaction.atomic():
            row = self._mine().select_for_update().first()
            if row is None:
                return  # whoever took the call over has paid the worst case
            spent = self._cost(used)
            _pay(row, _tokens(used), spent or NOTHING)
            row.input_tokens += used.input_tokens
            row.output_tokens += used.output_tokens
            row.is_estimated |= used.is_estimated
            row.money = None if spent is None else (row.money or NOTHING) + spent
            row.save(update_fields=[*RESERVED, "input_tokens", "output_tokens", "is_estimated", "money"])

    def _hold_back(self, month: date, tokens: int, money: Decimal) -> int:
        """One statement that looks and takes: two that ask at once can't both get the last of it."""
        caps = self._model.tokens_per_month, self._model.money_per_month
        enough = MonthlyBudget.objects.filter(
            month=month,
            spent_tokens__lte=caps[0] - tokens - F("reserved_tokens"),
            spent_money__lte=caps[1] - money - F("reserved_money"),
        )
        return enough.update(
            reserved_tokens=F("reserved_tokens") + tokens, reserved_money=F("reserved_money") + money
        )

    def _mine(self) -> QuerySet[LlmCall]:
        return LlmCall.objects.filter(pk=self._call.pk, holder=self._call.holder)

    def _cost(self, usage: Usage) -> Decimal | None:
        return self._price.of(usage) if self._price else None


def write_off(calls: Iterable[LlmCall]) -> None:
    """What dead or erased calls had reserved counts as spent: their request may have reached the server.

    The rows have to be locked; what becomes of them is the caller's business.
    """
    for call in calls:
        if call.reserved_tokens:
            _pay(call, call.reserved_tokens, call.reserved_money)


def _pay(call: LlmCall, tokens: int, money: Decimal) -> None:
    MonthlyBudget.objects.filter(month__in=[call.budget_month]).update(
        reserved_tokens=F("reserved_tokens") - call.reserved_tokens,
        reserved_money=F("reserved_money") - call.reserved_money,
        spent_tokens=F("spent_tokens") + tokens,
        spent_money=F("spent_money") + money,
    )
    call.reserved_tokens, call.reserved_money = 0, NOTHING


def _tokens(usage: Usage) -> int:
    return usage.input_tokens + usage.output_tokens
