"""Mappings follow companies that the desk merges: by themselves, against a person's word, or when a person confirms."""

from collections import Counter

import pytest
from django.contrib.auth.models import User
from django.test import Client

from connectors import company_merges, joining, mapping
from connectors.models import (
    Connection,
    CustomerMapping,
    CustomerSuggestion,
    Device,
    JoinState,
    RawTicket,
    RawVendorCustomer,
    TicketMove,
)
from connectors.simulators.defender import DefenderSimulator
from connectors.walks import Extent
from tenants.context import tenant
from tenants.roles import Role, assign
from tests import factories
from tests.connectors.security_rows import EDR, vendor

from .defender import DefenderHarness
from .site import Site

QUEUE = "/admin/connectors/rawvendorcustomer/"
GONE, INTO, OTHER = 250, 251, 252


# --- the whole way, from the vendors to the pages ---------------------------------------------------


@pytest.fixture
def busiest(world) -> int:
    """North's company with the most tickets."""
    return Counter(ticket.company.id for ticket in world.tickets).most_common(1)[0][0]


@pytest.fixture
def target(world, busiest) -> int:
    return next(number for number in world.clients.companies.ids if number != busiest)


@pytest.fixture
def desks(connect, worlds, world, monkeypatch):
    """Of each tenant the desk; Microsoft, which knows the same companies, has been read."""
    monkeypatch.setattr("connectors.pacing.Pace.wait", lambda pace: None)
    for company in world.clients.companies.ids:
        world.raise_alert(company, seen_by="mde", with_ticket=False)
    with DefenderSimulator(worlds, compress=False) as microsoft:
        harness, desks = DefenderHarness(microsoft, print, print), {}
        for schema in worlds:
            desks[schema] = connect(schema)
            desks[schema].sync(Extent.SWEEP)
            settings, credentials = harness.login(schema)
            with tenant(schema):
                link = Connection(name="Microsoft", vendor="defender", settings=settings)
                link.credentials = credentials
                link.save()
            Site(schema, link).sync()
            desks[schema].forget_dirty_days()
        yield desks


@pytest.fixture
def owner(desks) -> Client:
    with tenant("north"):
        person = User.objects.create_user("owner")
        assign(person, Role.OWNER)
        client = Client(HTTP_HOST="north.localhost")
        client.force_login(person)
    return client


def mapping_to(desk: Site, company: int) -> CustomerMapping:
    return desk.one(CustomerMapping, company_id=company, merged_from=None)


def decide(mapped: CustomerMapping, company: int) -> None:
    with tenant("north"):
        customer = RawVendorCustomer.objects.filter(external_id=mapped.customer_id)
        mapping.decide(customer, company, "ada")


def page_of(mapped: CustomerMapping) -> str:
    with tenant("north"):
        return f"{QUEUE}{RawVendorCustomer.objects.get(external_id=mapped.customer_id).pk}/"


@pytest.mark.parametrize("is_told", [True, False], ids=["told as changes", "not told"])
def test_what_mapped_by_itself_follows_its_company_in_the_night(
    desks, owner, world, later, busiest, target, is_told
):
    north, south = desks["north"], desks["south"]
    before, of_south = mapping_to(north, busiest), south.all(CustomerMapping)
    name = world.clients.companies[busiest].name
    devices = {each.id for each in north.all(Device, company_id=busiest)}
    assert devices
    later(hours=1)
    world.merge_companies(target, busiest, is_told)
    north.sync(Extent.SWEEP)
    south.sync(Extent.SWEEP)
    after = north.one(CustomerMapping, customer_id=before.customer_id)
    assert (after.company_id, after.merged_from, after.method) == (target, busiest, before.method)
    assert not north.all(Device, company_id=busiest)
    assert devices <= {each.id for each in north.all(Device, company_id=target)}
    assert None in north.dirty_days()
    page = owner.get(f"{page_of(after)}change/").content.decode()
    assert f"the desk had merged {name} into this one" in page
    assert [vars(each) | {"_state": None} for each in south.all(CustomerMapping)] == [
        vars(each) | {"_state": None} for each in of_south
    ]
    assert not south.all(TicketMove)


def test_a_persons_mapping_follows_what_can_be_nothing_else(desks, world, later, busiest, target):
    north = desks["north"]
    before = mapping_to(north, busiest)
    decide(before, busiest)
    for _ in range(company_merges.TICKETS_FOR_THAT):
        world.open_ticket(company=busiest)
    north.sync()
    later(hours=1)
    world.merge_companies(target, busiest)
    north.sync(Extent.SWEEP)
    after = north.one(CustomerMapping, customer_id=before.customer_id)
    assert (after.company_id, after.method, after.decided_by) == (target, "person", "ada")
    assert after.merged_from == busiest


def test_a_persons_mapping_that_a_few_tickets_speak_against_is_confirmed_by_one_click(
    desks, owner, world, later, busiest, target
):
    north = desks["north"]
    before = mapping_to(north, busiest)
    decide(before, busiest)
    for ticket in [each.id for each in world.tickets if each.company.id == busiest][5:]:
        world.delete_ticket(ticket)
    north.sync(Extent.SWEEP, allow_removals=True)
    with tenant("north"):
        RawTicket.objects.exclude(deleted_at=None).delete()
    later(hours=1)
    world.merge_companies(target, busiest)
    north.sync(Extent.SWEEP)
    assert north.one(CustomerMapping, customer_id=before.customer_id).company_id == busiest
    listed = owner.get(f"{QUEUE}?standing=broken").content.decode()
    name = world.clients.companies[target].name
    assert f"{name}? (100% of the tickets went there)" in listed
    assert f'formaction="{page_of(before)}decide/" name="company" value="{target}"' in listed
    assert f"It is {name}" in owner.get(f"{page_of(before)}change/").content.decode()
    owner.post(f"{page_of(before)}decide/", {"company": str(target)})
    north.sync(Extent.SWEEP)
    after = north.one(CustomerMapping, customer_id=before.customer_id)
    assert (after.company_id, after.decided_by) == (target, "owner")
    assert not north.all(CustomerSuggestion)


