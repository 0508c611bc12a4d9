"""What managers decide, from the click to what everybody sees of it afterwards, in a real browser."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Locator, Page, expect

from config.embedded import PROJECT

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("browser")]
SELF_SERVICE = "north-marker self-service"


def on_the_board(page: Page, column: str) -> Locator:
    return page.locator(f"#{column} .dm-project", has_text=SELF_SERVICE).first


def test_a_proposal_is_accepted_on_the_board_with_an_owner_and_a_cost(visit):
    page = visit("manager")
    page.goto("/admin/board/")
    card = on_the_board(page, "proposed")
    name = card.locator("h3").inner_text()
    card.get_by_role("link", name="Accept").click()
    expect(page.get_by_role("heading", name="What will be fixed")).to_be_visible()
    page.get_by_label("Owner").select_option("manager")
    page.get_by_label("Planned cost").fill("1200")
    page.get_by_role("button", name="Accept the project").click()
    page.wait_for_url("**/admin/board/**")
    accepted = on_the_board(page, "accepted")
    expect(accepted.locator("h3")).to_have_text(name)
    expect(accepted).to_contain_text("manager")
    accepted.locator("h3 a").click()
    expect(page.locator("[name=planned_cost]").first).to_have_value(re.compile("1200"))


def test_a_rejection_on_the_board_needs_a_reason_and_takes_the_project_off_it(visit):
    page = visit("manager")
    page.goto("/admin/board/")
    card = page.locator("#proposed .dm-project").first
    name = card.locator("h3").inner_text()
    card.locator("summary", has_text="Reject").click()
    reject = card.get_by_role("button", name="Reject")
    reject.click()
    assert page.locator("textarea:invalid:visible").count() == 1
    card.get_by_label("Reason").fill("The client leaves in spring")
    reject.click()
    page.wait_for_load_state()
    expect(page.locator("#proposed .dm-project h3", has_text=name)).to_have_count(0)
    page.goto("/admin/insights/proposal/?status=rejected")
    expect(page.locator("#result_list")).to_contain_text(name)


def test_a_dispute_goes_to_the_manager_and_its_decision_into_the_figures(visit, environment):
    technician = visit("technician")
    technician.get_by_role("link", name="Dispute").first.click()
    number = re.search(r"#(\d+)", technician.locator("h1").inner_text())[1]
    technician.get_by_role("radio").first.check()
    technician.get_by_label("In your words").fill("Ben repaired it, I only closed it")
    technician.get_by_role("button", name="Send the dispute").click()
    expect(technician.get_by_role("button", name="Withdraw the dispute")).to_be_visible()

    manager = visit("manager")
    manager.goto("/admin/kpis/dispute/")
    manager.locator("#result_list").get_by_role("link", name=number, exact=False).first.click()
    expect(manager.get_by_text("Ben repaired it, I only closed it").first).to_be_visible()
    manager.get_by_label("The ticket counts for").select_option(label="north-marker Ben")
    manager.get_by_label("Your answer to the technician").fill("You are right")
    manager.get_by_role("button", name="Show what changes").click()
    expect(manager.locator(".dm-table")).to_contain_text("north-marker Ada")
    changed_day = manager.locator(".dm-table a").first.get_attribute("href")
    manager.get_by_role("button", name="Uphold, and restate these days").click()
    manager.wait_for_url("**/change/")
    subprocess.run(
        [sys.executable, "manage.py", "compute_kpis", "--tenant", "north"],
        cwd=PROJECT, env=environment, check=True, capture_output=True,
    )  # fmt: skip

    technician.reload()
    expect(technician.get_by_text("You are right")).to_be_visible()
    expect(technician.get_by_text("This ticket does not count for you")).to_be_visible()
    manager.goto(changed_day)
    expect(manager.get_by_text("A technician's dispute was decided").first).to_be_visible()
