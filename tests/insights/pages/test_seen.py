"""Improvement projects on the tenant's pages: who sees them, and what they say."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connectors.models import RawTicket
from insights.models import Proposal
from tenants.context import tenant
from tests.insights import makers
from tests.insights.pages.shown import FUNNEL, LIST, only, page, page_of, post, project
from tests.insights.projects import proposed


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 200), ("technician", 403)])
def test_only_owners_and_managers_see_projects(sign_in, role, status):
    client, one = sign_in(role), only()
    for address in (LIST, FUNNEL, f"{LIST}{one.pk}/change/", f"{LIST}{one.pk}/confirm/"):
        assert client.get(address).status_code == status, address
    assert client.post(f"{LIST}{one.pk}/reject/", {"reason": "no"}).status_code == (
        302 if status == 200 else 403
    )
    assert only().status == ("rejected" if status == 200 else "proposed")


def test_nobody_is_asked_to_add_edit_or_delete_one(sign_in):
    client, one = sign_in("owner"), only()
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.get(f"{LIST}{one.pk}/delete/").status_code == 403
    assert client.get(f"{LIST}{one.pk}/accept/").status_code == 405


def test_the_list_names_client_topic_numbers_and_who_worded_it(sign_in):
    text = page(sign_in(), LIST)
    for words in (
        "north self-service",
        "north client 1",
        "north passwords",
        "Playbook",
        "$",
        "months",
        " h (",
    ):
        assert words in text
    assert "south" not in text


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("status=proposed", True),
        ("status=underway", False),
        ("company=1", True),
        ("company=2", False),
        ("owner=is:nobody", True),
        ("owner=is:me", False),
        ("scope__exact=client", True),
        ("scope__exact=desk", False),
        ("q=self-service", True),
    ],
)
def test_the_list_is_narrowed_down(sign_in, query, is_found):
    assert ("north self-service" in page(sign_in(), f"{LIST}?{query}")) == is_found


def test_what_tickets_no_longer_support_is_shown_only_when_asked_for(sign_in):
    with tenant("north"):
        Proposal.objects.update(status="withdrawn")
    client = sign_in()
    assert "north self-service" not in page(client, LIST)
    assert "north self-service" in page(client, f"{LIST}?status=withdrawn")


def test_the_most_certain_value_comes_first(sign_in):
    with tenant("north"):
        proposed(makers.topic("Printers"), name="worth more", net_value_p10=9000)
        proposed(makers.topic("VPN"), name="worth less", net_value_p10=-50)
    text = page(sign_in(), LIST)
    assert text.index("worth more") < text.index("north self-service") < text.index("worth less")


def test_a_projects_page_makes_its_case(sign_in):
    with tenant("north"):
        tickets = [[one.source_id, one.external_id] for one in RawTicket.objects.all()[:2]]
        Proposal.objects.update(
            evidence={"tickets": tickets[:1], "counter": tickets[1:], "all_tickets": 64, "tickets_without_time": 7,
                      "ignored_tickets": 3, "requesters": 12, "clients": 1, "typical_minutes": 25}
        )  # fmt: skip
        first = RawTicket.objects.earliest("id").pk
    text = page_of(sign_in(), only())
    for words in (
        "30 tickets in 30 days",
        "Let them reset their passwords by themselves.",
        "Tell everybody.",
        "is an assumption",
        "64 tickets of 16 weeks",
        "7 of them have no time booked",
        "3 of them are not counted",
        "Tickets that speak for it",
        "Tickets that speak against it",
        f"/admin/connectors/rawticket/{first}/change/",
        "As capacity: every saved hour counts",
        "your margin",
        "From a playbook",
    ):
        assert words in text, words


def test_what_tickets_and_people_write_is_shown_as_they_wrote_it(sign_in):
    evil = "<script>alert(1)</script>"
    with tenant("north"):
        Proposal.objects.update(name=evil, trigger=evil, problem=evil, recommendation=evil, steps=[evil])
    client, one = sign_in(), only()
    post(client, one, "comment", text=evil)
    for address in (LIST, f"{LIST}{one.pk}/change/", f"{LIST}{one.pk}/confirm/", FUNNEL):
        assert "<script>alert" not in page(client, address)
    assert "&lt;script&gt;alert" in page_of(client, one)


def test_a_measured_project_says_what_came_of_it(sign_in):
    text = page_of(sign_in(), project("measured"))
    for words in ("Did it pay?", "Improved", "less such work", "Projected", "Realised", "This is the final measurement",
                  "dm-line-controls", "dm-bar-after", "dm-gap"):  # fmt: skip
        assert words in text, words


def test_an_accepted_one_shows_what_it_will_be_measured_by(sign_in):
    text = page_of(sign_in(), project("accepted"))
    for words in (
        "What it will be measured by",
        "Fixed when it was accepted",
        "dm-line-controls",
        "Start it",
    ):
        assert words in text, words


def test_the_funnel_tells_how_far_projects_came_and_how_good_forecasts_were(sign_in):
    one = project("measured")
    text = page(sign_in(), FUNNEL)
    for words in ("Measured projects", "north self-service", "Improved", "Usual error of a forecast", "100"):
        assert words in text, words
    assert f"{LIST}{one.pk}/change/" in text
    assert "south" not in text


def test_pages_are_french_for_who_reads_french(sign_in):
    one = project("measured")
    client = sign_in()
    client.cookies["django_language"] = "fr"
    for address, words in (
        (LIST, "north mots de passe"),
        (f"{LIST}{one.pk}/change/", "A-t-il été rentable"),
        (FUNNEL, "Projets mesurés"),
    ):
        text = page(client, address)
        assert words in text
    with tenant("south"):
        other = Proposal.objects.get()
    french = sign_in("manager", "south")
    french.cookies["django_language"] = "fr"
    assert "Ce qui sera fixé" in page(french, f"{LIST}{other.pk}/confirm/")


def test_no_page_asks_the_database_more_than_25_times(sign_in, several):
    with tenant("north"):
        for number in range(12):
            proposed(makers.topic(f"Topic {number}"), name=f"More {number}")
        first = Proposal.objects.get(name="north self-service")
    client = sign_in()
    addresses = [LIST, FUNNEL, f"{LIST}{first.pk}/change/", f"{LIST}{first.pk}/confirm/"]
    for address in addresses:
        page(client, address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= 25, (address, [query["sql"][:120] for query in asked])


def test_the_page_of_a_measured_project_asks_no_more_either(sign_in):
    one, client = project("measured"), sign_in()
    page_of(client, one)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"{LIST}{one.pk}/change/")
    assert len(asked) <= 25
