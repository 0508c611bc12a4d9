"""The guided path of a new MSP, through its real pages and against a simulated ConnectWise."""

import re
from html import unescape

from django.test import Client
from django.utils import timezone

from connectors.models import Connection, RawTicket, SyncRun
from kpis.models import KpiDaily
from tenants.context import tenant
from tests import factories
from tests.admin.setup.path import CONNECT, SETUP, entered, sent, text


def test_an_owner_gets_from_nothing_to_figures_in_eight_clicks_and_five_fields(fresh, desk, at_once):
    """Begin, save settings, choose ConnectWise, save and test, start, go on, later, open the dashboard."""
    client, clicks = fresh(), 0
    page = client.get("/", follow=True)
    assert page.request["PATH_INFO"] == SETUP

    def click(words: str, **form: str):
        """Whichever link or button of the page now has these words."""
        nonlocal page, clicks
        clicks += 1
        page = pressed(client, page, words, form)

    click("Begin")
    click("Save and go on", **sent(page))
    click("ConnectWise PSA")
    fields = [name for name, value in sent(page).items() if not value]
    click("Save and test", **entered(desk))
    assert "Tickets: works" in text(page)
    click("Start the first sync")
    assert page.context["is_done"]
    click("Go on")
    click("Later")
    click("Open the dashboard")
    assert page.request["PATH_INFO"] == "/admin/"
    assert (clicks, len(fields)) == (8, 5)
    assert "Set-up is done" in text(client.get(SETUP))
    assert client.get("/").headers["Location"] == "/admin/"
    with tenant("north"):
        assert RawTicket.objects.count() == len(desk.world("desk").tickets.ids)
        assert KpiDaily.objects.exists()
        announced = SyncRun.objects.get(stream="tickets").announced
        assert announced == len(desk.world("desk").tickets.ids)
    with tenant("south"):
        assert not Connection.objects.exists()
    assert fresh(schema="south").get("/").headers["Location"] == SETUP


def pressed(client: Client, page, words: str, form: dict[str, str]):
    here = page.request["PATH_INFO"]
    body = re.sub(r"<nav.*?</nav>", "", page.content.decode(), flags=re.DOTALL)
    for found in re.finditer(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", body, re.DOTALL):
        if re.search(rf"<button[^>]*>{words}</button>", found[0]):
            action = re.search(r'<form[^>]*action="([^"]*)"', found[0])
            return client.post(action[1] if action else here, form, follow=True)
    links = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', body, re.DOTALL)
    address = next(href for href, inside in links if words in inside)
    return client.get(unescape(address), follow=True)


def test_whoever_stopped_goes_on_where_it_was(fresh, desk):
    client = fresh()
    client.post(f"{SETUP}settings/", sent(client.get(f"{SETUP}settings/")))
    assert client.get(SETUP).context["next"].step.slug == "connection"
    client.post(CONNECT, entered(desk))
    assert fresh().get(SETUP).context["next"].step.slug == "sync"
    with tenant("north"):
        Connection.objects.update(last_success_at=timezone.now())
    assert fresh().get(SETUP).context["next"].step.slug == "figures"


def test_set_up_can_be_skipped(fresh):
    page = fresh().get(SETUP)
    assert '<a class="dm-button" href="/admin/">Skip for now</a>' in text(page)


def test_a_manager_sees_who_has_to_do_it_and_can_do_nothing(fresh, desk):
    client = fresh("manager")
    page = text(client.get(SETUP))
    assert "These people can do it: north-owner" in page
    assert f'href="{SETUP}settings/"' not in page
    for slug in ("settings", "connection", "check", "sync", "people", "figures"):
        assert client.get(f"{SETUP}{slug}/").status_code == 403
        assert client.post(f"{SETUP}{slug}/").status_code == 403
    assert client.post(CONNECT, entered(desk)).status_code == 403
    assert client.get(f"{SETUP}sync/progress/").status_code == 403
    assert client.get("/").headers["Location"] == "/admin/"
    with tenant("north"):
        assert not Connection.objects.exists()


def test_technicians_never_meet_it(fresh):
    client = fresh("technician")
    assert client.get(SETUP).status_code == 403
    assert client.get("/").headers["Location"] == "/me/"


def test_no_page_of_it_asks_the_database_much(sign_in, django_assert_max_num_queries):
    with tenant("north"):
        factories.connection("Console", vendor="sentinelone")
        factories.connection("Microsoft", vendor="defender", last_success_at=timezone.now())
    client = sign_in("owner")
    for slug in ("", "settings/", "connection/", "check/", "sync/", "mapping/", "people/", "figures/"):
        with django_assert_max_num_queries(25):
            assert client.get(f"{SETUP}{slug}").status_code == 200, slug
