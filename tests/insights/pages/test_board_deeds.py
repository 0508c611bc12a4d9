"""Deciding on the board: every move is a button, one comes back, and nobody's words are lost."""

import pytest
from django.utils import timezone

from insights import workflow
from insights.models import Proposal
from tenants.context import tenant
from tests.insights.pages.shown import LIST, only, page, post, project
from tests.insights.pages.test_board import BOARD, column

FILTERED = f"{BOARD}?company=1"


def test_after_each_deed_one_is_back_on_the_board_where_one_was(sign_in):
    client = sign_in()
    for deed, sent, status in (
        ("snooze", {"until": "2099-01-01"}, "snoozed"),
        ("reopen", {}, "proposed"),
        ("accept", {}, "accepted"),
        ("start", {}, "in_progress"),
        ("finish", {"actual_hours": "8"}, "done"),
    ):
        one = only()
        sent = {"seen": one.version, "next": FILTERED} | sent
        answer = client.post(f"{LIST}{one.pk}/{deed}/", sent)
        assert answer.headers["Location"] == FILTERED, deed
        assert "north self-service" in column(page(client, FILTERED), status)


def test_the_card_offers_what_is_possible_now_and_nothing_else(sign_in):
    client, pk = sign_in(), only().pk
    text = column(page(client, BOARD), "proposed")
    for deed, is_offered in (
        ("confirm", True),
        ("snooze", True),
        ("reject", True),
        ("start", False),
        ("reopen", False),
    ):
        assert (f"{LIST}{pk}/{deed}/" in text) == is_offered, deed
    assert f"{LIST}{pk}/confirm/?next=%2Fadmin%2Fboard%2F" in text


def test_a_part_of_a_project_for_several_clients_is_not_accepted_alone(sign_in, several):
    with tenant("north"):
        whole = Proposal.objects.get(name="second")
        Proposal.objects.filter(name="north self-service").update(rolled_into=whole)
        part = Proposal.objects.get(name="north self-service")
    text = column(page(sign_in(), BOARD), "proposed")
    assert f"{LIST}{part.pk}/confirm/" not in text
    assert "It is part of a project for several clients" in text


def test_what_is_frozen_is_shown_first_and_leads_back_to_the_board(sign_in):
    text = page(sign_in(), f"{LIST}{only().pk}/confirm/?next={BOARD}")
    assert f'name="next" value="{BOARD}"' in text
    assert f'href="{BOARD}"' in text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_led_away(sign_in, elsewhere):
    client, one = sign_in(), only()
    answer = client.post(f"{LIST}{one.pk}/reject/", {"seen": one.version, "reason": "no", "next": elsewhere})
    assert answer.headers["Location"] == f"{LIST}{one.pk}/change/"
    assert elsewhere not in page(client, f"{LIST}{one.pk}/confirm/?next={elsewhere}")


def test_who_is_too_late_reads_who_was_faster_and_gets_the_own_words_back(sign_in):
    manager, owner, one = sign_in("manager"), sign_in("owner"), only()
    post(manager, one, "snooze", until="2099-01-01")
    text = post(owner, one, "reject", reason="They leave us in June", next=BOARD)
    for words in ("Meanwhile manager has moved", "They leave us in June", "Put off", f'href="{BOARD}"'):
        assert words in text, words
    assert only().status == "snoozed"
    assert "Noted." in post(owner, only(), "reject", reason="They leave us in June")
    assert only().status == "rejected"


def test_a_second_look_at_the_same_status_is_too_late_as_well(sign_in):
    """Put off by both: the status is what both saw, and still the second would overwrite the first."""
    manager, owner = sign_in("manager"), sign_in("owner")
    post(manager, only(), "snooze", until="2099-01-01")
    seen = only()
    post(manager, seen, "snooze", until="2099-06-01")
    assert "Meanwhile manager has moved" in post(owner, seen, "snooze", until="2099-03-01")
    assert str(only().snoozed_until) == "2099-06-01"


def test_a_plan_does_not_overwrite_one_that_was_not_seen(sign_in):
    manager, owner, one = sign_in("manager"), sign_in("owner"), only()
    post(manager, one, "plan", owner="manager", planned_cost="1200")
    text = post(owner, one, "plan", owner="owner", planned_cost="900")
    assert "Meanwhile manager has changed the plan" in text
    assert "900" in text
    assert float(only().planned_cost) == 1200


def test_a_comment_and_renewed_evidence_make_nobody_late(sign_in):
    manager, owner, one = sign_in("manager"), sign_in("owner"), only()
    post(manager, one, "comment", text="Let us ask them")
    with tenant("north"):
        workflow.tell(Proposal.objects.get(), "refreshed", None, timezone.now())
    assert "Noted." in post(owner, one, "accept")


def test_a_finished_projects_end_is_corrected_from_its_card(sign_in):
    project("done")
    text = column(page(sign_in(), BOARD), "done")
    assert "Correct its end" in text
