"""The frame of every page: palette, menus, dialogs, the drawer of small screens; with the keyboard alone."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import NewContext, Owner
from tests.browser.watching import NARROW, Watch, watched

FOCUSED = "() => document.activeElement.textContent.trim() || document.activeElement.id"
# After the last stop the browser's own buttons follow.
IS_SEEN = """() => document.activeElement === document.body
  || getComputedStyle(document.activeElement).outlineStyle !== 'none'"""


class TestPalette:
    def test_opens_by_key_finds_and_goes_there(self, as_alice: Watch) -> None:
        as_alice.open("/inbox/")
        as_alice.page.keyboard.press("Control+k")
        expect(as_alice.page.locator("#palette")).to_be_visible()
        assert as_alice.findings() == []
        as_alice.page.keyboard.type("provably")
        as_alice.page.keyboard.press("Enter")
        expect(as_alice.page).to_have_url(re.compile("/audit/$"))

    def test_says_when_it_finds_nothing_and_closes_by_key(self, as_alice: Watch) -> None:
        as_alice.open("/inbox/")
        as_alice.page.keyboard.press("Control+k")
        as_alice.page.keyboard.type("zzz")
        expect(as_alice.page.get_by_text("Nothing of that name.")).to_be_visible()
        as_alice.page.keyboard.press("Escape")
        expect(as_alice.page.locator("#palette")).to_be_hidden()


class TestMenus:
    def test_are_sound_when_open(self, as_alice: Watch) -> None:
        as_alice.open("/inbox/")
        for summary in ("#navigation > details > summary", ".side-foot summary"):
            as_alice.page.set_viewport_size({"width": 1280, "height": 860})
            as_alice.page.locator(summary).click()
            as_alice.page.wait_for_load_state("networkidle")
            assert as_alice.axe() == []
        assert as_alice.take_complaints() == []

    def test_say_that_there_is_no_other_workspace(self, as_alice: Watch) -> None:
        as_alice.open("/inbox/")
        as_alice.page.locator("#navigation > details > summary").click()
        expect(as_alice.page.get_by_text("You are in no other workspace.")).to_be_visible()

    def test_lead_to_the_list_without_scripts(self, alice: Owner, new_context: NewContext) -> None:
        page = new_context(storage_state=alice.state, java_script_enabled=False).new_page()
        page.goto("/inbox/")
        page.locator("#navigation > details > summary").click()
        page.get_by_role("link", name="Other workspaces").click()
        expect(page.get_by_text("Open now")).to_be_visible()


class TestDialogs:
    def test_are_sound_when_open(self, as_alice: Watch) -> None:
        as_alice.open("/inbox/")
        as_alice.page.keyboard.press("?")
        expect(as_alice.page.locator("#shortcuts")).to_be_visible()
        assert as_alice.findings() == []
        as_alice.page.keyboard.press("Escape")
        expect(as_alice.page.locator("#shortcuts")).to_be_hidden()

    def test_open_and_close_by_their_buttons(self, as_alice: Watch) -> None:
        as_alice.open("/styleguide/")
        as_alice.page.get_by_role("button", name="Open a dialog").click()
        expect(as_alice.page.locator("#sample-dialog")).to_be_visible()
        assert as_alice.findings() == []
        as_alice.page.locator("#sample-dialog").get_by_role("button", name="Cancel").click()
        expect(as_alice.page.locator("#sample-dialog")).to_be_hidden()


class TestDrawer:
    def test_opens_on_small_screens_and_closes_by_key(self, as_alice: Watch) -> None:
        as_alice.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        as_alice.open("/inbox/")
        as_alice.page.get_by_role("link", name="Menu").click()
        expect(as_alice.page.get_by_role("link", name="Audit")).to_be_visible()
        assert as_alice.axe() == []
        as_alice.page.keyboard.press("Escape")
        expect(as_alice.page.get_by_role("link", name="Audit")).to_be_hidden()

    def test_opens_without_scripts_too(self, alice: Owner, new_context: NewContext) -> None:
        page = new_context(storage_state=alice.state, java_script_enabled=False, viewport=NARROW).new_page()
        page.goto("/inbox/")
        page.get_by_role("link", name="Menu").click()
        page.get_by_role("link", name="Audit").click()
        expect(page).to_have_url(re.compile("/audit/$"))


class TestKeyboard:
    def test_begins_with_the_way_to_the_content(self, as_alice: Watch) -> None:
        as_alice.open("/audit/")
        as_alice.page.keyboard.press("Tab")
        assert as_alice.page.evaluate(FOCUSED) == "Skip to the content"
        as_alice.page.keyboard.press("Enter")
        as_alice.page.keyboard.press("Tab")
        assert "main" in as_alice.page.evaluate("() => document.activeElement.closest('main')?.id ?? ''")

    def test_reaches_everything_and_shows_where_it_is(self, as_alice: Watch) -> None:
        as_alice.open("/audit/")
        stops, seen = [], []
        for _ in range(40):
            as_alice.page.keyboard.press("Tab")
            stops.append(as_alice.page.evaluate(FOCUSED))
            seen.append(as_alice.page.evaluate(IS_SEEN))
        for place in ("Inbox", "Team", "Audit", "Checkpoint", "Export and proof", "Filter"):
            assert place in stops, stops
        assert all(seen)

    def test_goes_to_pages_by_two_keys(self, as_alice: Watch) -> None:
        as_alice.open("/inbox/")
        as_alice.page.keyboard.press("g")
        as_alice.page.keyboard.press("t")
        expect(as_alice.page).to_have_url(re.compile("/team/$"))

    def test_signs_in_without_a_mouse(self, alice: Owner, new_context: NewContext) -> None:
        page = watched(new_context()).page
        page.goto("/account/login/")
        page.get_by_label("E-mail address").focus()
        page.keyboard.type(alice.person.email)
        page.keyboard.press("Tab")
        page.keyboard.type("not-the-password-of-hers")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()


class TestAppearance:
    def test_is_chosen_and_kept(self, as_alice: Watch) -> None:
        as_alice.open("/inbox/")
        as_alice.page.locator(".side-foot summary").click()
        as_alice.page.get_by_role("button", name="Dark", exact=True).click()
        as_alice.open("/deals/")
        expect(as_alice.page.locator("html")).to_have_attribute("data-theme", "dark")
        assert as_alice.take_complaints() == []
