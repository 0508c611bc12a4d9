"""What people do on a Monday morning, in a real browser."""

from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("browser")]


def test_a_manager_gets_from_the_login_to_the_tickets_behind_a_number(visit):
    page = visit("manager")
    assert urlsplit(page.url).path == "/admin/"
    number = page.locator(".dm-figure", has_text="New tickets").locator(".dm-value a")
    shown = number.inner_text().split()[-1]
    number.click()
    page.wait_for_url("**/rawticket/**")
    assert "Behind the figure" in page.content()
    assert page.locator("#result_list tbody tr").count() == int(shown)


def test_a_technician_sees_the_own_page_and_no_other(visit):
    page = visit("technician")
    assert urlsplit(page.url).path == "/me/"
    assert "north-marker ticket" in page.content()
    for address in ("/admin/", "/technicians/11/", "/admin/kpis/finding/"):
        assert page.goto(address).status == 403
        assert "Not for this account" in page.content()


def test_a_french_speaker_reads_french_and_may_switch(visit):
    page = visit("owner", locale="fr-CA")
    assert page.locator("h1").first.inner_text() == "Tableau de bord"
    page.goto("/me/")
    page.click("text=English")
    assert page.locator("html").get_attribute("lang") == "en"


def test_no_page_asks_anything_of_another_host(visit):
    page = visit("owner")
    for address in ("/admin/", "/admin/connectors/rawticket/", "/admin/connectors/connection/", "/me/"):
        page.goto(address)
    asked = [address for address in page.asked if not address.startswith("data:")]
    assert {urlsplit(address).hostname for address in asked} == {"north.localhost"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "address", ["/admin/", "/me/", "/admin/kpis/kpidaily/", "/admin/connectors/connection/"]
)
def test_pages_fit_a_phone_and_log_no_error(visit, address, scheme):
    page = visit("owner", viewport={"width": 360, "height": 800}, color_scheme=scheme)
    problems = []
    page.on("console", lambda message: message.type == "error" and problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert problems == []


def test_a_finding_is_dismissed_with_a_reason(visit):
    page = visit("manager")
    page.click("text=north-marker surge")
    page.click("button:has-text('Dismiss')")
    page.wait_for_selector("text=Say why this is dismissed")
    page.fill("[name=reason]", "Planned migration")
    page.click("button:has-text('Dismiss')")
    page.wait_for_selector("text=Noted.")
    assert "Planned migration" in page.content()
