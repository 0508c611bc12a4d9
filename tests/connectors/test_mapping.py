"""Which company a vendor's customer is: what maps by itself, what people decide, and what that restates."""

import pytest
from django.db import connection

from connectors import mapping, suggestions
from connectors.likeness import Likeness, plain
from connectors.models import (
    CustomerMapping,
    CustomerSuggestion,
    DirtyDay,
    JoinState,
    RawCompany,
    RawSecurityAlert,
    RawVendorCustomer,
)
from tenants.context import tenant
from tests import factories
from tests.connectors.security_rows import vendor


@pytest.fixture
def edr(north):
    return vendor("EDR")


def customer(source, id_="site-1", name="Northwood Dental Inc.", level="site", **fields):
    row = {"source": source, "row_hash": b"", "external_id": id_, "name": name, "level": level}
    return RawVendorCustomer.objects.create(**row | {"state": "active"} | fields)


def alert(source, of="site-1", id_="alert-1", **fields):
    moments = dict.fromkeys(("detected_at", "last_updated_at"), factories.at("2026-03-02 14:00"))
    kind = {"kind": "threat", "severity": "high", "severity_source": "derived", "status": "new"}
    return RawSecurityAlert.objects.create(
        source=source, row_hash=b"", external_id=id_, customer_id=of, **kind | moments | fields
    )


def mapped() -> dict[str, tuple[int | None, str]]:
    return {each.customer_id: (each.company_id, each.method) for each in CustomerMapping.objects.all()}


def companies_of_customers() -> dict[str, int | None]:
    with connection.cursor() as cursor:
        cursor.execute(mapping.COMPANY_OF_CUSTOMER)
        return {customer_id: company for _, customer_id, company, _ in cursor.fetchall()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Northwood Dental", "NORTHWOOD DENTAL INC."),
        ("Boréal Foods", "Boreal Foods, Ltd"),
        ("Comptables Rivière ltée", "comptables riviere"),
        ("Smith & Sons", "Smith and Sons LLC"),
        ("O'Brien's Motors", "OBriens Motors GmbH"),
        ("Granite S.A.", "Granite SA"),
        ("L.L.C. Holdings", "LLC Holdings Corp."),
    ],
)
def test_names_are_the_same_without_case_accents_punctuation_and_legal_form(one, other):
    assert plain(one) == plain(other)


def test_a_name_of_nothing_but_a_legal_form_stays_a_name():
    assert plain("Inc.") == "inc"
    assert plain("Ltd Inc") == "ltd"


@pytest.mark.parametrize(
    ("asked", "proposed"),
    [
        ("Northwod Dental", 1),
        ("northwooddental.onmicrosoft.com", 1),
        ("Northwood Dental - Servers", 1),
        ("Lakeside Bakery", None),
        ("Default site", None),
        ("", None),
    ],
)
def test_the_name_most_alike_is_proposed_and_none_where_only_an_everyday_word_is_shared(asked, proposed):
    names = ["Northwood Dental", "Northwood Foods", "Lakeside Dental", "Lakeside Legal", "Maple Legal"]
    found = Likeness({number: plain(name) for number, name in enumerate(names, 1)}).closest(plain(asked))
    assert (found and found[0]) == proposed


@pytest.mark.parametrize("said", ["250", "NWDENTAL", " nwdental "])
def test_what_the_vendors_entry_says_counts_before_the_name(edr, said):
    factories.company(250, "Northwood Dental", identifier="NWDENTAL")
    factories.company(251, "Lakeside")
    customer(edr, name="Lakeside", crm_id=said)
    assert mapping.refresh()
    assert mapped() == {"site-1": (250, "crm_id")}
    assert not mapping.refresh()


def test_a_name_maps_only_if_it_is_nobody_elses_on_either_side(edr):
    factories.company(250, "Northwood Dental")
    factories.company(251, "Lakeside Inc.")
    factories.company(252, "Lakeside Ltd.")
    factories.company(253, "Maple Foods")
    customer(edr, "once")
    customer(edr, "two companies", "Lakeside")
    customer(edr, "two sites", "Maple Foods")
    customer(edr, "the other site", "Maple Foods Inc.")
    customer(edr, "default", "Northwood Dental", is_default=True)
    mapping.refresh()
    assert mapped() == {"once": (250, "name")}


def test_a_deleted_site_does_not_keep_its_successor_from_being_mapped(edr):
    factories.company(250, "Northwood Dental")
    customer(edr, "before", state="deleted")
    customer(edr, "now")
    mapping.refresh()
    assert mapped() == {"before": (250, "name"), "now": (250, "name")}


def test_a_mapping_stays_when_either_side_is_called_otherwise(edr):
    company = factories.company(250, "Northwood Dental")
    site = customer(edr)
    mapping.refresh()
    RawVendorCustomer.objects.filter(id=site.id).update(name="NWD")
    RawCompany.objects.filter(id=company.id).update(name="Dental Group")
    factories.company(251, "NWD")
    assert not mapping.refresh()
    assert mapped() == {"site-1": (250, "name")}


