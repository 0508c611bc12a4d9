"""An installation of its own behind a real web server, and Debian's Chromium to look at it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

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
START_SECONDS = 180


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        missing = "No Chromium on this machine: apt-get install chromium"
        if os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    # Playwright's event loop stays in this thread, where other tests use the database afterwards.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def environment(chromium, tmp_path_factory) -> dict[str, str]:
    """Of the installation. It shares nothing with the other tests' database."""
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
    return environment


@pytest.fixture(scope="session")
def port(environment) -> Iterator[int]:
    """Where the installation answers."""
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


@pytest.fixture(scope="session")
def pages(port, environment) -> dict[str, str]:
    """Every address of the first MSP, by route; the installation's own process found them."""
    found: dict[str, str] = json.loads((Path(environment["DESKMETRY_VAR"]) / "pages.json").read_text())
    return found


@pytest.fixture(scope="session")
def sessions() -> dict[tuple[str, str], Any]:
    """Of who has signed in before; nobody does it twice."""
    return {}


@pytest.fixture
def visit(chromium, port, sessions) -> Iterator[Callable[..., Page]]:
    """Signs somebody in and returns their page; `page.asked` holds every address it asked for."""
    contexts = []

    def sign_in(role: str, schema: str = "north", **options) -> Page:
        options["storage_state"] = sessions.get((role, schema))
        context = chromium.new_context(base_url=f"http://{schema}.localhost:{port}", **options)
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: keep(page, request))
        page.goto("/")
        if (role, schema) not in sessions:
            page.fill("[name=username]", role)
            page.fill("[name=password]", PASSWORD)
            page.click("#login-form button")
            page.wait_for_load_state()
            sessions[role, schema] = {"cookies": _signed_in(context.cookies()), "origins": []}
        return page

    yield sign_in
    for context in contexts:
        context.close()


def _signed_in(cookies: list[Any]) -> list[Any]:
    """Without the language, which each visitor brings along."""
    return [cookie for cookie in cookies if cookie["name"] in {"sessionid", "csrftoken"}]


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
