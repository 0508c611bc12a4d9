from tenants.context import tenant
from tests.admin.conftest import MEMBER, OTHER_MEMBER, link


def test_a_technician_sees_the_own_figures_only(sign_in):
    client = sign_in("technician")
    with tenant("north"):
        link(member_id=MEMBER)
    page = client.get("/me/")
    text = page.content.decode()
    assert page.context["own"].technician == MEMBER
    assert page.context["own"].handled == 20
    assert "north-marker ticket" in text
    assert "north-marker Ben" not in text


def test_tickets_of_others_are_not_on_the_own_page(sign_in):
    client = sign_in("technician")
    with tenant("north"):
        link(member_id=OTHER_MEMBER)
    page = client.get("/me/")
    assert list(page.context["open"]) == list(page.context["closed"]) == []


def test_a_technician_nobody_linked_is_told_whom_to_ask(sign_in):
    text = sign_in("technician").get("/me/").content.decode()
    assert "Ask your owner" in text
    assert "north-marker ticket" not in text


def test_a_technician_has_no_other_page_even_the_own_one_by_number(sign_in):
    client = sign_in("technician")
    with tenant("north"):
        link()
    assert client.get(f"/technicians/{MEMBER}/").status_code == 403
    assert client.get("/admin/kpis/kpidaily/").status_code == 403


def test_an_unknown_technician_is_not_found(sign_in):
    assert sign_in("manager").get("/technicians/987654/").status_code == 404


def test_an_owner_links_an_account_on_the_technicians_page(sign_in):
    from django.contrib.auth.models import User

    from connectors.models import RawMember
    from tenants.models import MemberLink

    client = sign_in("owner")
    with tenant("north"):
        member = RawMember.objects.get(external_id=MEMBER)
        user = User.objects.get(username="technician")
    address = f"/admin/connectors/rawmember/{member.pk}/change/"
    assert client.post(address, {"automation_override": "unknown", "user": user.pk}).status_code == 302
    with tenant("north"):
        assert MemberLink.objects.get(user=user).member_id == MEMBER
