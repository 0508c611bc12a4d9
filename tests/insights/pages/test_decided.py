"""What can be done with improvement projects on the tenant's pages."""

import pytest
from django.test import Client
from django.utils import timezone

from insights import workflow
from insights.models import Proposal
from tenants.context import tenant
from tests.insights.pages.shown import LIST, only, page, page_of, post


def test_before_it_is_accepted_it_is_shown_what_will_be_fixed(sign_in):
    text = page(sign_in(), f"{LIST}{only().pk}/confirm/")
    for words in (
        "Compared with the same topic at other clients: 4",
        "weeks after the project&#x27;s end",
        "Smallest reduction that would be noticed",
        "north client 1",
    ):
        assert words in text, words
    assert only().status == "proposed"


def test_the_clients_of_a_desk_project_are_chosen_before_it_is_accepted(sign_in):
    with tenant("north"):
        Proposal.objects.update(company=None, scope="desk")
    client, one = sign_in(), only()
    text = page(client, f"{LIST}{one.pk}/confirm/?chooses=1&company=1&company=2")
    assert "Compared with the same topic at other clients: 3" in text
    assert "at least one client" in page(client, f"{LIST}{one.pk}/confirm/?chooses=1")
    post(
        client,
        one,
        "accept",
        chooses="1",
        company=["1", "2"],
        owner="owner",
        planned_cost="1.200,5".replace(".", ""),
    )
    one = only()
    assert (one.status, one.baseline.treated["companies"]) == ("accepted", [1, 2])
    with tenant("north"):
        assert (one.owner.username, float(one.planned_cost)) == ("owner", 1200.5)


def test_a_project_goes_its_way_on_its_page(sign_in):
    client = sign_in()
    today = timezone.localdate().isoformat()
    for deed, sent, status in (
        ("snooze", {"until": "2099-01-01"}, "snoozed"),
        ("reopen", {}, "proposed"),
        ("accept", {}, "accepted"),
        ("start", {}, "in_progress"),
        ("finish", {"actual_hours": "12,5", "finished_on": ""}, "done"),
    ):
        assert "Noted." in post(client, only(), deed, **sent), deed
        assert only().status == status
    text = page_of(client, only())
    for words in ("Proposed → Put off", "In progress → Done", "manager", today[:4]):
        assert words in text


@pytest.mark.parametrize(
    ("deed", "sent", "sentence"),
    [
        ("reject", {"reason": " "}, "Say why this is rejected"),
        ("snooze", {"until": "soon"}, "is no date"),
        ("snooze", {"until": ""}, "Choose a day to come"),
        ("start", {}, "so this cannot be done with it"),
        ("plan", {"planned_cost": "much"}, "is no number"),
        ("plan", {"planned_cost": "nan"}, "is no number"),
        ("plan", {"project_ticket_id": "x"}, "is no number of a ticket"),
        ("plan", {"owner": "technician"}, "who may see projects"),
        ("comment", {"text": ""}, "Write something first"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(sign_in, deed, sent, sentence):
    client, one = sign_in(), only()
    assert sentence in post(client, one, deed, **sent)
    assert only().status == "proposed"


def test_who_decides_on_an_old_page_is_told_what_happened_meanwhile(sign_in):
    manager, owner, one = sign_in("manager"), sign_in("owner"), only()
    post(manager, one, "accept")
    assert "Meanwhile manager has moved" in post(owner, one, "reject", reason="no")
    assert only().status == "accepted"


def bulk(client: Client, action: str, **sent) -> str:
    with tenant("north"):
        rows = dict(Proposal.objects.values_list("pk", "version"))
    seen = {f"seen_{pk}": version for pk, version in rows.items()} if "confirmed" in sent else {}
    told = {"action": action, "_selected_action": list(rows)} | seen | sent
    return client.post(LIST, told, follow=True).content.decode()


def statuses() -> set[str]:
    with tenant("north"):
        return set(Proposal.objects.values_list("status", flat=True))


@pytest.mark.parametrize(
    ("action", "sent", "asked", "status"),
    [
        ("accept_all", {}, "For all their clients", "accepted"),
        ("reject_all", {"reason": "Not now"}, "Reason, for all of them", "rejected"),
        ("snooze_all", {"until": "2099-01-01"}, "Put off until", "snoozed"),
    ],
)
def test_several_are_decided_at_once(sign_in, several, action, sent, asked, status):
    client = sign_in()
    assert asked in bulk(client, action)
    assert statuses() == {"proposed"}
    assert "2 projects decided" in bulk(client, action, confirmed="1", **sent)
    assert statuses() == {status}


def test_all_of_several_or_none(sign_in, several):
    with tenant("north"):
        workflow.reject(Proposal.objects.get(name="second"), None, timezone.now(), "no")
    text = bulk(sign_in(), "accept_all", confirmed="1")
    assert "“second” was decided about before" in text
    assert statuses() == {"proposed", "rejected"}
