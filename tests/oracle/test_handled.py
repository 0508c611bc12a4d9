"""The cells that fair comparison is made from, one ticket at a time."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.engine import compute
from tests.oracle.figures import Parts
from tests.oracle.handled import KPI, logarithm
from tests.oracle.rows import at, entry, member, owner_change, parts, ticket
from tests.oracle.tables import Row, Tables

NOW = at("2026-04-30 12:00")


def test_the_logarithm_has_four_decimals_and_is_0_below_a_minute():
    assert logarithm(Fraction(1, 2)) == 0
    assert logarithm(Fraction(20)) == Decimal("2.9957")
    assert str(logarithm(Fraction(1))) == "0.0000"


def handled(*entries: Row, **columns: Any) -> dict[str, Parts]:
    closed = ticket(
        1, "2026-04-02 09:00", "2026-04-02 18:00", **({"owner_id": 1, "priority_id": 3} | columns)
    )
    members = [member(1), member(2), member(9, is_automation=True)]
    events = [owner_change(1, "One", "Two", kind="team", occurred_at=at("2026-04-02 10:00"))]
    tables = Tables(tickets=[closed], time_entries=list(entries), members=members, events=events)
    found = compute(tables, NOW, kpis=["tech_comparison", "tech_profile"])
    assert {key.segment for key in found.breakdown if key.kpi == KPI} <= {"3:Printer", ":Printer"}
    return {f"{key.metric} {key.technician}": row for key, row in found.breakdown.items()}


def on_ticket(started: str, minutes: str, who: int | None) -> Row:
    return entry(f"2026-04-02 {started}", minutes, who, ticket_id=1)


def test_a_ticket_is_judged_when_half_of_it_is_the_technicians_own():
    own, others = on_ticket("09:30", "30", 1), on_ticket("09:00", "30", 2)
    found = handled(own, others, on_ticket("09:00", "500", 9), on_ticket("09:00", "500", None))
    assert found["handling_minutes 1"] == parts(60, 1)
    assert found["handling_log 1"] == parts("4.0943", 1)
    assert found["handling_log_squares 1"] == parts("16.7633")
    assert found["reopened_work 1"] == parts(0, 1)
    found = handled(own, others | {"minutes": Decimal("30.01")}, priority_id=None)
    assert "handling_minutes 1" not in found
    assert found["reopened_work 1"] == parts(0, 1)
    assert found["domain_minutes 2"] == parts("30.01")
    assert "reopened_work 1" not in handled(own, owner_id=7)


def test_passing_on_counts_for_the_first_hands_when_it_came_after_them():
    assert handled(on_ticket("09:00", "30", 2), on_ticket("09:30", "30", 1))["escalated 2"] == parts(1, 1)
    assert handled(on_ticket("10:00", "30", 2))["escalated 2"] == parts(0, 1)
    unknown = handled(on_ticket("09:00", "30", 7), on_ticket("09:30", "30", 1))
    assert not any(name.startswith("escalated") for name in unknown)
