import pytest
from kombu.exceptions import OperationalError

from connectors.base import Check
from connectors.forms import form_for
from connectors.models import Connection
from connectors.registry import connectors
from tenants.context import tenant
from tests.admin.conftest import SECRET

ADD = "/admin/connectors/connection/add/?vendor=connectwise"
ENTERED = {
    "name": "Our desk",
    "is_enabled": "on",
    "settings_site": "na.myconnectwise.net",
    "settings_company_id": "acme",
    "credentials_public_key": "public-1234",
    "credentials_private_key": SECRET,
    "credentials_client_id": "8b0ae6b5-8b0a-4e6b-9d3c-000000000000",
}


@pytest.fixture
def owner(sign_in):
    """Of an MSP whose ticket desk is not connected yet."""
    client = sign_in("owner")
    with tenant("north"):
        Connection.objects.update(vendor="something-else")
    return client


@pytest.fixture
def saved(owner) -> Connection:
    response = owner.post(ADD, ENTERED)
    assert response.status_code == 302, response.context["errors"]
    with tenant("north"):
        return Connection.objects.get(name="Our desk")


def change(connection: Connection) -> str:
    return f"/admin/connectors/connection/{connection.pk}/change/"


def test_a_connection_is_made_from_what_its_vendor_declares(saved):
    assert saved.vendor == "connectwise"
    assert saved.settings["company_id"] == "acme"
    with tenant("north"):
        assert saved.credentials["private_key"] == SECRET


def test_secrets_are_in_no_page_and_no_repr(owner, saved):
    pages = [
        change(saved),
        "/admin/connectors/connection/",
        f"/admin/connectors/connection/{saved.pk}/history/",
    ]
    for page in pages:
        assert SECRET not in owner.get(page).content.decode()
    with tenant("north"):
        form = form_for(connectors()["connectwise"])(instance=saved)
        assert SECRET not in repr(form) + str(form) + repr(saved) + repr(saved.credentials)


def test_a_secret_left_empty_is_kept(owner, saved):
    kept = ENTERED | {
        "credentials_private_key": "",
        "credentials_public_key": "",
        "credentials_client_id": "",
    }
    assert owner.post(change(saved), kept | {"name": "Renamed"}).status_code == 302
    with tenant("north"):
        saved.refresh_from_db()
        assert saved.name == "Renamed"
        assert saved.credentials["private_key"] == SECRET


def test_saved_keys_are_not_sent_to_a_new_address(owner, saved):
    moved = ENTERED | {"settings_site": "evil.example.com", "credentials_private_key": ""}
    response = owner.post(change(saved), moved)
    assert "leads elsewhere" in response.context["adminform"].form.errors["credentials_private_key"][0]
    with tenant("north"):
        saved.refresh_from_db()
        assert saved.settings["site"] == "na.myconnectwise.net"
    assert owner.post(change(saved), moved | {"credentials_private_key": "entered again"}).status_code == 302


MICROSOFT = {
    "name": "Microsoft",
    "is_enabled": "on",
    "settings_tenant_id": "0a1b2c3d-0000-4000-8000-0123456789ab",
    "settings_client_id": "8b0ae6b5-8b0a-4e6b-9d3c-000000000000",
    "settings_finds_customers": "on",
    "settings_login_host": "login.microsoftonline.com",
    "settings_graph_host": "graph.microsoft.com",
    "settings_endpoint_host": "api.securitycenter.microsoft.com",
}
OF_OTHERS = "11111111-0000-4000-8000-0123456789ab"


@pytest.fixture
def microsoft(owner) -> Connection:
    entered = MICROSOFT | {"credentials_client_secret": SECRET}
    assert owner.post("/admin/connectors/connection/add/?vendor=defender", entered).status_code == 302
    with tenant("north"):
        return Connection.objects.get(name="Microsoft")


