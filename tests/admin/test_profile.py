import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from connectors.models import RawMember
from kpis.models import KpiBreakdown
from tenants.context import tenant
from tenants.models import MemberLink
from tests.admin.conftest import MEMBER, OTHER_MEMBER, link
from tests.admin.technicians import COLLEAGUES, fill_desk


@pytest.fixture
def desk(both) -> None:
    """Comparable work in north, the technician's account being Ada's; south as it was."""
    with tenant("north"):
        fill_desk("north-marker")
        link(member_id=MEMBER)


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


def test_programs_have_no_page(sign_in):
    client = sign_in("manager")
    with tenant("north"):
        RawMember.objects.filter(external_id=MEMBER).update(automation_override=True)
    assert client.get(f"/technicians/{MEMBER}/").status_code == 404
    assert client.get(f"/technicians/{MEMBER}/work/tickets/").status_code == 404


def test_the_own_page_says_first_what_it_is_for_and_what_not(sign_in, desk):
    text = sign_in("technician").get("/me/").content.decode()
    first, second = text.index("This page is yours"), text.index("It is no ranking")
    assert first < second < text.index("Tickets finished")
    client = sign_in("technician")
    client.cookies["django_language"] = "fr"
    assert "Cette page est la vôtre" in unescape(client.get("/me/").content.decode())


def test_strengths_and_areas_to_improve_say_what_they_rest_on(sign_in, desk):
    page = sign_in("technician").get("/me/")
    text = " ".join(unescape(re.sub("<[^>]+>", " ", page.content.decode())).split())
    assert [one.name for one in page.context["strengths"]] == ["north-marker board / Mail"]
    assert [one.name for one in page.context["weaknesses"]] == ["north-marker board / Server"]
    assert re.search(r"board / Server \d+ % more time .* rests on 12 tickets", text)
    assert re.search(r"board / Mail \d+ % less time .* rests on 12 tickets", text)


def test_areas_to_improve_show_the_longest_own_tickets_with_ways_to_them(sign_in, desk):
    page = sign_in("technician").get("/me/")
    (weak,) = page.context["weaknesses"]
    assert [one.minutes for one in weak.examples] == [4 * 82, 4 * 64, 4 * 52]
    assert {one.summary for one in weak.examples} == {f"north-marker Server of {MEMBER}"}
    for one in weak.examples:
        assert one.desk.url.startswith("https://na.example.net/")
        assert f'href="{one.dispute}"' in page.content.decode()


def test_every_link_on_the_own_page_leads_to_something_a_technician_may_see(sign_in, desk):
    client = sign_in("technician")
    text = client.get("/me/?days=90").content.decode()
    main = text[text.index('<main class="dm-person"') :]
    links = {unescape(found) for found in re.findall(r'<a [^>]*href="([/?][^"]*)"', main)}
    answers = {one: client.get(f"/me/{one}" if one[0] == "?" else one).status_code for one in links}
    assert len(answers) > 20
    assert set(answers.values()) == {200}


def test_the_work_behind_a_figure_adds_up_to_it_and_is_nobody_elses(sign_in, desk):
    client = sign_in("technician")
    told = client.get("/me/").context
    tickets = client.get("/me/work/tickets/")
    assert tickets.context["parts"].paginator.count == told["own"].handled
    entries = client.get("/me/work/time/").context["parts"].paginator.object_list
    assert float(sum(part.numerator for part in entries)) == pytest.approx(
        60 * sum(one.hours for one in told["clients"])
    )
    pages = [client.get(f"/me/work/tickets/?page={page}").content.decode() for page in (1, 2)]
    assert f"Printer of {MEMBER}" in "".join(pages)
    assert not any(f"of {number}" in page for page in pages for number in COLLEAGUES)


def test_the_work_of_one_kind_is_what_its_share_counts(sign_in, desk):
    client = sign_in("technician")
    share = next(one.share for one in client.get("/me/").context["domains"] if "Server" in one.name)
    asked = "board=1&type=Server"
    count = client.get(f"/me/work/tickets/?{asked}").context["parts"].paginator.count
    assert count == share.tickets == 12
    entries = client.get(f"/me/work/ticket-time/?{asked}").context["parts"].paginator.object_list
    assert float(sum(part.numerator for part in entries)) == pytest.approx(share.minutes)


@pytest.mark.parametrize(
    "address", ["/me/work/nonsense/", "/me/work/time/?company=me", "/me/work/tickets/?board=x"]
)
def test_a_figure_that_is_not_there_is_not_found(sign_in, desk, address):
    assert sign_in("technician").get(address).status_code == 404


def test_the_fair_comparison_is_drawn_around_the_team_and_ranks_nobody(sign_in, desk):
    page = sign_in("technician").get("/me/")
    text = page.content.decode()
    assert page.context["comparison"].technician == MEMBER
    assert len(page.context["intervals"]) >= 2
    assert text.count('class="dm-ruler"') == len(page.context["intervals"])
    assert not re.search(r"\brank\b|\bplace \d|\bbest of\b", text)


def test_who_has_too_few_tickets_is_told_how_many_are_needed(sign_in, desk):
    client = sign_in("technician")
    with tenant("north"):
        MemberLink.objects.update(member_id=OTHER_MEMBER)
    text = client.get("/me/").content.decode()
    assert "a comparison needs 10" in text
    assert "So far there are 0" in text


def test_the_trend_is_a_line_with_its_band(sign_in, desk):
    with tenant("north"):
        scores = KpiBreakdown.objects.filter(kpi="tech_comparison", metric="score", technician=MEMBER)
        days = scores.filter(kpi_date__lt=timezone.localdate()).count()
    trend = sign_in("technician").get("/me/").context["trend"]
    assert days >= 2
    assert len(trend.days) == 90
    assert len(trend.areas) == 1
    assert len(trend.areas[0].split()) == 2 * days


def test_a_period_can_be_chosen_by_month_and_by_days(sign_in, desk):
    client = sign_in("technician")
    yesterday = timezone.localdate() - timedelta(days=1)
    chosen = client.get(f"/me/?since={yesterday}&until={yesterday}").context["period"]
    assert (chosen.since, chosen.last_day) == (yesterday, yesterday)
    month = client.get(f"/me/?month={yesterday:%Y-%m}").context["period"]
    assert month.is_month
    assert client.get("/me/?days=90").context["period"].days == 90


def test_the_definitions_are_of_the_figures_of_the_page(sign_in):
    text = unescape(sign_in("technician").get("/me/definitions/").content.decode())
    for name in ("Tech efficiency", "Tech comparison", "Tech profile", "Utilisation", "First response"):
        assert name in text


def test_an_owner_links_an_account_on_the_technicians_page(sign_in):
    client = sign_in("owner")
    with tenant("north"):
        member = RawMember.objects.get(external_id=MEMBER)
        user = User.objects.get(username="technician")
    address = f"/admin/connectors/rawmember/{member.pk}/change/"
    assert client.post(address, {"automation_override": "unknown", "user": user.pk}).status_code == 302
    with tenant("north"):
        assert MemberLink.objects.get(user=user).member_id == MEMBER
