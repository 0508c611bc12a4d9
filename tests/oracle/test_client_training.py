"""What a summary says, and what the same contact asks again and again."""

from datetime import date
from typing import Any

import pytest

from tests.oracle.engine import compute
from tests.oracle.figures import Figures, Key
from tests.oracle.lexicon import Lexicon, plain
from tests.oracle.rows import at, entry, parts, phrase, ticket
from tests.oracle.tables import Row, Tables

NOW = at("2026-04-20 12:00")
DAY = date(2026, 3, 2)
KPI = "client_training"


def figures(*tickets: Row, **more: Any) -> Figures:
    return compute(Tables(tickets=list(tickets), **more), NOW)


def test_plain_text_is_words_between_single_spaces():
    assert plain("  Où est-ce?  L'ÉTÉ\t2026 ") == " ou est ce l ete 2026 "
    assert plain("Œuvre cœur Ǽ Straße ﬁn") == " oeuvre coeur ae strasse fin "
    assert plain("Привет") == plain("") == "  "


@pytest.mark.parametrize(
    ("summary", "kind"),
    [
        ("How do I print?", "how_to"),
        ("HOW-TO: print", "how_to"),
        ("Somehow to print", ""),
        ("Comment imprimante", ""),
        ("Comment imprimer", "how_to"),
        ("Comment ouvrir", "how_to"),
        ("Sans commentaire ni comment ouvrir", ""),
        ("Comment on imprime", "how_to"),
        ("Un comment on imprime", ""),
        ("Écran débranchés", "user_error"),
        ("Deleted by mistake, how to restore", "how_to"),
        ("Mouse unplugged", "user_error"),
        ("Printer of the training room: how to print", "negative"),
        ("Question about invoices", "negative"),
        ("Question about invoicing", "how_to"),
        ("Printer down", ""),
    ],
)
def test_a_summary_is_classed_by_its_phrases(summary, kind):
    assert Lexicon([]).kind_of(summary) == kind


def test_a_tenant_adds_phrases_and_switches_built_in_ones_off():
    rows = [phrase("how_to", "print*"), phrase("how_to", "how to", is_on=False)]
    assert Lexicon(rows).kind_of("Printing, please") == "how_to"
    assert Lexicon(rows).kind_of("Blueprint, please") == ""
    assert Lexicon(rows).kind_of("How to") == ""
    assert Lexicon([phrase("user_error", "how to", is_on=False)]).kind_of("How to") == "how_to"


def test_needs_are_counted_with_all_minutes_on_the_day_of_opening():
    found = figures(
        ticket(1, "2026-03-02 09:00", summary="How to"),
        ticket(2, "2026-03-02 09:00", summary="By mistake"),
        ticket(3, "2026-03-02 09:00", sub_type_name="Jam"),
        ticket(4, "2026-03-02 09:00"),
        time_entries=[
            entry("2026-03-02 09:00", "30", ticket_id=1),
            entry("2026-03-05 09:00", "15", ticket_id=1),
            entry("2026-03-02 09:00", "7", ticket_id=3),
        ],
    )
    cut = Key(KPI, "training_tickets", DAY, 70, None, 50, "how_to")
    assert found.breakdown[cut] == parts(1)
    assert found.breakdown[cut._replace(metric="training_minutes")] == parts(45)
    assert found.breakdown[cut._replace(metric="training_minutes", segment="user_error")] == parts(0)
    share = cut._replace(metric="training_share", segment="Printer")
    assert found.breakdown[share] == parts(2, 3)
    assert found.breakdown[share._replace(segment="Printer / Jam")] == parts(0, 1)
    assert found.daily[DAY]["client_training_tickets"] == 2
    assert found.daily[date(2026, 3, 3)]["client_training_tickets"] == 0


def needs(*tickets: Row) -> list[int]:
    """Days of March with needs."""
    return [day.day for day, row in figures(*tickets).daily.items() if row["client_training_tickets"]]


def test_the_third_of_the_same_within_thirty_days_is_a_repeat():
    asked = [ticket(day, f"2026-03-{day:02} 09:00", contact_id=8) for day in (1, 2, 30)]
    assert needs(*asked) == [30]
    assert needs(*asked[1:], ticket(31, "2026-03-31 09:00", contact_id=8)) == [31]
    assert needs(asked[0], asked[1], ticket(31, "2026-03-31 09:00", contact_id=8)) == []
    assert needs(*(row | {"type_name": ""} for row in asked)) == []
    assert needs(*(row | {"contact_id": None} for row in asked)) == []
    for column, value in (("contact_id", 9), ("company_id", 71), ("sub_type_name", "Jam")):
        assert needs(*asked[:2], asked[2] | {column: value}) == []


def test_a_repeat_counts_earlier_tickets_of_any_kind_but_is_none_against_a_negative_phrase():
    asked = [ticket(day, f"2026-03-{day:02} 09:00", contact_id=8) for day in (1, 2, 3)]
    negative = {"summary": "Training room"}
    assert needs(asked[0] | negative, *asked[1:]) == [3]
    assert needs(*asked[:2], asked[2] | negative) == []


def test_of_tickets_opened_at_one_moment_the_largest_number_is_the_third():
    asked = [ticket(number, "2026-03-02 09:00", contact_id=8, board_id=50 + number) for number in (1, 2, 3)]
    repeats = [key.board for key in figures(*asked).breakdown if key.segment == "repeat"]
    assert set(repeats) == {53}
