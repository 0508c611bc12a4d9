"""What an MSP wants to reach: who may say it, and which values make sense."""

import pytest

from kpis.models import Target
from tenants.context import tenant

PAGE = "/admin/kpis/target/"


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 403), ("technician", 403)])
@pytest.mark.parametrize("address", [PAGE, f"{PAGE}add/"])
def test_owners_set_targets(sign_in, role, status, address):
    assert sign_in(role).get(address).status_code == status


def test_a_target_is_set_for_one_msp_alone(sign_in):
    sent = {"figure": "median_ttr", "value": "8", "warn_at": "12"}
    assert sign_in("owner").post(f"{PAGE}add/", sent).status_code == 302
    with tenant("north"):
        assert Target.objects.values_list("figure", "value", "warn_at").get() == ("median_ttr", 8, 12)
    with tenant("south"):
        assert not Target.objects.exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"figure": "fcr", "value": "101"}, "Give a value from 0 to 100."),
        ({"figure": "csat", "value": "0.5"}, "Give a value from 1 to 5."),
        ({"figure": "csat", "value": "4", "warn_at": "6"}, "Give a value from 1 to 5."),
        ({"figure": "backlog", "value": "-1"}, "greater than or equal to 0"),
        ({"figure": "sla_met", "value": "95", "warn_at": "97"}, "More is better here"),
        ({"figure": "backlog", "value": "50", "warn_at": "40"}, "Less is better here"),
        ({"figure": "nonsense", "value": "1"}, "is not one of the available choices"),
        ({"figure": "fcr", "value": ""}, "This field is required."),
    ],
)
def test_a_target_that_makes_no_sense_is_answered_with_a_sentence(sign_in, sent, sentence):
    answer = sign_in("owner").post(f"{PAGE}add/", sent)
    assert sentence in answer.content.decode()
    with tenant("north"):
        assert not Target.objects.exists()


def test_a_figure_has_one_target_and_is_not_offered_again(sign_in):
    client = sign_in("owner")
    with tenant("north"):
        own = Target.objects.create(figure="fcr", value=80)
    assert 'value="fcr"' not in client.get(f"{PAGE}add/").content.decode()
    assert 'value="sla_met"' in client.get(f"{PAGE}add/").content.decode()
    assert 'value="fcr"' in client.get(f"{PAGE}{own.pk}/change/").content.decode()
    assert (
        "not one of the available"
        in client.post(f"{PAGE}add/", {"figure": "fcr", "value": "1"}).content.decode()
    )


def test_the_list_says_which_direction_is_good_in_the_readers_language(sign_in):
    client = sign_in("owner")
    with tenant("north"):
        Target.objects.create(figure="backlog", value=50)
    assert "Less is better" in client.get(PAGE).content.decode()
    french = client.get(PAGE, HTTP_ACCEPT_LANGUAGE="fr").content.decode()
    assert "Moins, c&#x27;est mieux" in french
