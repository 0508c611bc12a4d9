import pytest

from tenants.context import NoSchema, UnknownTenant, each_tenant, tenant
from tenants.models import Holiday, TenantSettings


def test_each_tenant_has_its_own_settings(db):
    zones = {}
    for msp in each_tenant():
        zones[msp.schema_name] = TenantSettings.load().time_zone
    assert zones == {"north": "America/Toronto", "south": "Europe/Paris"}


def test_rows_of_one_tenant_are_not_seen_in_the_other(db):
    with tenant("north"):
        Holiday.objects.create(day="2026-07-01", name="Canada Day")
    with tenant("south"):
        assert not Holiday.objects.exists()


@pytest.mark.parametrize("schema", ["", "public"])
def test_work_without_a_tenant_is_refused(db, schema):
    with pytest.raises(NoSchema), tenant(schema):
        pass


def test_an_unknown_tenant_is_named_in_the_error(db):
    with pytest.raises(UnknownTenant, match="nowhere"), tenant("nowhere"):
        pass
