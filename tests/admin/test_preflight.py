"""Connecting a ticket desk and testing it, in the reader's language; against a simulated ConnectWise."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.utils import translation

from connectors.base import Check
from connectors.forms import CREDENTIALS, SETTINGS, form_for
from connectors.models import Connection
from connectors.preflight import preflight
from connectors.registry import connectors
from connectors.simulators.connectwise import ConnectWiseSimulator, Role
from connectors.simulators.world import World
from tenants.context import tenant

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ADD = "/admin/connectors/connection/add/?vendor=connectwise"
FRENCH = {"HTTP_ACCEPT_LANGUAGE": "fr"}
SAME_IN_FRENCH = {"Site"}


@pytest.fixture(scope="module")
def desk() -> Iterator[ConnectWiseSimulator]:
    with ConnectWiseSimulator({"north": World.small(seed=1, now=NOW, tickets=5)}) as running:
        yield running


@pytest.fixture
def link(both, desk) -> Iterator[Connection]:
    """North's connection, to the desk."""
    login = desk.credentials("north")
    desk.set_role("north", Role())
    desk.skew_clock("north", 0)
    with tenant("north"):
        found = Connection.objects.get(vendor="connectwise")
        found.vendor, found.settings = "connectwise", {"site": login.site, "company_id": login.company_id}
        found.credentials = {
            name: getattr(login, name) for name in ("public_key", "private_key", "client_id")
        }
        found.save()
        yield found


def checks(link: Connection) -> dict[str, Check]:
    return {check.name: check for check in preflight(link)}


def test_a_readable_audit_trail_passes(link):
    assert checks(link)["Audit trail"] == Check("Audit trail", ok=True)


def test_a_hidden_audit_trail_is_said_with_what_is_lost_and_what_to_do(link, desk):
    desk.set_role("north", Role(denied=("system/audittrail",)))
    found = checks(link)
    assert {name for name, check in found.items() if not check.ok} == {"Audit trail"} | _clock(found)
    message = found["Audit trail"].message
    assert "may not read system/audittrail" in message
    assert "reopened and reassigned tickets are noticed only from sync to sync" in message
    assert "role of the API member" in message


def _clock(found: dict[str, Check]) -> set[str]:
    """The simulated desk lives in another year than this server."""
    return {"Clock"} - {name for name, check in found.items() if check.ok}


def test_without_readable_tickets_the_audit_trail_is_not_blamed_on_the_role(link, desk):
    desk.set_role("north", Role(denied=("service",)))
    found = checks(link)
    assert not found["Tickets"].ok
    assert "could not be tried" in found["Audit trail"].message
    assert found["Clock"].ok


def test_the_page_of_a_test_speaks_french(sign_in, link, desk):
    desk.set_role("north", Role(denied=("system/audittrail", "finance")))
    page = sign_in("owner").post(f"/admin/connectors/connection/{link.pk}/test/", **FRENCH)
    text = page.content.decode()
    for words in (
        "Se connecter",
        "ne fonctionne pas",
        "Journal des modifications",
        "Le droit s&#x27;appelle",
    ):
        assert words in text


def test_a_failed_sign_in_is_in_french_too(sign_in, link):
    link.credentials = {"public_key": "x", "private_key": "y", "client_id": "z"}
    link.save()
    text = sign_in("owner").post(f"/admin/connectors/connection/{link.pk}/test/", **FRENCH).content.decode()
    assert "Se connecter" in text
    assert "Sign in" not in text


@pytest.mark.parametrize("slug", sorted(connectors()))
def test_every_field_that_a_vendor_declares_has_french_words(slug):
    declared = form_for(connectors()[slug]).base_fields.items()
    fields = [field for name, field in declared if name.startswith((SETTINGS, CREDENTIALS))]
    english = [str(words) for field in fields for words in (field.label, field.help_text) if words]
    with translation.override("fr"):
        french = [str(words) for field in fields for words in (field.label, field.help_text) if words]
    same = {one for one, other in zip(english, french, strict=True) if one == other}
    assert same <= SAME_IN_FRENCH


def test_the_form_and_its_complaints_speak_french(sign_in):
    client = sign_in("owner")
    assert "Clé privée" in client.get(ADD, **FRENCH).content.decode()
    page = client.post(ADD, {"settings_site": "[::1", "settings_company_id": "x"}, **FRENCH)
    assert page.context["adminform"].form.errors["credentials_client_id"] == ["Veuillez remplir ce champ."]


def test_a_site_that_is_no_host_is_refused_in_french(sign_in):
    page = sign_in("owner").post(ADD, {"settings_site": "https://", "settings_company_id": "x"}, **FRENCH)
    assert "Saisissez le nom d'hôte" in page.context["adminform"].form.errors["settings_site"][0]
