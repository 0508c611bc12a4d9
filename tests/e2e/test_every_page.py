"""Every page of every role in a real browser: nothing refused or asked elsewhere, nothing too wide, usable by all."""

from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Page

from tests.e2e import look

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]
Check = Callable[[Page], list[str]]
EVERYWHERE: tuple[Check, ...] = (look.wider_than_a_phone, look.hard_to_use, look.hard_to_read_in_the_dark)
DOCS = "/api/v1/docs/"
ALIKE = "<path:object_id>/history/"
IN_FRENCH: tuple[Check, ...] = (look.wider_than_a_phone,)  # longer words; the rest is as in English

SHOWN = """async addresses => {
    const isPage = async answer => answer.status === 200 && (await answer.text()).includes("<html");
    const found = [];
    for (const address of addresses) if (await isPage(await fetch(address, {redirect: "manual"}))) found.push(address);
    return found;
}"""


def problems(page: Page, addresses: Iterable[str], checks: Iterable[Check]) -> dict[str, list[str]]:
    found = {}
    for address in addresses:
        with look.watched(page) as refused:
            page.goto(address)
            told = [problem for check in checks for problem in check(page)]
        if refused or told:
            found[address] = refused + told
    return found


def shown_to(page: Page, addresses: Iterable[str]) -> list[str]:
    """Those that are pages for whoever is signed in."""
    found: list[str] = page.evaluate(SHOWN, [address for address in addresses if address != DOCS])
    return found


def without_the_alike(pages: dict[str, str]) -> list[str]:
    """The history of one table's row looks like that of another's."""
    alike = [route for route in pages if route.endswith(ALIKE)]
    return [address for route, address in pages.items() if route not in alike[1:]]


def test_an_owner_finds_every_page_whole(visit, pages):
    page = visit("owner", locale="en", viewport=look.DESK)
    addresses = shown_to(page, without_the_alike(pages))
    assert len(addresses) > 60
    assert problems(page, addresses, EVERYWHERE) == {}


def test_the_pages_of_our_own_are_as_whole_in_french(visit, pages):
    page = visit("manager", locale="fr-CA", viewport=look.DESK)
    own = [address for route, address in pages.items() if "<path:object_id>" not in route]
    assert problems(page, shown_to(page, own), IN_FRENCH) == {}


def test_a_technician_finds_every_page_whole(visit, pages):
    page = visit("technician", locale="en", viewport=look.DESK)
    addresses = shown_to(page, pages.values())
    assert "/me/" in addresses
    assert problems(page, addresses, EVERYWHERE) == {}


def test_the_sign_in_page_is_whole(chromium, port):
    with chromium.new_context(viewport=look.DESK) as context:
        page = context.new_page()
        page.goto(f"http://north.localhost:{port}/login/")
        assert problems(page, [page.url], EVERYWHERE) == {}


def test_the_apis_page_works_under_the_policy_and_fits_a_phone(chromium, port):
    """Swagger UI's own page for programmers; how usable its parts are is not ours to say."""
    with chromium.new_context(viewport=look.DESK) as context:
        page = context.new_page()
        page.goto(f"http://north.localhost:{port}/login/")
        assert problems(page, [page.url.replace("/login/", DOCS)], [look.wider_than_a_phone]) == {}
        page.wait_for_selector(".opblock")
