"""Strange records: each becomes a usable row, or is skipped alone with a sentence that says why."""

from decimal import Decimal

import pytest

from connectors.models import RawMember, RawTicket, RawTimeEntry, SkippedRecord

from .site import errors

TICKETS, ENTRIES = "service/tickets", "time/entries"
UNKNOWN = 999_999_999


@pytest.fixture
def poison(simulator, world):
    """Spoil the third record of a resource; returns its id."""

    def spoil(kind, resource=TICKETS):
        id_ = (world.tickets if resource == TICKETS else world.time_entries).ids[2]
        simulator.faults("north").poison(kind, resource, [id_])
        return id_

    return spoil


@pytest.fixture
def rewrite(connectwise_harness):
    """Change a field of the first ticket before it is sent."""

    def change(stream="tickets", **fields):
        connectwise_harness.rewrite("north", stream, lambda record: record.update(fields))

    return change


def test_nul_characters_are_left_out(north_desk, poison):
    ticket = poison("nul-character")
    assert errors(north_desk) == {}
    assert north_desk.one(RawTicket, external_id=ticket).summary.endswith("hidden")


def test_nul_characters_in_custom_fields_are_left_out(north_desk, rewrite, world):
    rewrite(customFields=[{"id": 1, "caption": "A\0B", "value": ["x\0", {"y\0": "z\\u0000"}]}])
    assert errors(north_desk) == {}
    fields = north_desk.one(RawTicket, external_id=world.tickets.ids[0]).custom_fields
    assert fields == [{"id": 1, "caption": "AB", "value": ["x", {"y": "z\\u0000"}]}]


def test_half_a_surrogate_pair_loses_no_page(north_desk, rewrite, world):
    rewrite(summary="cut off \ud83d")
    assert errors(north_desk) == {}
    assert north_desk.ids(RawTicket) == set(world.tickets.ids)
    assert north_desk.one(RawTicket, external_id=world.tickets.ids[0]).summary.startswith("cut off")


def test_overlong_text_is_cut(north_desk, poison):
    ticket = poison("long-text")
    assert errors(north_desk) == {}
    assert len(north_desk.one(RawTicket, external_id=ticket).summary) == 2000


def test_a_missing_board_is_kept_as_it_is(north_desk, poison):
    ticket = poison("missing-board")
    assert errors(north_desk) == {}
    assert north_desk.one(RawTicket, external_id=ticket).board_id == UNKNOWN


def test_a_ticket_without_a_board_is_a_ticket(north_desk, rewrite, world):
    rewrite(board=None, status=None, owner=None, company=None)
    assert errors(north_desk) == {}
    row = north_desk.one(RawTicket, external_id=world.tickets.ids[0])
    assert (row.board_id, row.board_name, row.company_id) == (None, "", None)


def test_time_on_an_unknown_ticket_is_kept(north_desk, poison):
    entry = poison("unknown-ticket", ENTRIES)
    assert errors(north_desk) == {}
    assert north_desk.one(RawTimeEntry, external_id=entry).ticket_id == UNKNOWN


@pytest.mark.parametrize(
    ("resource", "table", "column"),
    [(TICKETS, RawTicket, "record_type"), (ENTRIES, RawTimeEntry, "charge_to_type")],
)
def test_an_unknown_kind_is_kept_in_the_vendors_words(north_desk, poison, resource, table, column):
    id_ = poison("unknown-enum", resource)
    assert errors(north_desk) == {}
    assert getattr(north_desk.one(table, external_id=id_), column) == "BrandNewValue"


def test_a_bad_date_skips_the_record_and_says_which(north_desk, poison, world):
    entry = poison("bad-date", ENTRIES)
    assert errors(north_desk) == {}
    assert north_desk.ids(RawTimeEntry) == set(world.time_entries.ids) - {entry}
    (skip,) = north_desk.all(SkippedRecord)
    assert (skip.external_id, skip.reason) == (str(entry), "timeStart is not a date: 0000-13-45T99:00:00Z")


@pytest.mark.parametrize(
    "fields",
    [
        {"parentTicketId": 10**30},
        {"parentTicketId": "many"},
        {"budgetHours": 1e300},
        {"owner": "nobody"},
        {"minutesWaiting": 2**40},
        {"id": 10**25},
    ],
)
@pytest.mark.parametrize("known", [False, True])
def test_a_value_that_no_column_holds_skips_only_its_record(
    north_desk, rewrite, connectwise_harness, world, later, fields, known
):
    if known:
        north_desk.run("tickets")
        later(minutes=10)
        for ticket in world.tickets.ids:
            world.edit_summary(ticket, "Edited")
    rewrite(customFields=[{"value": 1}], **fields)
    run = north_desk.run("tickets")
    assert (run.status, run.error) == ("ok", "")
    rows = north_desk.all(RawTicket)
    assert run.rows_skipped == 1
    assert len(north_desk.all(SkippedRecord, stream="tickets")) == 1
    good = [row for row in rows if row.summary == "Edited" or not known]
    assert len(good) == len(world.tickets.ids) - 1


@pytest.mark.parametrize("never", ["0001-01-01T00:00:00Z", "1900-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_dates_that_never_happen_are_none(north_desk, rewrite, world, never):
    rewrite(requiredDate=never, resolutionGoalUTC=never)
    assert errors(north_desk) == {}
    row = north_desk.one(RawTicket, external_id=world.tickets.ids[0])
    assert (row.required_at, row.resolve_goal_at) == (None, None)


def test_fields_that_nobody_knows_are_no_trouble(north_desk, rewrite, world):
    rewrite(somethingNew={"nested": [1, 2]}, severity=None)
    assert errors(north_desk) == {}
    assert north_desk.one(RawTicket, external_id=world.tickets.ids[0]).severity == ""


def test_money_may_come_as_text(north_desk, connectwise_harness):
    connectwise_harness.rewrite("north", "members", lambda record: record.update(hourlyCost="41.505"))
    assert errors(north_desk) == {}
    assert north_desk.all(RawMember)[0].hourly_cost == Decimal("41.50")
