"""An installation of its own behind a real web server, and Debian's Chromium to look at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from config.embedded import PROJECT, die_with_parent
from tests.e2e.world import PASSWORD

CHROMIUM = shutil.which("chromium")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 60


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        missing = "No Chromium on this machine: apt-get install chromium"
        if os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def port(chromium, tmp_path_factory) -> Iterator[int]:
    """Where the installation answers. It shares nothing with the other tests' database."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    environment |= {
        "DESKMETRY_VAR": str(tmp_path_factory.mktemp("deskmetry")),
        "DESKMETRY_THROWAWAY": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    for command in (["manage.py", "migrate_schemas", "--shared"], ["-m", "tests.e2e.world"]):
        subprocess.run(
            [sys.executable, *command], cwd=PROJECT, env=environment, check=True, capture_output=True
        )
    number = free_port()
    served = ["granian", "--interface", "wsgi", "--port", str(number), "config.wsgi:application"]
    server = subprocess.Popen(
        [sys.executable, "-m", *served], cwd=PROJECT, env=environment, preexec_fn=die_with_parent
    )
    try:
        wait_for(number)
        yield number
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def visit(chromium, port) -> Iterator[Callable[..., Page]]:
    """Signs somebody in and returns their page; `page.asked` holds every address it asked for."""
    contexts = []

    def sign_in(role: str, schema: str = "north", **options) -> Page:
        context = chromium.new_context(base_url=f"http://{schema}.localhost:{port}", **options)
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: keep(page, request))
        page.goto("/")
        page.fill("[name=username]", role)
        page.fill("[name=password]", PASSWORD)
        page.click("#login-form button")
        return page

    yield sign_in
    for context in contexts:
        context.close()


def keep(page: Page, request: Request) -> None:
    page.asked.append(request.url)  # type: ignore[attr-defined]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError("The web server did not start.")
