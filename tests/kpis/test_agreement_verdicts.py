"""The table of verdicts, line by line, on one entry: company 12, board 3, type 7, 10 March 2026."""

from typing import Any

import pytest

from kpis.compute import compute
from kpis.models import KpiBreakdown, KpiDaily
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.verdicts import NOW, agreement, know_the_calendar, verdict, verdicts

DAY = "2026-03-10 15:00"
BOARD, TYPES, ROLES = "board_default", "work_type", "work_role"
NOT_TYPE, NOT_ROLE = "work_type_exclusion", "work_role_exclusion"


@pytest.fixture(autouse=True)
def _calendar(north) -> None:
    know_the_calendar()


def worked(ticket: dict[str, Any] | None = None, **fields: Any) -> int:
    on = factories.ticket(
        "2026-03-10 14:00", **{"company_id": 12, "board_id": 3, "type_id": 7} | (ticket or {})
    )
    defaults: dict[str, Any] = {"started": DAY, "member": 1, "work_type_id": 6, "work_role_id": 8}
    return factories.time_entry(on, **defaults | fields).external_id


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, "COVERED"),
        ({"covers_time": False}, "NO_AGREEMENT"),
        ({"company_id": 13}, "NO_AGREEMENT"),
        ({"starts_on": None}, "COVERED"),
        ({"starts_on": "2026-03-10"}, "COVERED"),
        ({"starts_on": "2026-03-11"}, "NO_AGREEMENT"),
        ({"ends_on": "2026-03-10"}, "COVERED"),
        ({"ends_on": "2026-03-09"}, "EXPIRED"),
        ({"is_cancelled": True, "cancelled_on": None}, "EXPIRED"),
        ({"is_cancelled": True, "cancelled_on": "2026-03-10"}, "EXPIRED"),
        ({"is_cancelled": True, "cancelled_on": "2026-03-11"}, "COVERED"),
        ({"is_cancelled": False, "cancelled_on": "2026-03-01"}, "COVERED"),
        ({"deleted_at": at("2026-03-11 03:00")}, "EXPIRED"),  # still the 10th in Toronto
        ({"deleted_at": at("2026-03-11 12:00")}, "COVERED"),
        ({"status": "Inactive"}, "COVERED"),
    ],
)
def test_an_agreement_covers_from_its_start_to_its_end(terms, expected):
    agreement(**terms)
    assert verdict(worked()) == expected


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ({}, "COVERED"),
        ({"starts_on": "2026-03-11"}, "EXPIRED"),
        ({"ends_on": "2026-03-09"}, "EXPIRED"),
        ({"is_cancelled": True, "cancelled_on": "2026-03-10"}, "EXPIRED"),
        ({"deleted_at": at("2026-03-01 12:00")}, "EXPIRED"),
        ({"parent_agreement_id": 3}, "COVERED"),  # one level up only
    ],
)
def test_an_agreement_ends_with_its_parent(parent, expected):
    agreement(3, company_id=99, ends_on="2026-01-31")
    agreement(4, company_id=99, **parent)
    agreement(5, parent_agreement_id=4)
    assert verdict(worked()) == expected


def test_an_unknown_parent_ends_nothing():
    agreement(parent_agreement_id=4444)
    assert verdict(worked()) == "COVERED"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(BOARD, 3, {})], "COVERED"),
        ([(BOARD, 4, {})], "BOARD_NOT_COVERED"),
        ([(BOARD, None, {})], "BOARD_NOT_COVERED"),
        ([(BOARD, 4, {}), (BOARD, 3, {})], "COVERED"),
        ([(BOARD, 3, {"type_id": 7})], "COVERED"),
        ([(BOARD, 3, {"type_id": 9})], "TYPE_NOT_COVERED"),
        ([(BOARD, 3, {"type_id": 9}), (BOARD, 4, {"type_id": 7})], "TYPE_NOT_COVERED"),
        ([(BOARD, 3, {"type_id": 9}), (BOARD, 3, {})], "COVERED"),
        ([(BOARD, 4, {"starts_on": "2026-03-11"})], "COVERED"),
        ([(BOARD, 4, {"ends_on": "2026-03-09"})], "COVERED"),
        ([(BOARD, 4, {"starts_on": "2026-03-10", "ends_on": "2026-03-10"})], "BOARD_NOT_COVERED"),
        ([(BOARD, 4, {"deleted_at": at("2026-03-10 12:00")})], "COVERED"),
        ([(BOARD, 4, {"deleted_at": at("2026-03-11 12:00")})], "BOARD_NOT_COVERED"),
        ([(NOT_TYPE, 6, {})], "WORK_TYPE_EXCLUDED"),
        ([(NOT_TYPE, 5, {})], "COVERED"),
        ([(NOT_ROLE, 8, {})], "WORK_TYPE_EXCLUDED"),
        ([(BOARD, 4, {}), (NOT_TYPE, 6, {})], "BOARD_NOT_COVERED"),
        ([(TYPES, 5, {}), (ROLES, 5, {})], "COVERED"),
    ],
)
def test_what_an_agreement_says_counts_while_it_is_in_force(rows, expected):
    agreement()
    for kind, subject, more in rows:
        factories.coverage(5, kind, subject, **more)
    assert verdict(worked()) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(TYPES, 5)], "TYPE_NOT_COVERED"),
        ([(TYPES, 6)], "COVERED"),
        ([(TYPES, 5), (TYPES, None)], "COVERED"),
        ([(ROLES, 5)], "TYPE_NOT_COVERED"),
        ([(TYPES, 6), (ROLES, 8)], "COVERED"),
        ([(TYPES, 6), (ROLES, 5)], "TYPE_NOT_COVERED"),
    ],
)
def test_lists_of_work_types_and_roles_are_complete_only_where_the_msp_says_so(rows, expected):
    factories.settings(agreement_lists_are_complete=True)
    agreement()
    for kind, subject in rows:
        factories.coverage(5, kind, subject)
    assert verdict(worked()) == expected


