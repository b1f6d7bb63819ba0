"""The demo workspace: its link, and the pages that need deals."""

import re
import time
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, expect

from tests.browser.conftest import NewContext
from tests.browser.watching import Watch
from tools.installation import Installation

# The company is brought in and judged in the background, beside everything that these tests do to the machine.
PATIENCE_SECONDS = 480
FIRST_DEAL = "main a[href^='/deals/']:not([href='/deals/'])"


@pytest.fixture(scope="module")
def filled(demo: Watch) -> Watch:
    """The same window once the inbox has rows: the page goes on by itself, and asking anew at that moment fails."""
    end = time.monotonic() + PATIENCE_SECONDS
    demo.open("/inbox/")
    while not demo.page.locator(FIRST_DEAL).count():
        assert time.monotonic() < end, "the demo company did not come in"
        with suppress(Error):
            demo.page.locator(FIRST_DEAL).first.wait_for(state="attached", timeout=20_000)
        with suppress(Error):
            demo.open("/inbox/")
    return demo


class TestLink:
    def test_leads_into_the_demo(self, demo: Watch) -> None:
        demo.open("/inbox/")
        expect(demo.page.get_by_text("This is a demo with an invented company.")).to_be_visible()
        assert demo.findings() == []

    def test_opens_once(self, demo: Watch, installation: Installation, new_context: NewContext) -> None:
        second = new_context().new_page()
        answer = second.goto(installation.link)
        assert answer
        assert answer.status == 404
        expect(second.get_by_text("This link does not work")).to_be_visible()


class TestPages:
    @pytest.mark.parametrize(
        "path", ["/inbox/", "/inbox/?view=known", "/deals/", "/signals/", "/replays/", "/jobs/", "/audit/"]
    )
    def test_with_something_to_show_are_sound(self, filled: Watch, path: str) -> None:
        filled.open(path)
        assert filled.findings() == []

    def test_of_a_deal_is_sound(self, filled: Watch) -> None:
        filled.open("/inbox/")
        path = urlsplit(filled.page.locator(FIRST_DEAL).first.get_attribute("href") or "").path
        filled.open(path)
        expect(filled.page).to_have_url(re.compile(path))
        assert filled.findings() == []

    def test_of_a_row_with_its_evidence_is_sound(self, filled: Watch) -> None:
        filled.open("/inbox/")
        filled.page.locator("[data-queue-row] > summary").first.click()
        expect(filled.page.get_by_text("Looking at the evidence…").first).to_be_hidden()
        filled.page.wait_for_load_state("networkidle")
        assert filled.findings() == []


class TestKeyboard:
    def test_decides_in_place_and_takes_it_back(self, filled: Watch) -> None:
        filled.open("/inbox/")
        page = filled.page
        row = page.locator(f"#{page.locator('.queue-row').first.get_attribute('id')}")
        page.keyboard.press("j")
        expect(row.locator("summary")).to_be_focused()
        page.keyboard.press("2")
        expect(row).to_have_class(re.compile("queue-aside"))
        expect(page.locator(".queue-row").nth(1).locator("summary")).to_be_focused()
        page.keyboard.press("z")
        expect(row).not_to_have_class(re.compile("queue-aside"))
        assert filled.take_complaints() == []

    def test_asks_until_when_a_deal_is_snoozed(self, filled: Watch) -> None:
        filled.open("/inbox/")
        page = filled.page
        row = page.locator(f"#{page.locator('.queue-row').first.get_attribute('id')}")
        page.keyboard.press("j")
        page.keyboard.press("h")
        expect(page.get_by_role("heading", name="Snooze until")).to_be_visible()
        assert filled.findings() == []
        page.keyboard.press("Enter")
        expect(row).to_contain_text("Snoozed until")
        page.get_by_role("button", name="Undo").last.click()
        expect(row).not_to_contain_text("Snoozed until")


class TestReplay:
    def test_runs_with_true_progress_and_is_sound(self, filled: Watch) -> None:
        filled.open("/replays/")
        filled.page.get_by_role("button", name="Replay", exact=True).click()
        filled.page.get_by_role("heading", name="In numbers").wait_for(timeout=PATIENCE_SECONDS * 1000)
        expect(filled.page.locator("[data-drawn]").first).to_be_visible()
        assert filled.findings() == []

    def test_is_laid_beside_another(self, filled: Watch) -> None:
        for level in (0, 1):
            filled.open("/replays/")
            filled.page.get_by_label("Flagged from").select_option(index=level)
            filled.page.get_by_role("button", name="Replay", exact=True).click()
            filled.page.get_by_role("heading", name="In numbers").wait_for(timeout=PATIENCE_SECONDS * 1000)
        filled.open("/replays/")
        for box in filled.page.locator("main input[name=run]").all()[:2]:
            box.check()
        filled.page.get_by_role("button", name="Compare two").click()
        expect(filled.page.get_by_role("heading", name="Side by side")).to_be_visible()
        assert filled.findings() == []
