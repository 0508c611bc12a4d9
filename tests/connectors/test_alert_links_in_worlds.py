"""Links between alerts and tickets against what simulated worlds know to be true, and the whole way from a sync."""

from collections import Counter

from connectors import joining
from connectors.models import AlertTicketLink, CustomerMapping, Device
from connectors.simulators.world import World
from tenants.context import tenant
from tests.connectors.conftest import NOW
from tests.connectors.security_rows import fill, fill_vendors


def test_in_a_world_that_knows_the_truth_nineteen_of_twenty_links_are_right(north):
    world = World.build(seed=3, now=NOW, months=5, tickets_per_day=12)
    fill(world)
    joining.refresh()
    into = world.truth.merged_tickets
    truth = {each.reference: into.get(each.ticket.id, each.ticket.id) for each in world.alerts if each.ticket}
    right, wrong = Counter(), Counter()
    for link in AlertTicketLink.objects.all():
        (right if truth.get(link.alert_id) == link.ticket_id else wrong)[link.method] += 1
    assert all(right[method] >= 0.95 * (right[method] + wrong[method]) for method in right | wrong), (
        right,
        wrong,
    )
    assert set(right) == {"vendor", "reference", "text", "host", "time"}
    assert right.total() >= 0.9 * len(truth)
    assert right.total() - right["time"] >= 0.75 * len(truth)
    assert right["vendor"] + right["reference"] + right["text"] >= 0.45 * len(truth)


def test_a_desks_sync_joins_what_security_vendors_told_in_each_tenant_for_itself(worlds, connect):
    sites = {schema: connect(schema) for schema in worlds}
    for schema, world in worlds.items():
        with tenant(schema):
            fill_vendors(world)
        sites[schema].sync()
    for schema, world in worlds.items():
        site, truth = sites[schema], world.truth.alert_tickets
        by_reference = {each.reference: truth.get(each.id) for each in world.alerts}
        found = {each.alert_id: each.ticket_id for each in site.all(AlertTicketLink)}
        assert found
        assert {id_: by_reference[id_] for id_ in found} == found
        assert {each.company_id for each in site.all(CustomerMapping)} == set(world.clients.companies.ids)
        owners = {each.company_id for each in site.all(Device)}
        assert owners <= set(world.clients.companies.ids)
        assert owners
    sites["north"].forget_dirty_days()
    sites["north"].sync()
    assert sites["north"].dirty_days() == set()