def test_what_an_agreement_does_not_say_its_parent_says():
    agreement(4, company_id=99)
    agreement(5, parent_agreement_id=4)
    factories.coverage(4, BOARD, 4)
    factories.coverage(4, NOT_TYPE, 6)
    entry = worked()
    assert verdict(entry) == "BOARD_NOT_COVERED"
    factories.coverage(5, BOARD, 3)
    assert verdict(entry) == "WORK_TYPE_EXCLUDED"
    factories.coverage(5, NOT_TYPE, 5)
    assert verdict(entry) == "COVERED"


def test_the_parent_speaks_again_once_the_own_row_is_over():
    agreement(4, company_id=99)
    agreement(5, parent_agreement_id=4)
    factories.coverage(4, BOARD, 4)
    factories.coverage(5, BOARD, 3, ends_on="2026-03-09")
    assert verdict(worked(started="2026-03-09 15:00")) == "COVERED"
    assert verdict(worked()) == "BOARD_NOT_COVERED"


@pytest.mark.parametrize(
    ("ticket", "entry", "expected"),
    [
        ({}, {"charge_to_type": "ProjectTicket"}, "OTHER_TIME"),
        ({}, {"charge_to_type": "Company"}, "OTHER_TIME"),
        ({}, {"ticket_id": 4711}, "NO_TICKET"),
        ({"merged_into": 1}, {}, "NO_TICKET"),
        ({"deleted_at": at("2026-03-12 12:00")}, {}, "NO_TICKET"),
        ({"record_type": "ProjectTicket"}, {"charge_to_type": "ServiceTicket"}, "NO_TICKET"),
        ({}, {"company_id": 40}, "EXEMPT"),
        ({"company_id": 40}, {"company_id": 12}, "NO_AGREEMENT"),
        ({"merged_into": 1}, {"company_id": 40}, "NO_TICKET"),
    ],
)
def test_what_is_not_judged(ticket, entry, expected):
    factories.settings(companies_without_agreement=[40, 41])
    assert verdict(worked(ticket, **entry)) == expected


def test_a_wrongly_booked_entry_is_covered_by_any_agreement_that_would_do():
    agreement(5)
    agreement(6, ends_on="2026-02-01")
    assert verdict(worked(agreement_id=6)) == "COVERED"
    assert verdict(worked({"agreement_id": 6})) == "COVERED"


def test_an_agreement_of_another_company_serves_where_the_entry_or_its_ticket_names_it():
    agreement(5, company_id=99)
    assert verdict(worked()) == "NO_AGREEMENT"
    assert verdict(worked(agreement_id=5)) == "COVERED"
    assert verdict(worked({"agreement_id": 5})) == "COVERED"


def test_an_agreement_of_another_desk_does_not_serve():
    agreement(5, source=factories.connection("Another desk"))
    assert verdict(worked()) == "NO_AGREEMENT"


def test_the_reason_is_that_of_the_agreement_that_came_furthest():
    agreement(5, ends_on="2026-02-01")
    entry = worked()
    assert verdict(entry) == "EXPIRED"
    agreement(6)
    factories.coverage(6, BOARD, 4)
    assert verdict(entry) == "BOARD_NOT_COVERED"
    agreement(7)
    factories.coverage(7, NOT_TYPE, 6)
    assert verdict(entry) == "WORK_TYPE_EXCLUDED"


def test_deleted_entries_and_those_of_programs_have_no_verdict():
    factories.member(9, looks_automated=True)
    worked(member=9)
    worked(deleted_at=at(DAY))
    kept = [worked(member=None), worked(member=4711)]
    assert sorted(verdicts()) == sorted(kept)


def test_without_any_agreement_nothing_is_known_of_mismatches(north):
    worked({"type_name": "Printer"})
    compute(NOW)
    day = KpiDaily.objects.get(kpi_date="2026-03-10")
    assert (day.mismatch_tickets, day.mismatch_minutes, day.mismatch_value) == (None, None, None)
    cells = KpiBreakdown.objects.filter(kpi="agreement_mismatch")
    assert list(cells.values_list("metric", "segment", "numerator")) == [("subject_minutes", "Printer", 30)]


def test_the_first_agreement_makes_them_known_on_all_days_of_its_tenant_alone(north):
    worked()
    compute(NOW)
    with tenant("south"):
        factories.ticket("2026-03-10 14:00")
        compute(NOW)
        agreement(5)
        factories.mark_dirty(None)
    agreement(5, company_id=13)
    factories.mark_dirty(None)
    compute(NOW)
    assert KpiDaily.objects.get(kpi_date="2026-03-10").mismatch_minutes == 30
    assert KpiDaily.objects.get(kpi_date="2026-03-11").mismatch_minutes == 0
    with tenant("south"):
        assert KpiDaily.objects.get(kpi_date="2026-03-10").mismatch_minutes is None
