from typing import Any

import pytest

from tenants.context import tenant
from tenants.models import TenantSettings
from tests import factories

PAGE = "/admin/tenants/tenantsettings/1/change/"


@pytest.fixture
def sent(sign_in) -> dict[str, Any]:
    """What the settings form sends when nobody has changed anything."""
    form = sign_in("owner").get(PAGE).context["adminform"].form
    return {field.name: field.value() for field in form if field.value() is not None}  # no file is chosen


def save(client, sent: dict[str, Any]):
    response = client.post(PAGE, sent)
    with tenant("north"):
        return response, TenantSettings.load()


def test_saving_without_a_change_changes_nothing(sign_in, sent):
    with tenant("north"):
        before = TenantSettings.load()
    response, after = save(sign_in("owner"), sent)
    assert response.status_code == 302
    assert (after.working_hours, after.alert_sla_hours) == (before.working_hours, before.alert_sla_hours)
    assert (after.companies_without_agreement, after.device_products) == ([], before.device_products)


def test_working_hours_are_written_as_people_write_them(sign_in, sent):
    hours = "mon: 08:00-12:00, 13:00-17:00\n\nTue: 09:00–24:00"
    _, after = save(sign_in("owner"), sent | {"working_hours": hours})
    assert after.working_hours == {
        "mon": [["08:00", "12:00"], ["13:00", "17:00"]],
        "tue": [["09:00", "24:00"]],
    }


def test_companies_without_agreement_are_chosen_by_name(sign_in, sent):
    with tenant("south"):
        factories.company(777, "Another MSP's client")
    with tenant("north"):
        factories.company(40, "Ourselves")
        factories.settings(companies_without_agreement=[4000])
    page = sign_in("owner").get(PAGE)
    choices = dict(page.context["adminform"].form.fields["companies_without_agreement"].choices)
    assert choices[40] == "Ourselves"
    assert choices[4000] == "#4000"
    assert 777 not in choices
    _, after = save(sign_in("owner"), sent | {"companies_without_agreement": ["40", "4000"]})
    assert after.companies_without_agreement == [40, 4000]


def test_products_per_device_are_written_one_a_line(sign_in, sent):
    _, after = save(sign_in("owner"), sent | {"device_products": "edr \n\nHuntress\n"})
    assert after.device_products == ["edr", "Huntress"]


def test_whether_agreements_list_all_that_they_cover_is_the_msps_choice(sign_in, sent):
    _, after = save(sign_in("owner"), sent | {"agreement_lists_are_complete": "on"})
    assert after.agreement_lists_are_complete


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("working_hours", "mon: nine to five"),
        ("working_hours", "funday: 08:00-12:00"),
        ("working_hours", "mon: 12:00-08:00"),
        ("alert_sla_hours", "critical: soon"),
        ("alert_sla_hours", "critical: 4"),
        ("time_zone", "Mars/Olympus"),
        ("companies_without_agreement", ["4711"]),
        ("device_products", " "),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(sign_in, sent, field, text):
    response, _ = save(sign_in("owner"), sent | {field: text})
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors


def test_an_owner_says_whose_labels_count_and_how_much_saved_time_becomes_money(sign_in, sent):
    assert (sent["labels_from"], str(sent["cashable_share"])) == ("rule", "0.25")
    _, after = save(sign_in("owner"), sent | {"labels_from": "llm", "cashable_share": "0.4"})
    assert (after.labels_from, str(after.cashable_share)) == ("llm", "0.40")
    response, after = save(sign_in("owner"), sent | {"cashable_share": "1.5"})
    assert response.status_code == 200
    assert str(after.cashable_share) == "0.40"
    with tenant("south"):
        assert TenantSettings.load().labels_from == "rule"
