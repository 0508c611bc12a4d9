"""Which minutes are billable, and what they are named for."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.oracle.engine import compute
from tests.oracle.figures import Figures, Key
from tests.oracle.rows import agreement, at, entry, member, parts, row, ticket
from tests.oracle.tables import Row, Tables

NOW = at("2026-03-03 12:00")
DAY = date(2026, 3, 2)
STARTED = "2026-03-02 09:00"


def figures(*entries: Row, **more: Any) -> Figures:
    members = [member(1), member(9, is_automation=True)]
    return compute(Tables(time_entries=list(entries), members=members, **more), NOW)


def segments(found: Figures) -> set[str]:
    return {key.segment for key in found.breakdown if key.kpi == "time_consumption"}


@pytest.mark.parametrize(
    ("option", "of_agreement", "of_work_type", "is_billable"),
    [
        ("Billable", "DoNotBill", "DoNotBill", True),
        ("DoNotBill", "Billable", "Billable", False),
        ("NoCharge", "Billable", "Billable", False),
        ("NoDefault", "Billable", "NoCharge", True),
        ("NoDefault", "NoCharge", "Billable", False),
        ("NoDefault", "NoDefault", "Billable", True),
        ("", "", "Billable", True),
        ("Whatever", "", "DoNotBill", False),
        ("NoDefault", "", "NoDefault", False),
    ],
)
def test_what_an_entry_leaves_open_its_agreement_then_its_work_type_decide(
    option, of_agreement, of_work_type, is_billable
):
    found = figures(
        entry(STARTED, "45", billable_option=option, agreement_id=3, work_type_id=4),
        agreements=[agreement(3, bill_time=of_agreement)],
        work_types=[row(4, name="Remote", bill_time=of_work_type)],
    )
    assert found.daily[DAY]["billable_minutes"] == (45 if is_billable else 0)
    assert found.daily[DAY]["non_billable_minutes"] == (0 if is_billable else 45)


def test_an_entry_whose_agreement_and_work_type_are_unknown_is_not_billable():
    found = figures(entry(STARTED, billable_option="NoDefault", agreement_id=3, work_type_id=4))
    assert found.daily[DAY]["billable_ratio"] == 0


def test_programs_have_minutes_of_their_own_and_nobody_counts_as_a_person():
    found = figures(
        entry(STARTED, "10.25"),
        entry(STARTED, "5", member_id=None),
        entry(STARTED, "100", member_id=9),
        entry(STARTED, "100", deleted_at=NOW),
    )
    assert found.daily[DAY]["billable_minutes"] == Decimal("15.25")
    assert found.daily[DAY]["active_technicians"] == 1
    cut = Key("time_consumption", "billable_minutes", DAY, company=70, technician=1)
    assert found.breakdown[cut] == parts("10.25")
    assert found.breakdown[cut._replace(technician=None)] == parts(5)
    assert found.breakdown[cut._replace(technician=9, metric="automation_minutes")] == parts(100)


def test_time_keeps_the_board_of_a_deleted_ticket():
    gone = ticket(1, STARTED, board_id=51, deleted_at=NOW)
    found = figures(entry(STARTED, ticket_id=1), tickets=[gone])
    assert Key("time_consumption", "billable_minutes", DAY, 70, 1, 51) in found.breakdown
    assert found.daily[DAY]["new_tickets"] == 0


def test_time_on_tickets_is_named_by_work_type_and_other_time_by_its_charge():
    known = {"work_types": [row(4, name="Remote", bill_time="")], "charge_codes": [row(8, name="Lunch")]}
    for columns, segment in (
        ({"work_type_id": 4}, "Remote"),
        ({"work_type_id": 5}, ""),
        ({"charge_to_type": "ProjectTicket", "work_type_id": 4}, "Remote"),
        ({"charge_to_type": "Company", "work_type_id": 4}, "Company"),
        ({"charge_to_type": "ChargeCode", "charge_to_id": 8}, "ChargeCode: Lunch"),
        ({"charge_to_type": "ChargeCode", "charge_to_id": 7}, "ChargeCode"),
    ):
        assert segments(figures(entry(STARTED, **columns), **known)) == {segment}


def test_minutes_that_sum_to_nothing_keep_their_row():
    found = figures(entry(STARTED, "0"))
    assert found.breakdown[Key("time_consumption", "billable_minutes", DAY, 70, 1)] == parts(0)
    assert found.daily[DAY]["billable_ratio"] is None


def test_what_lies_after_today_is_not_counted_yet():
    found = figures(entry(STARTED), entry("2026-03-04 09:00"))
    assert sorted(found.daily) == [DAY, date(2026, 3, 3)]
    assert {key.kpi_date for key in found.breakdown} == {DAY}


def test_without_data_there_are_no_days():
    assert figures().daily == {}
    assert figures(entry("2026-03-04 09:00")).daily == {}
