import pytest

from config.sites import operator_site, tenant_site
from connectors.models import Connection
from tenants.context import tenant
from tests.admin.conftest import SECRET

MODELS = sorted(tenant_site._registry, key=lambda model: model._meta.label)
ADDED = [
    "connectors/connection/add/?vendor=connectwise",
    "tenants/holiday/add/",
    "tenants/apitoken/add/",
    "auth/user/add/",
]


def pages_of(model) -> list[str]:
    """The list of a table and the page of its latest row."""
    place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    latest = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
    return [place, f"{place}{latest}/change/"]


@pytest.mark.parametrize("schema", ["north", "south"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_page_shows_the_own_tenants_rows_only(sign_in, schema, model):
    client = sign_in("owner", schema)
    other = {"north": "south-marker", "south": "north-marker"}[schema]
    with tenant(schema):
        addresses = pages_of(model)
    for address in addresses:
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        text = response.content.decode()
        assert other not in text
        assert SECRET not in text


@pytest.mark.parametrize("address", ADDED)
def test_what_may_be_added_has_a_form(sign_in, address):
    assert sign_in("owner").get(f"/admin/{address}").status_code == 200


def test_no_table_is_on_both_sites_but_the_users():
    assert {model.__name__ for model in set(tenant_site._registry) & set(operator_site._registry)} == {"User"}


def test_tickets_are_found_by_number_and_by_words(sign_in):
    client = sign_in("manager")
    found = client.get("/admin/connectors/rawticket/?q=ticket+2")
    assert [ticket.summary for ticket in found.context["cl"].result_list] == ["north-marker ticket 2"]
    number = found.context["cl"].result_list[0].external_id
    assert client.get(f"/admin/connectors/rawticket/?q=%23{number}").context["cl"].result_count == 1


def test_a_list_names_the_clients_and_owners_of_its_tickets(sign_in):
    text = sign_in("manager").get("/admin/connectors/rawticket/").content.decode()
    assert "north-marker client" in text
    assert "north-marker Ada" in text


def test_unknown_filter_values_are_not_an_error(sign_in):
    client = sign_in("manager")
    for query in ("company_id=x", "opened_at_from=yesterday", "behind=nonsense", "is_closed=7", "p=999"):
        assert client.get(f"/admin/connectors/rawticket/?{query}", follow=True).status_code == 200


def test_a_dashboard_without_figures_says_what_to_do_next(sign_in):
    from kpis.models import KpiDaily

    client = sign_in("owner")
    with tenant("north"):
        KpiDaily.objects.all().delete()
        Connection.objects.update(last_success_at=None)
    text = client.get("/admin/").content.decode()
    assert "There are no figures yet" in text
    assert "Wait for the first sync" in text or "Start the first sync" in text
