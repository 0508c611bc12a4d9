"""The first steps of set-up: settings, connection and test."""

import re

import pytest

from connectors.models import Connection
from connectors.simulators.connectwise import Role
from connectors.vendors.connectwise.preflight import NEEDED
from tenants.context import tenant
from tenants.models import TenantSettings
from tests import factories
from tests.admin.setup.path import CONNECT, SETUP, entered, sent, text


def test_what_the_browser_suggests_is_only_filled_in(fresh):
    with tenant("north"):
        factories.settings(time_zone="UTC", currency="USD", language="en")
    client = fresh()
    page = client.get(f"{SETUP}settings/", HTTP_ACCEPT_LANGUAGE="fr-CA,fr;q=0.9,en;q=0.5")
    form = sent(page)
    assert (form["time_zone"], form["currency"], form["language"]) == ("America/Toronto", "CAD", "fr")
    with tenant("north"):
        assert TenantSettings.load().time_zone == "UTC"
    client.post(f"{SETUP}settings/", form | {"currency": "eur", "hourly_rate": "99.50"})
    with tenant("north"):
        settings = TenantSettings.load()
    assert (settings.time_zone, settings.currency, settings.hourly_rate) == ("America/Toronto", "EUR", 99.5)


def test_what_somebody_has_chosen_is_not_guessed_anew(fresh):
    """South was made for Paris."""
    page = fresh(schema="south").get(f"{SETUP}settings/", HTTP_ACCEPT_LANGUAGE="en-US")
    assert (sent(page)["time_zone"], sent(page)["currency"]) == ("Europe/Paris", "EUR")


def test_settings_that_cannot_be_are_refused_with_a_sentence(fresh):
    client = fresh()
    form = sent(client.get(f"{SETUP}settings/"))
    page = client.post(f"{SETUP}settings/", form | {"currency": "E1", "working_hours": "mon: 17:00–08:00"})
    assert set(page.context["form"].errors) == {"currency", "working_hours"}
    assert client.get(SETUP).context["next"].step.slug == "settings"


def test_the_guide_names_every_permission_that_the_test_asks_for(fresh):
    page = text(fresh().get(CONNECT)).replace("&amp;", "&")
    parts = {part for needed in NEEDED for part in re.split(r" [>+] ", needed.permission)}
    assert {part for part in parts if part not in page} == set()


@pytest.mark.parametrize("vendor_slug", ["connectwise", "sentinelone", "defender"])
def test_every_vendor_has_a_guide_in_both_languages(fresh, vendor_slug):
    def guide(language: str) -> str:
        page = fresh().get(f"{SETUP}connect/{vendor_slug}/", HTTP_ACCEPT_LANGUAGE=language)
        return text(page).partition('<ol class="dm-steps">')[2].partition("</ol>")[0]

    english, french = (re.findall(r"<li>(.*?)(?:<p>|</li>)", guide(each), re.DOTALL) for each in ("en", "fr"))
    assert len(english) == len(french) >= 3
    assert not set(english) & set(french)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"credentials_private_key": "typo"}, "keys"),
        ({"settings_company_id": "nobody"}, 'does not know the company "nobody"'),
    ],
)
def test_wrong_keys_are_said_and_corrected_on_the_way(fresh, desk, wrong, sentence):
    client = fresh()
    page = client.post(CONNECT, entered(desk, **wrong), follow=True)
    assert sentence in text(page)
    assert not page.context["may_start"]
    (address,) = set(re.findall(rf'href="({SETUP}connection/\d+/)"', text(page)))
    page = client.post(address, entered(desk), follow=True)
    assert page.context["may_start"]
    with tenant("north"):
        assert Connection.objects.count() == 1


def test_a_missing_permission_is_named_and_does_not_stop_anybody(fresh, desk):
    desk.set_role("desk", Role(denied=("finance",)))
    client = fresh()
    page = client.post(CONNECT, entered(desk), follow=True)
    assert "The permission is Finance > Agreements" in text(page)
    assert page.context["may_start"]
    standing = {each.step.slug: each.standing for each in client.get(SETUP).context["stages"]}
    assert (standing["check"].state, standing["check"].sentence) == ("trouble", "1 part does not work yet.")
