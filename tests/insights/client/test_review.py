"""What an account manager reads on a client's page: every section adds up to this client's rows and no other's."""

import re
from html import unescape

from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connectors.models import RawAgreement, RawCompany, RawTicket, TicketMove
from kpis.compute import compute
from tenants.context import tenant
from tests import factories
from tests.insights.client.conftest import words_of
from tests.insights.client.desk import CLIENT, OTHER, days_ago

MOST_QUERIES = 25


def section(html: str, id_: str) -> str:
    found = re.search(rf'<section[^>]*aria-labelledby="{id_}".*?</section>', html, flags=re.S)
    return words_of(found[0]) if found else ""


def test_three_sentences_say_how_it_went(review):
    told = section(review(), "in-short")
    assert "11 tickets were opened (5 before) and 10 closed; 2 remained open." in told
    assert "We worked 15.0 hours (6.0 before), of which 67 % billable" in told
    assert "What changed most: median time to resolve, 2.0 h instead of 24.0 h." in told


def test_tickets_are_those_of_this_client_alone(review):
    told = section(review(), "tickets")
    assert "New tickets: 11 +120 %" in told
    assert "Backlog: 2" in told
    assert "1 older than 30 days" in told
    assert "31 to 90 days 1" in told
    assert "north open for 45 44 days" in told
    assert "SLA met: 0 %" in told
    assert "10 tickets missed a goal" in told
    assert "Client satisfaction: 4.00 of 5" in told
    assert "other ticket" not in told


def test_hours_add_up_by_work_type_topic_and_technician(review):
    told = section(review(), "hours")
    assert "Hours worked: 15.0 h" in told
    assert "Billable hours: 10.0 h" in told
    assert "north remote 10.0 h 4.0 h No work type 5.0 h 2.0 h" in told
    assert "north printing 15.0 h 6.0 h" in told
    assert "north Ada 10.0 h 4.0 h north Ben 5.0 h 2.0 h" in told


def test_an_agreement_tells_its_use_its_revenue_and_what_is_left(review):
    told = section(review(), "agreements")
    used = re.search(r"([\d.]+) of 400 hours", told)
    assert used
    assert 15 <= float(used[1]) <= 21
    assert "15.0 h 6.0 h $2,957 $750 $2,207 (75 %) $197" in told  # 3000 a month of 30.44 days, 15 h at 50


def test_an_agreement_that_ended_before_is_not_in_force(sign_in):
    client = sign_in()
    with tenant("north"):
        RawAgreement.objects.update(ends_on=days_ago(40).date())
    told = section(client.get(f"/admin/clients/{CLIENT}/").content.decode(), "agreements")
    assert "north managed" not in told
    assert "No agreement of this client is in force" in told


def test_training_security_devices_and_projects_are_told(review):
    html = review()
    assert "Tickets that ask for training: 10 +150 %" in section(html, "training")
    assert "north Carol 10 tickets" in section(html, "training")
    assert "Critical 1 0 Low 1 0" in section(html, "security")
    assert "EDR 1 1 Seeing 2 0" in section(html, "machines")
    assert "north-PC-2 EDR" in section(html, "machines")
    assert "1 has not been seen for 30 days" in section(html, "machines")
    assert "north print server this client Proposed" in section(html, "projects")
    assert "north dental opened 10 tickets about north printing" in section(html, "opportunities")


def test_what_is_handed_to_the_client_holds_no_costs_and_no_opportunities(review):
    html = review("for=client")
    told = words_of(html)
    assert "11 tickets were opened" in told
    for kept_back in (
        "Margin",
        "$750",
        "Opportunities",
        "north Ada",
        "What no agreement covers",
        "Time at stake",
    ):
        assert kept_back not in told


def test_the_page_speaks_of_the_days_that_are_asked_for(review):
    told = section(review("days=7"), "tickets")
    assert "New tickets: 4 " in told  # two, four and six days ago, and one left open


def test_who_was_merged_away_leads_to_where_it_went(sign_in):
    client = sign_in()
    with tenant("north"):
        RawCompany.objects.filter(external_id=CLIENT).update(deleted_at=timezone.now())
        moved = RawTicket.objects.filter(company_id=CLIENT)
        TicketMove.objects.bulk_create(
            TicketMove(source=one.source, ticket_id=one.external_id, old_company_id=CLIENT) for one in moved
        )
        moved.update(company_id=OTHER)
    response = client.get(f"/admin/clients/{CLIENT}/")
    assert response.headers["Location"] == f"/admin/clients/{OTHER}/"
    assert "north dental was merged" in str(next(iter(get_messages(response.wsgi_request))))


