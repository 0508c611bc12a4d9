from datetime import UTC, datetime

import pytest
from django.utils import translation
from django.utils.html import escape

from config.sites import operator_site, tenant_site
from connectors.models import Connection, RawSecurityAlert, RawTicket
from kpis.registry import kpis
from tenants.context import tenant
from tests import factories
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


@pytest.mark.parametrize(
    ("language", "told"), [("en", "March 3, 2026, 12:30 a.m."), ("fr", "3 mars 2026 00:30")]
)
def test_the_page_of_a_row_tells_moments_in_the_tenants_zone_and_the_readers_language(
    sign_in, language, told
):
    client = sign_in("manager")
    with tenant("north"):
        factories.settings(time_zone="Asia/Tokyo")
        ticket = RawTicket.objects.latest("pk")
        RawTicket.objects.filter(pk=ticket.pk).update(opened_at=datetime(2026, 3, 2, 15, 30, tzinfo=UTC))
    page = f"/admin/connectors/rawticket/{ticket.pk}/change/"
    text = client.get(page, HTTP_ACCEPT_LANGUAGE=language).content.decode()
    assert told in text
    assert "+00:00" not in text


def test_security_alerts_are_sorted_by_importance_the_critical_ones_first(sign_in):
    client = sign_in("manager")
    with tenant("north"):
        ids = RawSecurityAlert.objects.values_list("pk", flat=True)
        for pk, severity in zip(ids, ("low", "critical", "medium"), strict=True):
            RawSecurityAlert.objects.filter(pk=pk).update(severity=severity)
    for order, sorted_ in (("2", ["critical", "medium", "low"]), ("-2", ["low", "medium", "critical"])):
        rows = client.get(f"/admin/connectors/rawsecurityalert/?o={order}").context["cl"].result_list
        assert [alert.severity for alert in rows] == sorted_


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_the_figures_mean_is_told_in_the_catalogues_words(sign_in, language):
    client = sign_in("manager")
    text = client.get("/admin/figures/", headers={"accept-language": language}).content.decode()
    with translation.override(language):
        for kpi in kpis().values():
            assert escape(str(kpi.question)) in text
            assert all(escape(str(metric.name)) in text for metric in kpi.metrics)
    assert sign_in("technician").get("/admin/figures/").status_code == 403