# --- what counts as a merge -------------------------------------------------------------------------


@pytest.fixture
def edr(north):
    JoinState.objects.create(id=1)
    factories.company(GONE, "Northwood Dental", deleted_at=factories.at("2026-03-02"))
    factories.company(INTO, "Maple Group")
    factories.company(OTHER, "Lakeside")
    return vendor(EDR)


def mapped(source, method="name", company=GONE, id_="site") -> CustomerMapping:
    row = {"source": source, "row_hash": b"", "external_id": id_, "name": "NWD", "level": "site"}
    RawVendorCustomer.objects.create(**row | {"state": "active"})
    return CustomerMapping.objects.create(
        source=source, customer_id=id_, company_id=company, method=method, decided_by="ada"
    )


def tickets(number: int, now_of: int, **fields) -> None:
    """So many of the company that is gone, and whose they are now."""
    for _ in range(number):
        ticket = factories.ticket(company_id=now_of, **fields)
        if now_of != GONE:
            TicketMove.objects.create(source=ticket.source, ticket_id=ticket.external_id, old_company_id=GONE)


def outcome() -> tuple[int | None, list[tuple[int, float]]]:
    """The company of the mapping, and what is proposed for it."""
    joining.refresh()
    proposed = [(each.company_id, float(each.score)) for each in CustomerSuggestion.objects.all()]
    return CustomerMapping.objects.get().company_id, proposed


@pytest.mark.parametrize(
    ("method", "went", "elsewhere", "stayed", "expected"),
    [
        ("name", 0, 0, 0, (GONE, [])),
        ("name", 0, 0, 9, (GONE, [])),
        ("name", 2, 0, 0, (GONE, [(INTO, 1.0)])),
        ("name", 3, 0, 0, (INTO, [])),
        ("name", 9, 1, 0, (INTO, [])),
        ("crm_id", 9, 0, 1, (INTO, [])),
        ("name", 8, 2, 0, (GONE, [(INTO, 0.8)])),
        ("name", 5, 1, 4, (GONE, [(INTO, 0.5)])),
        ("name", 4, 3, 3, (GONE, [])),
        ("person", 9, 0, 0, (GONE, [(INTO, 1.0)])),
        ("person", 10, 0, 0, (INTO, [])),
        ("person", 18, 0, 2, (GONE, [(INTO, 0.9)])),
        ("person", 20, 1, 0, (INTO, [])),
    ],
)
def test_nearly_all_tickets_make_a_merge_and_most_of_them_a_proposal(
    edr, method, went, elsewhere, stayed, expected
):
    mapped(edr, method)
    tickets(went, INTO)
    tickets(elsewhere, OTHER)
    tickets(stayed, GONE)
    assert outcome() == expected


def test_a_company_that_was_deleted_with_its_tickets_was_not_merged(edr):
    mapped(edr)
    tickets(4, INTO)
    tickets(30, GONE, deleted_at=factories.at("2026-03-02"))
    assert outcome() == (GONE, [])


def test_a_company_that_is_still_there_keeps_its_customers_whatever_its_tickets_do(edr):
    factories.company(260, "Northwood")
    mapped(edr, company=260)
    for _ in range(9):
        ticket = factories.ticket(company_id=INTO)
        TicketMove.objects.create(source=ticket.source, ticket_id=ticket.external_id, old_company_id=260)
    assert outcome() == (260, [])


def test_a_company_that_was_merged_on_leads_to_the_last_one(edr):
    mapped(edr)
    tickets(5, OTHER)
    for move in TicketMove.objects.all():
        TicketMove.objects.create(source=move.source, ticket_id=move.ticket_id, old_company_id=INTO)
    assert outcome() == (OTHER, [])


def test_a_customer_that_was_left_out_stays_so(edr):
    mapped(edr, "person", company=None)
    tickets(20, INTO)
    assert outcome() == (None, [])


def test_a_proposal_goes_when_the_customer_is_decided_or_taken_back(edr):
    site = mapped(edr, "person")
    tickets(2, INTO)
    assert outcome() == (GONE, [(INTO, 1.0)])
    mapping.forget(RawVendorCustomer.objects.filter(external_id=site.customer_id))
    joining.refresh()
    assert not CustomerSuggestion.objects.exists()
    assert not CustomerMapping.objects.exists()


def test_a_new_decision_forgets_the_merge_that_was_followed(edr):
    mapped(edr)
    tickets(5, INTO)
    assert outcome() == (INTO, [])
    assert CustomerMapping.objects.get().merged_from == GONE
    mapping.decide(RawVendorCustomer.objects.all(), OTHER, "ada")
    assert CustomerMapping.objects.get().merged_from is None


def test_tenants_follow_merges_of_their_own_desk_only(edr):
    mapped(edr)
    tickets(5, INTO)
    with tenant("south"):
        factories.company(GONE, deleted_at=factories.at("2026-03-02"))
        factories.company(INTO, "Maple Group")
        mapped(vendor(EDR))
        assert outcome() == (GONE, [])
    assert outcome() == (INTO, [])
