import pytest

from tenants.context import tenant
from tenants.models import TenantSettings

PAGE = "/admin/tenants/tenantsettings/1/change/"


@pytest.fixture
def sent(sign_in) -> dict[str, str]:
    """What the settings form sends when nobody has changed anything."""
    form = sign_in("owner").get(PAGE).context["adminform"].form
    return {field.name: field.value() for field in form}


def save(client, sent: dict[str, str]):
    response = client.post(PAGE, sent)
    with tenant("north"):
        return response, TenantSettings.load()


def test_saving_without_a_change_changes_nothing(sign_in, sent):
    with tenant("north"):
        before = TenantSettings.load()
    response, after = save(sign_in("owner"), sent)
    assert response.status_code == 302
    assert (after.working_hours, after.alert_sla_hours) == (before.working_hours, before.alert_sla_hours)


def test_working_hours_are_written_as_people_write_them(sign_in, sent):
    hours = "mon: 08:00-12:00, 13:00-17:00\n\nTue: 09:00–24:00"
    _, after = save(sign_in("owner"), sent | {"working_hours": hours})
    assert after.working_hours == {
        "mon": [["08:00", "12:00"], ["13:00", "17:00"]],
        "tue": [["09:00", "24:00"]],
    }


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("working_hours", "mon: nine to five"),
        ("working_hours", "funday: 08:00-12:00"),
        ("working_hours", "mon: 12:00-08:00"),
        ("alert_sla_hours", "critical: soon"),
        ("alert_sla_hours", "critical: 4"),
        ("time_zone", "Mars/Olympus"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(sign_in, sent, field, text):
    response, _ = save(sign_in("owner"), sent | {field: text})
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
