"""How long questions and answers stay, and that erasing them forgets no money."""

from datetime import date, timedelta
from typing import Any

import pytest

from insights.asking import retention
from insights.asking.tasks import expire_calls
from insights.asking.troubles import Trouble
from insights.models import LlmAbility, LlmCall, MonthlyBudget, Topic, TopicLabel
from tenants.context import tenant
from tests.insights import makers
from tests.insights.asked import NOW, model_at

JUNE = date(2026, 6, 1)


def call(digest: str, days_ago: int = 0, **fields) -> LlmCall:
    asked_at = NOW - timedelta(days=days_ago)
    defaults = {"purpose": "test", "state": "answered", "answered_at": asked_at, "asked_at": asked_at}
    return LlmCall.objects.create(digest=digest, base_url="x", model="y", **defaults | fields)


def dying(digest: str, **fields) -> LlmCall:
    """Out at the server, with a part of the month's budget in its hands."""
    held: dict[str, Any] = {"budget_month": JUNE, "reserved_tokens": 1000, "reserved_money": "0.5"}
    return call(digest, **{"state": "asking", "answered_at": None} | held | fields)


def left() -> set[str]:
    return set(LlmCall.objects.values_list("digest", flat=True))


@pytest.mark.parametrize(("days", "stay"), [(90, {"1", "89"}), (30, {"1"}), (365, {"1", "89", "91"})])
def test_calls_stay_as_long_as_the_owner_says(north, days, stay):
    model_at("https://api.openai.com/v1", retention_days=days)
    for age in (1, 89, 91):
        call(str(age), days_ago=age)
    with tenant("south"):
        call("old", days_ago=400)
    assert retention.expire(NOW) == 3 - len(stay)
    assert left() == stay
    with tenant("south"):
        assert left() == {"old"}


def test_without_a_model_they_stay_ninety_days(north):
    call("new", days_ago=89)
    call("old", days_ago=91)
    retention.expire(NOW)
    assert left() == {"new"}


def test_what_the_dead_held_back_is_spent_and_the_living_keep_theirs(north):
    MonthlyBudget.objects.create(month=JUNE, spent_tokens=10, reserved_tokens=2000, reserved_money=1)
    dying("dead", leased_until=NOW - timedelta(seconds=1))
    dying("alive", leased_until=NOW + timedelta(seconds=60))
    retention.expire(NOW)
    dead, alive = LlmCall.objects.get(digest="dead"), LlmCall.objects.get(digest="alive")
    assert (dead.state, dead.verdict, dead.reserved_tokens) == ("failed", Trouble.ABANDONED, 0)
    assert (alive.state, alive.reserved_tokens) == ("asking", 1000)
    budget = MonthlyBudget.objects.get()
    assert (budget.spent_tokens, budget.reserved_tokens) == (1010, 1000)
    assert (float(budget.spent_money), float(budget.reserved_money)) == (0.5, 0.5)


def test_erasing_a_client_takes_its_calls_alone_and_forgets_no_money(north):
    MonthlyBudget.objects.create(month=JUNE, spent_tokens=10, reserved_tokens=1000, reserved_money="0.5")
    call("other", company=2)
    call("nobody's")
    dying("out", company=1, leased_until=NOW + timedelta(seconds=60))
    call("done", company=1)
    with tenant("south"):
        call("theirs", company=1)
    assert retention.erase_company(1) == 2
    assert left() == {"other", "nobody's"}
    budget = MonthlyBudget.objects.get()
    assert (budget.spent_tokens, budget.reserved_tokens) == (1010, 0)
    with tenant("south"):
        assert left() == {"theirs"}


def test_what_was_learned_of_a_topic_outlives_the_call_it_came_from(north):
    topic: Topic = makers.topic()
    said = {"kind": "archetype", "source": "llm", "value": "other", "labelled_at": NOW}
    TopicLabel.objects.create(topic=topic, call=call("old", days_ago=91), **said)
    retention.expire(NOW)
    assert TopicLabel.objects.get().call is None


def test_what_a_server_could_yesterday_is_forgotten(north):
    for name, hours in (("new", 23), ("old", 25)):
        LlmAbility.objects.create(base_url=name, model="y", learned_at=NOW - timedelta(hours=hours))
    retention.expire(NOW)
    assert list(LlmAbility.objects.values_list("base_url", flat=True)) == ["new"]


def test_the_nightly_task_works_in_its_own_tenant(north):
    for schema in ("north", "south"):
        with tenant(schema):
            call("ancient", days_ago=4000)
    expire_calls(schema="north")
    assert left() == set()
    with tenant("south"):
        assert left() == {"ancient"}
