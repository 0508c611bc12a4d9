"""What is wrong with a page as a browser shows it: something refused, too wide, or hard to use for some people."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

PHONE, DESK = {"width": 360, "height": 800}, {"width": 1280, "height": 900}
GRAVE = {"serious", "critical"}
ONLY_CONTRAST = {"runOnly": ["color-contrast"]}
WIDER = "Math.max(document.scrollingElement.scrollWidth, document.body.scrollWidth) - window.innerWidth"
axe = Axe()


@contextmanager
def watched(page: Page) -> Iterator[list[str]]:
    """What is refused, breaks or asks another host while the page is used."""
    found: list[str] = []
    home = urlsplit(page.url).hostname

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            found.append(message.text)

    def asked(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data" and parts.hostname != home:
            found.append(f"asked {request.url}")

    def broke(error: object) -> None:
        found.append(str(error))

    page.on("console", said)
    page.on("request", asked)
    page.on("pageerror", broke)
    yield found
    page.remove_listener("console", said)
    page.remove_listener("request", asked)
    page.remove_listener("pageerror", broke)


def wider_than_a_phone(page: Page) -> list[str]:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    pixels = page.evaluate(WIDER)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return [f"{pixels} px wider than a phone"] if pixels > 0 else []


def hard_to_use(page: Page) -> list[str]:
    return _grave(page, {})


def hard_to_read_in_the_dark(page: Page) -> list[str]:
    page.evaluate("document.documentElement.classList.add('dark')")
    return [f"in the dark: {problem}" for problem in _grave(page, ONLY_CONTRAST)]


def _grave(page: Page, options: dict[str, list[str]]) -> list[str]:
    found = axe.run(page, options=options | {"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found
        if violation["impact"] in GRAVE
        for node in violation["nodes"][:2]
    ]
