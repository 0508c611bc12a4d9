"""The managers' page about the team: named, under pseudonyms, or as sums of at least five people."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from connectors.models import RawMember
from kpis import names
from kpis.models import KpiBreakdown
from kpis.profile.groups import LEAST_PEOPLE, Group, told
from tenants.context import tenant
from tests import factories
from tests.admin.conftest import BOARD, MEMBER, OTHER_MEMBER
from tests.admin.technicians import COLLEAGUES, RARE_BOARD, fill_desk

TEAM = "/admin/team/"


@pytest.fixture
def team_of(sign_in):
    """The team's page in north, or of another tenant, while north is in a privacy mode."""

    def ask(mode: str, address: str = TEAM, schema: str = "north"):
        client = sign_in("manager", schema)
        with tenant("north"):
            factories.settings(privacy_mode=mode)
        return client.get(address)

    return ask


def worked(technician: int, board: int, minutes: int = 60, days_ago: int = 2) -> None:
    """Cells as a compute leaves them of somebody's time on tickets of a board."""
    day = timezone.localdate() - timedelta(days=days_ago)
    about = {"technician": technician, "board": board, "kpi_date": day, "segment": "Printer"}
    KpiBreakdown.objects.create(
        kpi="tech_profile", metric="domain_minutes", numerator=minutes, denominator=None, **about
    )
    KpiBreakdown.objects.create(kpi="tech_efficiency", metric="fcr", numerator=1, denominator=1, **about)


def words(page) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", page.content.decode())).split())


def test_technicians_stand_in_the_order_of_names_however_the_address_asks(team_of):
    for address in (TEAM, f"{TEAM}?o=-1&sort=score&order=score"):
        people = [person.name for person in team_of("named", address).context["people"]]
        assert people == ["north-marker Ada", "north-marker Ben"]


def test_the_page_has_nothing_to_sort_by_and_no_rank(team_of):
    with tenant("north"):
        fill_desk("north-marker")
    page = team_of("named")
    text = page.content.decode()
    people = page.context["people"]
    assert [person.name for person in people] == sorted(person.name for person in people)
    assert len([person for person in people if person.intervals]) == 1 + len(COLLEAGUES)
    assert text.count('class="dm-ruler"') == sum(len(person.intervals) for person in people)
    assert "data-sort" not in text
    assert not re.search(r'href="[^"]*[?&](o|sort|order)=', text)


def test_names_lead_to_the_pages_with_the_same_days(team_of, sign_in):
    text = team_of("named", f"{TEAM}?days=90").content.decode()
    assert f'href="/technicians/{MEMBER}/?days=90"' in text


def test_programs_are_not_in_the_team_in_any_mode(team_of):
    with tenant("north"):
        fill_desk("north-marker")
        RawMember.objects.filter(external_id=MEMBER).update(automation_override=True)
        pseudonym = names.pseudonym(MEMBER)
    assert "north-marker Ada" not in words(team_of("named"))
    assert pseudonym not in words(team_of("pseudonymous"))
    assert "Fewer than 5" in words(team_of("own_only"))


def test_who_has_left_is_there_only_for_days_on_which_they_worked(team_of):
    with tenant("north"):
        RawMember.objects.filter(external_id=OTHER_MEMBER).update(is_inactive=True)
    assert "north-marker Ben" in words(team_of("named"))
    with tenant("north"):
        KpiBreakdown.objects.filter(technician=OTHER_MEMBER).delete()
    assert "north-marker Ben" not in words(team_of("named"))
    with tenant("north"):
        RawMember.objects.filter(external_id=OTHER_MEMBER).update(is_inactive=False)
    assert "No work on these days: north-marker Ben" in words(team_of("named"))


def test_under_pseudonyms_nobody_is_named_or_numbered(team_of):
    with tenant("north"):
        KpiBreakdown.objects.filter(technician=OTHER_MEMBER).delete()
        pseudonym, number = names.pseudonym(MEMBER), names.pseudonymous_id(MEMBER)
    page = team_of("pseudonymous")
    assert [person.name for person in page.context["people"]] == [pseudonym]
    assert f"/technicians/{number}/" in page.content.decode()
    assert f"/technicians/{MEMBER}/" not in page.content.decode()
    assert "marker Ada" not in words(page)
    assert "marker Ben" not in words(page)
    assert "north-marker Ada" not in words(team_of("pseudonymous", schema="south"))
    assert "south-marker Ada" in words(team_of("pseudonymous", schema="south"))


@pytest.mark.parametrize(("count", "is_shown"), [(LEAST_PEOPLE - 1, False), (LEAST_PEOPLE, True)])
def test_sums_are_of_five_people_or_not_shown(team_of, count, is_shown):
    with tenant("north"):
        KpiBreakdown.objects.all().delete()
        for number in range(count):
            factories.member(50 + number, f"Colleague {number}")
            worked(50 + number, BOARD)
    page = team_of("own_only")
    assert ("is_too_small" in page.context) != is_shown
    assert ("north-marker board" in words(page)) == is_shown
    if is_shown:
        ((name, group),) = page.context["boards"]
        assert (name, len(group.people), group.hours, group.tickets) == ("north-marker board", 5, 5, 5)


@pytest.mark.parametrize(
    ("count", "boards"), [(4, ["north-marker board"]), (5, ["north-marker board", "Rare"])]
)
def test_a_board_is_shown_from_five_people_on(team_of, count, boards):
    """What is kept back besides is of four others, so that the large board may stay in both cases."""
    with tenant("north"):
        KpiBreakdown.objects.all().delete()
        factories.board(RARE_BOARD, "Rare")
        for number in range(50, 59):
            factories.member(number, f"Colleague {number}")
            worked(number, BOARD)
        for number in range(50, 50 + count):
            worked(number, RARE_BOARD, minutes=30)
        for number in range(54, 58 if count == 4 else 59):
            worked(number, 3, minutes=5)
    page = team_of("own_only")
    assert [name for name, _group in page.context["boards"]][: len(boards)] == boards
    assert ("Rare" in words(page)) == (count == 5)
    assert "/technicians/" not in page.content.decode()


def group(board: int, *people: int) -> Group:
    return Group(board, frozenset(people), hours=10.0 * len(people), tickets=len(people))


def test_what_is_kept_back_cannot_be_had_by_subtraction():
    large, middle = group(1, 1, 2, 3, 4, 5, 6, 7), group(2, 1, 2, 3, 4, 5)
    assert told([large, middle]) == [large, middle]
    assert told([large, middle, group(3, 9)]) == [large]
    assert told([large, middle, group(3, 9, 10), group(4, 11, 12, 13)]) == [large, middle]
    assert told([middle, group(3, 9)]) == []
    assert told([group(3, 1, 2, 3, 4)]) == []
