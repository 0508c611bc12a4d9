"""Accounts for technicians, and the addresses by which they are entered."""

from django.contrib.auth.models import User
from django.test import Client

from tenants.context import tenant
from tenants.models import MemberLink
from tests.admin.setup.path import SETUP, text


def test_accounts_are_suggested_by_e_mail_and_linked_or_made(staffed):
    page = staffed.get(f"{SETUP}people/")
    told = {
        each.member.name: (each.user and each.user.username, each.username)
        for each in page.context["suggestions"]
    }
    assert set(told) == {"Ada Byron", "Ben Nguyen"}
    assert told["Ada Byron"][0] == "ada"
    assert told["Ben Nguyen"] == (None, "ben@north.example")
    page = staffed.post(f"{SETUP}people/", {"member": ["11"]})
    assert "1 account was linked." in text(page)
    with tenant("north"):
        assert MemberLink.objects.get().user.username == "ada"
        assert not User.objects.filter(username="ben@north.example").exists()


def test_a_new_account_is_entered_once_by_the_address_that_was_shown(staffed):
    page = staffed.post(f"{SETUP}people/", {"all": "yes"})
    (welcome,) = page.context["welcomes"]
    assert welcome.address not in text(staffed.get(f"{SETUP}people/"))
    ben = Client(HTTP_HOST="north.localhost")
    form = ben.get(welcome.address, follow=True)
    assert "you sign in as ben@north.example" in text(form)
    chosen = {"new_password1": "a-long-way-home-7", "new_password2": "a-long-way-home-7"}
    ben.post(form.request["PATH_INFO"], chosen)
    assert ben.get("/").headers["Location"] == "/me/"
    with tenant("north"):
        assert MemberLink.objects.get(user__username="ben@north.example").member_id == 12
    again = Client(HTTP_HOST="north.localhost").get(welcome.address, follow=True)
    assert "has been used already" in text(again)


def test_an_address_of_welcome_is_good_at_its_own_msp_only(staffed):
    (welcome,) = staffed.post(f"{SETUP}people/", {"all": "yes"}).context["welcomes"]
    elsewhere = welcome.address.replace("north", "south")
    page = Client(HTTP_HOST="south.localhost").get(elsewhere, follow=True)
    assert "has been used already" in text(page)


def test_only_the_last_step_waits_for_people_who_are_not_there(fresh):
    standing = {each.step.slug: each.standing.state for each in fresh().get(SETUP).context["stages"]}
    assert standing == {
        "settings": "next",
        "connection": "next",
        "check": "later",
        "sync": "later",
        "people": "later",
        "figures": "later",
    }
