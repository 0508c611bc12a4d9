"""`make screenshots`: pictures of the main pages under docs/screenshots, of a demo of their own under var/screenshots.

The demo's first start takes some minutes; a second run continues with the same data.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from config.embedded import PROJECT, die_with_parent

FOLDER = PROJECT / "docs" / "screenshots"
VAR = Path(os.environ.get("DESKMETRY_VAR", PROJECT / "var" / "screenshots"))
LARGEST_BYTES = 250_000
WIDE, PHONE = (1280, 820), (360, 740)


@dataclass(frozen=True)
class Shot:
    name: str
    address: str
    through: tuple[str, ...] = ()  # what is clicked on the way, one after the other
    role: str = "manager"
    size: tuple[int, int] = WIDE
    scheme: str = "light"
    language: str = "en"


SHOTS = (
    Shot("dashboard", "/admin/"),
    Shot("dashboard-dark", "/admin/", scheme="dark"),
    Shot("dashboard-phone", "/admin/", size=PHONE),
    Shot("dashboard-french", "/admin/", language="fr"),
    Shot("kpi", "/admin/kpi/ticket_trends/"),
    Shot("drill-down", "/admin/", (".dm-figure a",)),
    Shot("client", "/admin/clients/", ("main table a",)),
    Shot("board", "/admin/board/"),
    Shot("proposal", "/admin/insights/proposal/", ("#result_list tbody th a",)),
    Shot("profile", "/me/", role="technician"),
    Shot("profile-phone", "/me/", role="technician", size=PHONE),
    Shot("set-up", "/admin/setup/", role="owner"),
)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = [shot for shot in SHOTS if not sys.argv[1:] or shot.name in sys.argv[1:]]
    with demo() as told, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for shot in wanted:
            print(f"{shot.name:<18} {taken(browser, told, shot) // 1000:>4} kB", flush=True)
        browser.close()


@contextmanager
def demo() -> Iterator[dict[str, Any]]:
    """Running, with all its data; what it hands out."""
    handout = VAR / "demo.json"
    handout.unlink(missing_ok=True)
    environment = os.environ | {"DESKMETRY_VAR": str(VAR)}
    command = [sys.executable, "-m", "config.demo"]
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent
    )
    try:
        wait_until_it_runs(process)
        yield json.loads(handout.read_text())
    finally:
        process.terminate()
        process.wait(60)


def wait_until_it_runs(process: subprocess.Popen[str]) -> None:
    for line in process.stdout or ():
        if "Deskmetry is running" in line:
            return
    raise SystemExit("The demo did not start; its logs are under var/screenshots.")


def taken(browser: Browser, told: dict[str, Any], shot: Shot) -> int:
    """The picture's size in bytes."""
    width, height = shot.size
    context = browser.new_context(
        base_url=told["url"],
        viewport={"width": width, "height": height},
        color_scheme=shot.scheme,  # type: ignore[arg-type]
        locale=shot.language,
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page, next(user for user in told["users"] if user["role"] == shot.role))
    page.goto(shot.address)
    for selector in shot.through:
        page.locator(selector).first.click()
        page.wait_for_load_state("load")
    path = FOLDER / f"{shot.name}.png"
    page.screenshot(path=path, animations="disabled")
    context.close()
    if (size := path.stat().st_size) > LARGEST_BYTES:
        raise SystemExit(f"{path} has {size:,} bytes, which is more than {LARGEST_BYTES:,}.")
    return size


def sign_in(page: Page, user: dict[str, str]) -> None:
    page.goto("/login/")
    page.fill("[name=username]", user["username"])
    page.fill("[name=password]", user["password"])
    page.click("#login-form button")
    page.wait_for_load_state("load")


if __name__ == "__main__":
    main()
