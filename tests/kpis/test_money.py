"""Amounts as people write them: the MSP's currency, placed as the reader's language has it."""

import pytest
from django.utils import translation

from kpis.cards import money
from tests import factories

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("currency", "language", "amount", "written"),
    [
        ("CAD", "en", 1234.5, "$1,234"),
        ("CAD", "fr", 1234.5, f"1{NBSP}234{NBSP}$"),
        ("EUR", "en", -80, "−€80"),
        ("EUR", "fr", -80, f"−80{NBSP}€"),
        ("CHF", "en", 12, f"CHF{NBSP}12"),
        ("CHF", "fr", 12, f"12{NBSP}CHF"),
        ("GBP", "en", -0.2, "£0"),
        ("USD", "en", None, "–"),
    ],
)
def test_money_is_written_in_the_readers_language(north, currency, language, amount, written):
    factories.settings(currency=currency)
    with translation.override(language):
        assert money(amount) == written


def test_cents_are_there_where_they_are_asked_for(north):
    factories.settings(currency="EUR")
    with translation.override("fr"):
        assert money(3.5, 2) == f"3,50{NBSP}€"