@pytest.mark.parametrize(
    "changed",
    [
        {"settings_includes_own_tenant": "on"},
        {"settings_finds_customers": ""},
        {"settings_more_tenants": OF_OTHERS},
    ],
)
def test_a_setting_that_leads_nowhere_else_asks_for_no_secret(owner, microsoft, changed):
    assert owner.post(change(microsoft), MICROSOFT | changed).status_code == 302
    with tenant("north"):
        microsoft.refresh_from_db()
        assert microsoft.credentials["client_secret"] == SECRET


def test_a_setting_that_a_later_release_added_asks_for_no_secret(owner, microsoft):
    with tenant("north"):
        microsoft.settings.pop("endpoint_host")
        microsoft.save()
    assert owner.post(change(microsoft), MICROSOFT).status_code == 302


@pytest.mark.parametrize(
    "changed",
    [
        {"settings_client_id": OF_OTHERS},
        {"settings_tenant_id": OF_OTHERS},
        {"settings_login_host": "login.microsoftonline.us"},
        {"settings_graph_host": "graph.microsoft.us"},
        {"settings_endpoint_host": "eu.api.security.microsoft.com"},
    ],
)
def test_a_setting_that_leads_elsewhere_asks_for_the_secret_that_was_saved(owner, microsoft, changed):
    errors = owner.post(change(microsoft), MICROSOFT | changed).context["adminform"].form.errors
    assert "leads elsewhere" in errors["credentials_client_secret"][0]
    assert "credentials_certificate" not in errors
    entered = MICROSOFT | changed | {"credentials_client_secret": "entered again"}
    assert owner.post(change(microsoft), entered).status_code == 302


def test_a_second_ticket_desk_is_refused(owner, saved):
    response = owner.post(ADD, ENTERED | {"name": "Another desk"})
    assert "There is a ticket desk already" in response.content.decode()


def test_what_is_missing_is_said_at_its_field_and_no_secret_comes_back(owner):
    response = owner.post(ADD, ENTERED | {"settings_company_id": ""})
    text = response.content.decode()
    assert response.context["adminform"].form.errors["settings_company_id"] == ["Please fill this in."]
    assert SECRET not in text


def test_an_unknown_vendor_leads_to_the_choice_of_vendors(owner):
    text = owner.get("/admin/connectors/connection/add/?vendor=abacus").content.decode()
    assert "Which system do you want to connect?" in text
    assert "?vendor=connectwise" in text


def test_a_test_of_the_connection_lists_its_checks_in_words(owner, saved, monkeypatch):
    checks = [
        Check("Sign in", ok=True),
        Check("Time entries", ok=False, message="Give the role read access."),
    ]
    monkeypatch.setattr("connectors.admin.operating.preflight", lambda connection: checks)
    text = owner.post(f"/admin/connectors/connection/{saved.pk}/test/").content.decode()
    assert "Sign in: works" in text
    assert "Time entries: does not work" in text
    assert "Give the role read access." in text


def test_sync_now_asks_a_worker_and_returns(owner, saved, monkeypatch):
    asked = []
    monkeypatch.setattr("connectors.tasks.sync_connection.delay", lambda **named: asked.append(named))
    response = owner.post(f"/admin/connectors/connection/{saved.pk}/sync/", follow=True)
    assert asked == [{"schema": "north", "connection_id": saved.pk}]
    assert "The sync has been started" in response.content.decode()


def test_a_queue_that_does_not_answer_is_said_in_words(owner, saved, monkeypatch):
    def fail(**_):
        raise OperationalError

    monkeypatch.setattr("connectors.tasks.sync_connection.delay", fail)
    response = owner.post(f"/admin/connectors/connection/{saved.pk}/sync/", follow=True)
    assert "could not be started" in response.content.decode()


@pytest.mark.parametrize("action", ["test", "sync"])
def test_a_link_alone_starts_nothing(owner, saved, action):
    assert owner.get(f"/admin/connectors/connection/{saved.pk}/{action}/").status_code == 405