def test_more_rows_ask_no_more_queries(sign_in):
    client = sign_in()
    few = queries_of(client)
    with tenant("north"):
        for number in range(20):
            factories.agreement(200 + number, f"north more {number}", company_id=CLIENT)
            factories.ticket(days_ago(number), company_id=CLIENT, summary=f"north more {number}")
    assert queries_of(client) == few <= MOST_QUERIES


def queries_of(client) -> int:
    client.get(f"/admin/clients/{CLIENT}/")
    with CaptureQueriesContext(connection) as caught:
        assert client.get(f"/admin/clients/{CLIENT}/").status_code == 200
    return len(caught)


def test_nobody_is_told_apart_unless_technicians_are_named(sign_in):
    client = sign_in()
    for mode in ("pseudonymous", "own_only"):
        with tenant("north"):
            factories.settings(privacy_mode=mode)
        told = words_of(client.get(f"/admin/clients/{CLIENT}/").content.decode())
        assert not re.search(r"\bAda\b|\bBen\b", told), mode
        assert "Your settings do not name technicians" in told


def test_money_that_is_not_known_is_left_out_and_said_to_be(sign_in):
    client = sign_in()
    for unknown in ({"billing_cycle": "Whenever"}, {"billing_cycle": "Monthly", "bill_amount": None}):
        with tenant("north"):
            RawAgreement.objects.update(**unknown)
        told = section(client.get(f"/admin/clients/{CLIENT}/").content.decode(), "agreements")
        assert "15.0 h 6.0 h – $750 – –" in told, unknown
        assert "no amount or no cycle: north managed." in told


def test_every_number_leads_to_its_rows_and_every_link_somewhere(sign_in):
    client = sign_in()
    response = client.get(f"/admin/clients/{CLIENT}/")
    html, period = response.content.decode(), response.context["period"]
    content = html[html.index('class="dm-review"') :]
    links = sorted({unescape(one) for one in re.findall(r'href="(/admin/[^"]+)"', content)})
    for figure, rows in (("new_tickets", 11), ("sla_missed", 10), ("alerts", 2), ("minutes", 20)):
        whole = f"behind={figure}.{period.since}.{period.until}&company_id={CLIENT}"
        [address] = [one for one in links if one.endswith(whole)]
        assert client.get(address).context["cl"].result_count == rows, figure
    others = [one for one in links if "behind=" not in one]
    assert len(others) > 15
    assert {address: client.get(address).status_code for address in others} == dict.fromkeys(others, 200)


def test_a_client_without_anything_and_one_that_is_gone_are_told_so(sign_in):
    client = sign_in()
    with tenant("north"):
        factories.company(103, "north newcomer")
        RawCompany.objects.filter(external_id=CLIENT).update(deleted_at=timezone.now())
    told = words_of(client.get("/admin/clients/103/").content.decode())
    assert "There is nothing to review on these days" in told
    assert "has this client no more" in words_of(client.get(f"/admin/clients/{CLIENT}/").content.decode())
    assert client.get("/admin/clients/4711/").status_code == 404


def test_neither_tenant_tells_of_the_other(sign_in):
    with tenant("south"):
        compute()
    for schema, stranger in (("north", "south"), ("south", "north")):
        told = words_of(sign_in(schema=schema).get(f"/admin/clients/{CLIENT}/").content.decode())
        assert f"{schema} printing" in told
        assert stranger not in told.lower()


def test_lists_of_clients_lead_to_their_reviews_with_most_hours_first(sign_in):
    client = sign_in()
    response = client.get("/admin/clients/")
    rows = [(row.company.name, row.hours, row.new_tickets, row.open_now) for row in response.context["rows"]]
    assert rows == [("north dental", 15, 11, 2), ("north bakery", 10, 1, 1)]
    assert f'href="/admin/clients/{CLIENT}/?days=30"' in response.content.decode()
    found = client.get("/admin/clients/", {"q": "BAKE"}).context["rows"]
    assert [row.company.name for row in found] == ["north bakery"]
    listed = client.get("/admin/connectors/rawcompany/").content.decode()
    assert f'href="/admin/clients/{CLIENT}/"' in listed
