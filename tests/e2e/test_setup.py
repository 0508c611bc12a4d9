"""A new MSP's owner, from the first login to the first figures, in a real browser with a real worker."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from config.embedded import PROJECT, die_with_parent
from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.world import World

pytestmark = [
    pytest.mark.servers,
    pytest.mark.xdist_group("browser"),
    pytest.mark.timeout(240, func_only=True),
]
PATIENCE_MS = 90_000
PAGES = ("", "settings/", "connect/connectwise/", "sync/", "people/", "figures/")


@pytest.fixture
def desk() -> Iterator[ConnectWiseSimulator]:
    """Slow enough for somebody to watch."""
    world = World.small(seed=1, now=datetime.now(UTC), tickets=10)
    with ConnectWiseSimulator({"newcomer": world}) as running:
        running.faults("newcomer").add("slow-body", path="service/tickets", seconds=0.2)
        yield running


@pytest.fixture
def worker(environment) -> Iterator[None]:
    command = ("celery", "-A", "config", "--quiet", "worker", "--concurrency=1", "--loglevel=WARNING")
    process = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=PROJECT, env=environment, preexec_fn=die_with_parent
    )
    yield
    process.terminate()
    process.wait(30)


def test_an_owner_sets_the_msp_up_and_watches_the_first_sync(visit, desk, worker):
    page = visit("owner", "newcomer", locale="en-CA")
    page.set_default_timeout(PATIENCE_MS)
    assert page.url.endswith("/admin/setup/")
    page.click("text=Begin")
    assert page.input_value("[name=time_zone]") == "America/Toronto"
    page.click("text=Save and go on")
    page.click("a:has-text('ConnectWise PSA')")
    login = desk.credentials("newcomer")
    page.fill("[name=settings_site]", login.site)
    page.fill("[name=settings_company_id]", login.company_id)
    page.fill("[name=credentials_public_key]", login.public_key)
    page.fill("[name=credentials_private_key]", login.private_key)
    page.fill("[name=credentials_client_id]", login.client_id)
    page.click("text=Save and test")
    page.wait_for_selector("text=Sign in: works")

    with page.expect_response("**/setup/sync/progress/") as looked:
        page.click("text=Start the first sync")
    assert looked.value.ok
    page.locator("#content a:has-text('Go on')").click()
    page.wait_for_selector("h2:has-text('Technicians without an account')")
    page.click("text=Later >> nth=-1")
    page.locator("text=Open the dashboard").click()
    page.wait_for_selector(".dm-figure")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_set_up_fits_a_phone(visit, scheme):
    page = visit("owner", "newcomer", viewport={"width": 360, "height": 800}, color_scheme=scheme)
    for slug in PAGES:
        page.goto(f"/admin/setup/{slug}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), slug


def test_set_up_can_be_read_without_scripts(visit):
    page = visit("owner", "newcomer", java_script_enabled=False)
    for slug in PAGES:
        page.goto(f"/admin/setup/{slug}")
        assert page.locator("#content h2").first.is_visible(), slug
