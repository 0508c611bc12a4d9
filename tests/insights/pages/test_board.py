"""The board of improvement projects: where each stands, what it is worth, and how it is narrowed down."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connectors.models import RawTicket
from insights import proposal_numbers as numbers
from insights import workflow
from insights.models import Proposal
from tenants.context import tenant
from tests.insights import makers
from tests.insights.pages.shown import LIST, only, page, project
from tests.insights.projects import expected, proposed

BOARD = "/admin/board/"
STEPS = ("proposed", "snoozed", "accepted", "in_progress", "done", "measured")


def column(text: str, step: str) -> str:
    """What stands in a column of the board."""
    found = re.search(rf'<section class="dm-column[^"]*" id="{step}".*?</section>', text, re.DOTALL)
    assert found is not None, step
    return found.group()


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 200), ("technician", 403)])
def test_the_board_is_for_those_who_may_see_projects(sign_in, role, status):
    client = sign_in(role)
    for address in (BOARD, f"{BOARD}{only().pk}/evidence/", f"{BOARD}{only().pk}/evidence.csv"):
        assert client.get(address).status_code == status, address


@pytest.mark.parametrize("status", STEPS)
def test_a_project_stands_in_the_column_of_its_status_and_in_no_other(sign_in, status):
    with tenant("north"):
        Proposal.objects.update(status=status)
    text = page(sign_in(), BOARD)
    assert [step for step in STEPS if "north self-service" in column(text, step)] == [status]
    assert "south" not in text


def test_what_is_off_the_board_is_a_number_that_leads_to_the_list(sign_in, several):
    with tenant("north"):
        Proposal.objects.filter(name="second").update(status="rejected")
    client = sign_in()
    text = page(client, BOARD)
    assert "Rejected <strong>1</strong>" in text
    assert ">second</a>" not in text
    [address] = re.findall(r'href="([^"]*status=rejected[^"]*)"', text)
    assert "second" in page(client, address.replace("&amp;", "&"))


def test_a_card_says_what_a_project_is_worth_and_rests_on(sign_in):
    with tenant("north"):
        tickets = [[one.source_id, one.external_id] for one in RawTicket.objects.all()[:5]]
        Proposal.objects.update(
            evidence={"tickets": tickets, "all_tickets": 43, "clients": 1, "requesters": 9},
            first_proposed_at=timezone.now() - timedelta(days=12),
            owner=User.objects.get(username="owner"),
        )
        one, first = only(), RawTicket.objects.get(external_id=tickets[0][1])
        forecast = numbers.forecast_of(one)
        said = numbers.with_spread(forecast.capacity.payback_months, numbers.months)
        worth = numbers.money(forecast.capacity.net_value.p50)
        cash = numbers.with_spread(forecast.cash.net_value, numbers.money)
    text = column(page(sign_in(), BOARD), "proposed")
    for words in (
        "north client 1", worth, cash, said, "Medium", "Playbook", "12 days", "owner", "43 tickets of 16 weeks",
        "is an assumption", f"/admin/connectors/rawticket/{first.pk}/change/", "and 40 more", "dm-middle-mark",
    ):  # fmt: skip
        assert words in text, words


def test_all_bars_are_drawn_on_one_scale(sign_in):
    """A tenth of the hours is about a tenth of the bar, not as long a bar on a scale of its own."""
    with tenant("north"):
        Proposal.objects.update(forecast=expected(20.0), name="big")
        proposed(makers.topic("VPN"), name="small", forecast=expected(4.0))
    text = column(page(sign_in(), BOARD), "proposed")
    widths = [int(width) for width in re.findall(r'class="dm-interval" x="\d+" y="1" width="(\d+)"', text)]
    assert len(widths) == 2
    assert 4 < max(widths) / min(widths) < 7


def test_the_most_certain_value_comes_first_in_its_column(sign_in):
    with tenant("north"):
        proposed(makers.topic("Printers"), name="worth more", net_value_p10=90_000)
        proposed(makers.topic("VPN"), name="worth less", net_value_p10=-50)
    text = column(page(sign_in(), BOARD), "proposed")
    assert text.index("worth more") < text.index("north self-service") < text.index("worth less")


def test_a_column_adds_up_what_each_brings_at_least_and_says_so(sign_in, several):
    with tenant("north"):
        least = sum(numbers.forecast_of(one).net_value_p10 for one in Proposal.objects.all())
        said = numbers.money(least)
    text = column(page(sign_in(), BOARD), "proposed")
    assert f"At least {said}, nine times out of ten, each by itself" in text
    assert "About 20 h a month" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("company=1", {"north self-service", "second"}),
        ("company=2", {"for all"}),
        ("scope=desk", {"for all"}),
        ("archetype=remote_access", {"for all"}),
        ("owner=is:me", {"second"}),
        ("owner=is:nobody", {"north self-service", "for all"}),
        ("owner=manager&company=1", {"second"}),
        ("company=x&archetype=", {"north self-service", "second", "for all"}),
    ],
)
def test_the_board_is_narrowed_down(sign_in, several, query, found):
    with tenant("north"):
        everyone = {"company": None, "scope": "desk", "archetype": "remote_access"}
        proposed(makers.topic("VPN"), name="for all", evidence={"companies": [2, None, 3]}, **everyone)
        Proposal.objects.filter(name="second").update(owner=User.objects.get(username="manager"))
    text = page(sign_in(), f"{BOARD}?{query}")
    shown = {name for name in ("north self-service", "second", "for all") if f">{name}</a>" in text}
    assert shown == found


def test_an_accepted_project_concerns_the_clients_that_get_it(sign_in):
    with tenant("north"):
        Proposal.objects.update(company=None, scope="desk", evidence={"companies": [1, 2, 3]})
        workflow.accept(Proposal.objects.get(), None, timezone.now(), companies=[1, 2])
    client = sign_in()
    assert "north self-service" in column(page(client, f"{BOARD}?company=2"), "accepted")
    assert "north self-service" not in column(page(client, f"{BOARD}?company=3"), "accepted")


def test_a_measured_card_says_whether_it_paid(sign_in):
    project("measured")
    text = column(page(sign_in(), BOARD), "measured")
    for words in ("Improved", "less such work", "Projected", "Realised", "dm-bar-after", "1 improved"):
        assert words in text, words


def test_an_empty_board_says_what_comes_next(sign_in):
    with tenant("north"):
        Proposal.objects.all().delete()
    text = page(sign_in(), BOARD)
    assert "Nothing is proposed yet" in text
    assert "/admin/insights/topic/" in text


def test_the_board_is_french_for_who_reads_french(sign_in):
    client = sign_in()
    client.cookies["django_language"] = "fr"
    text = page(client, BOARD)
    for words in ("neuf fois sur dix", "Remettre à plus tard", "Tous les projets en liste"):
        assert words in text, words


def test_what_people_write_is_shown_as_they_wrote_it(sign_in):
    evil = "<script>alert(1)</script>"
    with tenant("north"):
        RawTicket.objects.update(summary=evil)
        ticket = RawTicket.objects.latest("opened_at")
        Proposal.objects.update(name=evil, evidence={"tickets": [[ticket.source_id, ticket.external_id]]})
    client = sign_in()
    for address in (BOARD, f"{BOARD}{only().pk}/evidence/"):
        text = page(client, address)
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


def test_however_many_projects_there_are_the_board_asks_the_same(sign_in):
    client = sign_in()
    page(client, BOARD)
    with CaptureQueriesContext(connection) as few:
        client.get(BOARD)
    with tenant("north"):
        for number in range(30):
            proposed(makers.topic(f"Topic {number}"), name=f"More {number}", status=STEPS[number % 6])
    with CaptureQueriesContext(connection) as many:
        assert client.get(BOARD).status_code == 200
    assert len(many) <= min(25, len(few) + 1)


def test_the_navigation_leads_to_the_board_and_the_board_to_the_list(sign_in):
    client = sign_in()
    assert f'href="{BOARD}"' in page(client, "/admin/")
    assert f'href="{LIST}"' in page(client, BOARD)
    assert f'href="{BOARD}"' in page(client, LIST)
