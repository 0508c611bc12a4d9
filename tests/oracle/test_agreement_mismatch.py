"""Verdicts line by line, limits and what follows from them, by hand."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.oracle.engine import compute
from tests.oracle.figures import Figures, Key
from tests.oracle.rows import agreement, at, coverage, entry, member, parts, ticket
from tests.oracle.tables import Row, Tables

NOW = at("2026-03-10 12:00")
DAY = date(2026, 3, 2)
KPI = "agreement_mismatch"
OPENED = ticket(5, "2026-02-02 09:00", type_id=30)
EARLY = date(2026, 1, 1)


def figures(*entries: Row, **more: Any) -> Figures:
    ordinary: dict[str, Any] = {"tickets": [OPENED], "members": [member(1), member(9, is_automation=True)]}
    return compute(Tables(time_entries=list(entries), **(ordinary | more)), NOW)


def work(started: str = "2026-03-02 09:00", minutes: str = "60", **columns: Any) -> Row:
    return entry(started, minutes, **({"ticket_id": 5} | columns))


def minutes_by_verdict(found: Figures, metric: str = "agreement_minutes") -> dict[str, Decimal]:
    minutes: dict[str, Decimal] = defaultdict(Decimal)
    for key, (numerator, _) in found.breakdown.items():
        if (key.kpi, key.metric) == (KPI, metric):
            minutes[key.segment] += numerator
    return dict(minutes)


def verdict(entry_columns: dict[str, Any], *agreements: Row, **more: Any) -> str:
    found = figures(work(**entry_columns), agreements=list(agreements), **more)
    ((segment, minutes),) = minutes_by_verdict(found).items()
    assert minutes == 60
    return segment


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, "COVERED"),
        ({"company_id": 71}, "NO_AGREEMENT"),
        ({"covers_time": False}, "NO_AGREEMENT"),
        ({"source_id": 2}, "NO_AGREEMENT"),
        ({"starts_on": date(2026, 3, 3)}, "NO_AGREEMENT"),
        ({"starts_on": DAY}, "COVERED"),
        ({"ends_on": DAY}, "COVERED"),
        ({"ends_on": date(2026, 3, 1)}, "EXPIRED"),
        ({"is_cancelled": True}, "EXPIRED"),
        ({"is_cancelled": True, "cancelled_on": DAY}, "EXPIRED"),
        ({"is_cancelled": True, "cancelled_on": date(2026, 3, 3)}, "COVERED"),
        ({"is_cancelled": False, "cancelled_on": EARLY}, "COVERED"),
        ({"deleted_at": at("2026-03-02 23:00")}, "EXPIRED"),
        ({"deleted_at": at("2026-03-03 01:00")}, "COVERED"),
    ],
)
def test_an_agreement_covers_from_its_start_to_its_end(columns, expected):
    assert verdict({}, agreement(3, **columns)) == expected


def test_a_parent_that_is_over_ends_its_children_but_a_grandparent_does_not():
    child, parent = agreement(3, parent_agreement_id=4), {"company_id": 99}
    assert verdict({}, child, agreement(4, **parent)) == "COVERED"
    assert verdict({}, child, agreement(4, ends_on=EARLY, **parent)) == "EXPIRED"
    assert verdict({}, child, agreement(4, starts_on=date(2026, 3, 3), **parent)) == "EXPIRED"
    between = agreement(4, parent_agreement_id=5, **parent)
    assert verdict({}, child, between, agreement(5, ends_on=EARLY, **parent)) == "COVERED"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("board_default", 50, {})], "COVERED"),
        ([("board_default", 51, {})], "BOARD_NOT_COVERED"),
        ([("board_default", 51, {"ends_on": EARLY})], "COVERED"),
        ([("board_default", 51, {"starts_on": date(2026, 3, 3)})], "COVERED"),
        ([("board_default", 51, {"deleted_at": at("2026-03-02 09:00")})], "COVERED"),
        ([("board_default", 51, {"deleted_at": at("2026-03-03 09:00")})], "BOARD_NOT_COVERED"),
        ([("board_default", 50, {"type_id": 31})], "TYPE_NOT_COVERED"),
        ([("board_default", 50, {"type_id": 30})], "COVERED"),
        ([("board_default", 50, {"type_id": 31}), ("board_default", 50, {})], "COVERED"),
        ([("work_type_exclusion", 7, {})], "WORK_TYPE_EXCLUDED"),
        ([("work_type_exclusion", 8, {})], "COVERED"),
        ([("work_type_exclusion", None, {})], "COVERED"),
        ([("work_role_exclusion", 6, {})], "WORK_TYPE_EXCLUDED"),
        ([("work_type_exclusion", 7, {}), ("board_default", 51, {})], "BOARD_NOT_COVERED"),
        ([("work_type", 8, {})], "COVERED"),
    ],
)
def test_what_is_listed_of_an_agreement_decides_in_the_order_of_the_table(rows, expected):
    listed = [coverage(3, kind, subject, **columns) for kind, subject, columns in rows]
    done = {"work_type_id": 7, "work_role_id": 6}
    assert verdict(done, agreement(3), coverage=listed) == expected
    of_parent = [row | {"agreement_id": 4} for row in listed]
    family = (agreement(3, parent_agreement_id=4), agreement(4, company_id=99))
    assert verdict(done, *family, coverage=of_parent) == expected


def test_own_rows_of_a_kind_replace_the_parents():
    family = (agreement(3, parent_agreement_id=4), agreement(4, company_id=99))
    boards = [coverage(3, "board_default", 50), coverage(4, "board_default", 51)]
    excluded = coverage(4, "work_type_exclusion", 7)
    assert verdict({"work_type_id": 7}, *family, coverage=boards) == "COVERED"
    assert verdict({"work_type_id": 7}, *family, coverage=[*boards, excluded]) == "WORK_TYPE_EXCLUDED"


@pytest.mark.parametrize(
    ("kind", "subject", "expected"),
    [
        ("work_type", 7, "COVERED"),
        ("work_type", None, "COVERED"),
        ("work_type", 8, "TYPE_NOT_COVERED"),
        ("work_role", 8, "TYPE_NOT_COVERED"),
    ],
)
def test_lists_say_what_is_covered_only_where_they_are_complete(kind, subject, expected):
    listed = {"coverage": [coverage(3, kind, subject)]}
    done = {"work_type_id": 7, "work_role_id": 6}
    assert verdict(done, agreement(3), **listed) == "COVERED"
    assert verdict(done, agreement(3), agreement_lists_are_complete=True, **listed) == expected


def test_the_agreement_that_comes_furthest_decides_whoever_is_named():
    over, elsewhere = agreement(3, ends_on=EARLY), agreement(4)
    boards = [coverage(4, "board_default", 51)]
    assert verdict({"agreement_id": 3}, over, elsewhere, coverage=boards) == "BOARD_NOT_COVERED"
    assert verdict({"agreement_id": 3}, over, agreement(4)) == "COVERED"
    others = agreement(5, company_id=71)
    assert verdict({"agreement_id": 5}, others) == "COVERED"
    assert verdict({}, others, tickets=[OPENED | {"agreement_id": 5}]) == "COVERED"


def test_some_time_is_not_judged():
    known = agreement(3, company_id=71)
    assert verdict({"charge_to_type": "ProjectTicket"}, known) == "OTHER_TIME"
    assert verdict({"ticket_id": None}, known) == "NO_TICKET"
    assert verdict({"ticket_id": 6}, known) == "NO_TICKET"
    assert verdict({}, known, tickets=[OPENED | {"deleted_at": NOW}]) == "NO_TICKET"
    assert verdict({}, known, companies_without_agreement=[70]) == "EXEMPT"
    assert minutes_by_verdict(figures(work(member_id=9), agreements=[known])) == {}


def test_while_agreements_are_unknown_only_subjects_are():
    found = figures(work(), work(charge_to_type="Company"))
    assert {found.daily[DAY][f"mismatch_{part}"] for part in ("tickets", "minutes", "value")} == {None}
    of_kpi = {key: row for key, row in found.breakdown.items() if key.kpi == KPI}
    assert of_kpi == {Key(KPI, "subject_minutes", DAY, 70, None, 50, "Printer"): parts(60)}


def test_mismatch_has_minutes_money_tickets_and_what_went_unbilled():
    found = figures(
        work(),
        work(minutes="10.01", hourly_rate=Decimal("99.99"), billable_option="NoCharge"),
        work(minutes="5", hourly_rate=Decimal(0), member_id=None),
        agreements=[agreement(3, ends_on=EARLY)],
    )
    cut = Key(KPI, "mismatch_minutes", DAY, 70, 1, 50, "EXPIRED")
    assert found.breakdown[cut] == parts("70.01")
    assert found.breakdown[cut._replace(metric="mismatch_value")] == parts("136.68")
    assert found.breakdown[cut._replace(metric="unbilled_minutes")] == parts("10.01")
    assert found.breakdown[cut._replace(metric="mismatch_tickets", technician=None)] == parts(1)
    assert cut._replace(technician=None, metric="unbilled_minutes") not in found.breakdown
    day = found.daily[DAY]
    assert day["mismatch_tickets"] == 1
    assert (day["mismatch_minutes"], day["mismatch_value"]) == (Decimal("75.01"), Decimal("146.68"))
    assert found.daily[date(2026, 3, 3)]["mismatch_value"] == 0


def test_a_tickets_reason_has_most_of_its_minutes_and_the_first_wins_a_tie():
    rows = {"agreements": [agreement(3)], "coverage": [coverage(3, "work_type_exclusion", 7)]}
    elsewhere = work(company_id=71, minutes="30")
    for minutes, reason in (("30", "NO_AGREEMENT"), ("31", "WORK_TYPE_EXCLUDED")):
        found = figures(elsewhere, work(minutes=minutes, work_type_id=7), **rows)
        assert minutes_by_verdict(found, "mismatch_tickets") == {reason: 1}


def limited(units: str, amount: int, entries: list[Row], **columns: Any) -> dict[str, Decimal]:
    rows = columns.pop("coverage", [])
    terms = {"limit_units": units, "limit_amount": Decimal(amount), "limit_cycle": "CalendarMonth"}
    numbered = [row | {"external_id": number} for number, row in enumerate(entries, start=1)]
    tickets = [ticket(number, "2026-01-02 09:00") for number in range(5, 9)]
    known = [agreement(3, **(terms | columns))]
    return minutes_by_verdict(figures(*numbered, agreements=known, coverage=rows, tickets=tickets))


def test_hours_over_the_limit_are_cut_within_an_entry_and_start_anew_each_cycle():
    entries = [work(minutes="90"), work("2026-03-03 09:00", "45"), work("2026-03-04 09:00", "5")]
    assert limited("Hours", 2, entries) == {"COVERED": 120, "OVER_LIMIT": 20}
    entries.append(work("2026-02-28 09:00", "125"))
    assert limited("Hours", 2, entries) == {"COVERED": 240, "OVER_LIMIT": 25}
    assert limited("Hours", 2, entries, is_unlimited=True) == {"COVERED": 265}
    assert limited("Hours", 0, entries) == {"COVERED": 265}


def test_entries_without_minutes_use_nothing_up_and_are_never_over():
    entries = [work(minutes="60"), work("2026-03-03 09:00", "0"), work("2026-03-04 09:00", "-30")]
    entries.append(work("2026-03-05 09:00", "1"))
    assert limited("Hours", 1, entries) == {"COVERED": 30, "OVER_LIMIT": 1}


def test_unused_hours_carry_over_one_cycle():
    entries = [work("2026-01-05 09:00", "0"), work("2026-02-05 09:00", "90"), work(minutes="200")]
    carrying = {"carries_over_unused": True}
    assert limited("Hours", 2, entries, **carrying) == {"COVERED": 240, "OVER_LIMIT": 50}
    assert limited("Hours", 2, entries) == {"COVERED": 210, "OVER_LIMIT": 80}
    first = {"starts_on": date(2026, 3, 1)}
    assert limited("Hours", 2, entries[2:], **carrying, **first) == {"COVERED": 120, "OVER_LIMIT": 80}


def test_money_over_the_limit_takes_the_whole_entry_exactly_at_it():
    entries = [work(f"2026-03-0{day} 09:00", "20") for day in (2, 3, 4, 5)]
    assert limited("Amount", 120, entries) == {"COVERED": 60, "OVER_LIMIT": 20}
    dear = [work("2026-03-01 09:00", "20", hourly_rate=Decimal(360)), *entries]
    assert limited("Amount", 120, dear) == {"COVERED": 20, "OVER_LIMIT": 80}


def test_incidents_are_tickets_in_the_order_of_their_first_entries():
    entries = [
        work("2026-03-02 09:00", "1"),
        work("2026-03-03 09:00", "2", ticket_id=6),
        work("2026-03-04 09:00", "4", ticket_id=7),
        work("2026-03-05 09:00", "8"),
    ]
    assert limited("Incidents", 2, entries) == {"COVERED": 11, "OVER_LIMIT": 4}
    assert limited("Incidents", 1, entries) == {"COVERED": 9, "OVER_LIMIT": 6}


def test_a_listed_work_type_has_hours_of_its_own_and_the_larger_overrun_counts():
    hour = {"coverage": [coverage(3, "work_type", 7, hours_limit=Decimal(1))]}
    entries = [work(minutes="100", work_type_id=7), work("2026-03-03 09:00", "100", work_type_id=8)]
    assert limited("Hours", 10, entries, **hour) == {"COVERED": 160, "OVER_LIMIT": 40}
    assert limited("", 0, entries, **hour) == {"COVERED": 160, "OVER_LIMIT": 40}
    assert limited("Hours", 1, entries, **hour) == {"COVERED": 60, "OVER_LIMIT": 140}


def test_all_of_time_consumption_has_a_verdict():
    entries = [work(minutes=str(minutes), company_id=70 + minutes % 3) for minutes in range(40)]
    terms = {"limit_units": "Hours", "limit_amount": Decimal(1)}
    found = figures(*entries, work(member_id=9), agreements=[agreement(3, **terms)])
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for key, (numerator, _) in found.breakdown.items():
        sums[key.metric] += numerator
    assert sums["agreement_minutes"] == sums["billable_minutes"] + sums["non_billable_minutes"] == 780
