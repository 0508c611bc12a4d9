"""What tokens cost, where it is known: as entered, or as in a list of prices. An unknown model costs tokens only."""

import re
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from insights.asking.troubles import Usage
from insights.models import ConnectedModel

MILLION = 1_000_000
SMALLEST = Decimal("0.000001")
DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")

# US dollars per million tokens, in and out, for standard processing of prompts of usual length.
# https://developers.openai.com/api/docs/pricing
VERSION = "2026-11"
LIST: dict[str, tuple[str, str]] = {
    "gpt-4.1": ("2.00", "8.00"),
    "gpt-4.1-mini": ("0.40", "1.60"),
    "gpt-4.1-nano": ("0.10", "0.40"),
    "gpt-4o": ("2.50", "10.00"),
    "gpt-4o-mini": ("0.15", "0.60"),
    "gpt-5": ("1.25", "10.00"),
    "gpt-5-mini": ("0.25", "2.00"),
    "gpt-5-nano": ("0.05", "0.40"),
    "gpt-5.4": ("2.50", "15.00"),
    "gpt-5.4-mini": ("0.75", "4.50"),
    "gpt-5.4-nano": ("0.20", "1.25"),
    "gpt-5.5": ("5.00", "30.00"),
    "gpt-5.6-luna": ("0.20", "1.20"),
    "gpt-5.6-sol": ("5.00", "30.00"),
    "gpt-5.6-terra": ("2.00", "12.00"),
}


@dataclass(frozen=True)
class Price:
    per_million_input: Decimal
    per_million_output: Decimal

    def of(self, usage: Usage) -> Decimal:
        """Rounded up, so that many small calls never cost more than was counted."""
        input_cost = self.per_million_input * usage.input_tokens
        output_cost = self.per_million_output * usage.output_tokens
        return ((input_cost + output_cost) / MILLION).quantize(SMALLEST, ROUND_UP)


def price_of(model: ConnectedModel) -> Price | None:
    """Both prices have to be entered, or none of them counts."""
    entered = model.money_per_million_input, model.money_per_million_output
    if entered[0] is not None and entered[1] is not None:
        return Price(entered[0], entered[1])
    listed = LIST.get(DATED.sub("", model.model.lower()))
    return Price(*map(Decimal, listed)) if listed else None