def test_what_a_person_decided_is_never_overwritten(edr):
    factories.company(250, "Northwood Dental")
    factories.company(251, "Lakeside")
    sites = [customer(edr, "wrong", crm_id="250"), customer(edr, "out", name="Lakeside")]
    mapping.decide(sites[:1], 251, "ada")
    mapping.decide(sites[1:], None, "ada")
    assert not mapping.refresh()
    assert mapped() == {"wrong": (251, "person"), "out": (None, "person")}
    mapping.forget(sites)
    assert mapping.refresh()
    assert mapped() == {"wrong": (250, "crm_id"), "out": (251, "name")}


def test_a_mapping_to_a_deleted_company_moves_only_where_something_else_fits(edr):
    factories.company(250, "Northwood Dental", deleted_at=factories.at("2026-03-01"))
    CustomerMapping.objects.create(source=edr, customer_id="site-1", company_id=250, method="name")
    customer(edr)
    assert not mapping.refresh()
    assert mapped() == {"site-1": (250, "name")}
    factories.company(260, "Northwood Dental")
    assert mapping.refresh()
    assert mapped() == {"site-1": (260, "name")}


def test_an_account_speaks_for_those_of_its_sites_that_nobody_mapped(edr):
    factories.company(250, "Northwood Dental")
    customer(edr, "account", "Northwood Dental", level="account")
    customer(edr, "headquarters", "Headquarters", parent_id="account")
    out = customer(edr, "lab", "Laboratory", parent_id="account")
    mapping.decide([out], None, "ada")
    mapping.refresh()
    assert companies_of_customers() == {"account": 250, "headquarters": 250, "lab": None}


def test_the_msps_own_account_says_nothing_of_its_clients_sites(edr):
    factories.company(2, "Northwind IT")
    factories.company(250, "Northwood Dental")
    customer(edr, "account", "Northwind IT", level="account")
    customer(edr, "stray", "Default site", parent_id="account", is_default=True)
    assert mapping.refresh()
    assert companies_of_customers() == {"account": 2, "stray": 2}
    customer(edr, "site", "Northwood Dental", parent_id="account")
    assert mapping.refresh()
    assert companies_of_customers() == {"account": None, "stray": None, "site": 250}
    assert not mapping.refresh()


def test_an_account_gives_way_to_what_a_person_said_of_its_site(edr):
    factories.company(250, "Northwood Dental")
    customer(edr, "account", "Northwood Dental", level="account")
    site = customer(edr, "site", "Northwood Dental", parent_id="account", crm_id="250")
    mapping.decide([site], 251, "ada")
    mapping.refresh()
    assert companies_of_customers() == {"account": None, "site": 251}


def test_only_a_mapping_on_which_something_hangs_restates_history(edr):
    factories.company(250, "Northwood Dental")
    site = customer(edr)
    mapping.refresh()
    mapping.decide([site], None, "ada")
    assert not DirtyDay.objects.exists()
    alert(edr)
    mapping.decide([site], 250, "ada")
    assert DirtyDay.objects.filter(day=None).count() == 1
    mapping.refresh()
    assert DirtyDay.objects.count() == 1


def test_an_accounts_mapping_restates_what_hangs_on_its_sites(edr):
    factories.company(250, "Northwood Dental")
    account = customer(edr, "account", "ACME", level="account")
    customer(edr, "site", "Headquarters", parent_id="account")
    alert(edr, of="site")
    mapping.decide([account], 250, "ada")
    assert DirtyDay.objects.filter(day=None).exists()


def test_suggestions_are_made_for_those_that_nothing_maps_and_go_with_the_reason(edr):
    factories.company(250, "Northwood Dental")
    factories.company(251, "Lakeside Legal")
    state = JoinState.objects.create(id=1)
    customer(edr, "mapped", "Lakeside Legal")
    site = customer(edr, "alike", "Northwood Dental - Servers")
    mapping.refresh()
    suggestions.refresh(state)
    (suggestion,) = CustomerSuggestion.objects.all()
    assert (suggestion.customer_id, suggestion.company_id) == ("alike", 250)
    assert 0.5 < suggestion.score < 1
    mapping.decide([site], None, "ada")
    suggestions.refresh(state)
    assert not CustomerSuggestion.objects.exists()


def test_tenants_map_apart(edr):
    factories.company(250, "Northwood Dental")
    customer(edr)
    with tenant("south"):
        factories.company(999, "Northwood Dental")
        customer(vendor("EDR"))
        mapping.refresh()
        assert mapped() == {"site-1": (999, "name")}
    with tenant("north"):
        assert mapped() == {}
        mapping.refresh()
        assert mapped() == {"site-1": (250, "name")}
