"""Agreements of a living desk's clients, drawn at random: with ends, parents, exclusions and limits of all kinds."""

import random
from datetime import date, timedelta
from typing import Any

from tests import factories

CYCLES = ("", "CalendarWeek", "CalendarMonth", "CalendarQuarter", "Contract2Weeks", "ContractQuarter")
SUBJECTS = {
    "board_default": (1, 1, 2, 3),
    "work_type": (1, 77),
    "work_role": (1, 2),
    "work_type_exclusion": (77,),
    "work_role_exclusion": (2,),
}


def sign(chance: random.Random, today: date, companies: tuple[int, ...] = (1, 2, 3)) -> None:
    """Agreement 1 is of the first company; entries and tickets name others now and then."""
    for number in range(1, 7):
        company = companies[(number - 1) % len(companies)]
        factories.agreement(number, company_id=company, **_terms(chance, today, number))
        for _ in range(chance.choice([0, 1, 3])):
            kind = chance.choice(list(SUBJECTS))
            factories.coverage(number, kind, chance.choice(SUBJECTS[kind]), **_said(chance, today))


def _terms(chance: random.Random, today: date, number: int) -> dict[str, Any]:
    begun = today - timedelta(days=chance.choice([20, 60, 400]))
    return {
        "bill_time": "Billable" if number == 1 else "",
        "covers_time": chance.random() < 0.9,
        "parent_agreement_id": chance.choice([None, None, number - 1]),
        "starts_on": chance.choice([None, begun]),
        "ends_on": chance.choice([None, None, begun + timedelta(days=40)]),
        "is_cancelled": chance.random() < 0.2,
        "cancelled_on": chance.choice([None, today - timedelta(days=10)]),
        "limit_units": chance.choice(["", "Hours", "Hours", "Amount", "Incidents"]),
        "limit_amount": chance.choice([1, 3]),
        "limit_cycle": chance.choice(CYCLES),
        "carries_over_unused": chance.random() < 0.5,
    }


def _said(chance: random.Random, today: date) -> dict[str, Any]:
    return {
        "type_id": chance.choice([None, None, 1]),
        "hours_limit": chance.choice([None, 1]),
        "starts_on": chance.choice([None, today - timedelta(days=30)]),
        "ends_on": chance.choice([None, today - timedelta(days=5)]),
    }
