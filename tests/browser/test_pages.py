"""Every page, light and dark, wide and narrow: axe finds nothing, the browser complains about nothing."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import places
from tests.browser.conftest import NewContext, Owner, owner_link
from tests.browser.watching import Watch, watched, words
from tools.installation import Installation

PROOF = places.OWN["account_reauthenticate"]


@pytest.fixture(scope="module")
def own(chromium: Browser, installation: Installation, alice: Owner) -> Iterator[Watch]:
    """One window of Alice's for all pages, so that files are loaded once."""
    context = chromium.new_context(**words(base_url=installation.address, storage_state=alice.state))
    yield watched(context)
    context.close()


@pytest.fixture(scope="module")
def stranger(chromium: Browser, installation: Installation) -> Iterator[Watch]:
    """One window of nobody's."""
    context = chromium.new_context(**words(base_url=installation.address))
    yield watched(context)
    context.close()


@pytest.fixture(scope="module")
def own_without_scripts(chromium: Browser, installation: Installation, alice: Owner) -> Iterator[Page]:
    """Alice's window with scripts switched off."""
    given = words(base_url=installation.address, storage_state=alice.state, java_script_enabled=False)
    context = chromium.new_context(**given)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def without_scripts(chromium: Browser, installation: Installation) -> Iterator[Page]:
    """Nobody's window with scripts switched off."""
    context = chromium.new_context(**words(base_url=installation.address, java_script_enabled=False))
    yield context.new_page()
    context.close()


def look_at(watch: Watch, path: str) -> list[str]:
    """What is wrong with the page, where it stands and how it is made."""
    return [*shape_of(watch.page), *watch.findings()] if urlsplit(watch.page.url).path == path else [watch.page.url]


def shape_of(page: Page) -> list[str]:
    """One heading of the first order, and something below it."""
    headings = page.locator("h1:visible").all_inner_texts()
    texts = page.locator("main").inner_text().split()
    return ([f"headings {headings}"] if len(headings) != 1 else []) + (["hardly a word"] if len(texts) < 4 else [])


def every_known() -> set[str]:
    """The names of all addresses that these tests know."""
    pages = {*places.OWN, *places.BELOW, *places.OPEN, *places.ONCE, *places.DEMO, *places.IMPORT}
    return pages | places.NO_PAGE.keys()


class TestUrlMap:
    def test_holds_no_page_that_is_not_looked_at(self) -> None:
        assert set(places.names()) - every_known() == set()

    def test_holds_every_address_that_is_looked_at(self) -> None:
        assert every_known() - set(places.names()) == {""}


class TestOwnPages:
    @pytest.mark.parametrize("path", sorted(set(places.OWN.values())))
    def test_are_sound(self, own: Watch, alice: Owner, path: str) -> None:
        own.open(path)
        if path != PROOF:
            alice.person.prove(own.page)
        assert look_at(own, path) == []

    @pytest.mark.parametrize("name", places.BELOW)
    def test_below_another_are_sound(self, own: Watch, alice: Owner, name: str) -> None:
        above, link = places.BELOW[name]
        own.open(above)
        path = own.page.locator(link).first.get_attribute("href") or ""
        own.open(path)
        alice.person.prove(own.page)
        assert look_at(own, path) == []

    @pytest.mark.parametrize("path", sorted(set(places.OWN.values())))
    def test_show_their_content_without_scripts(self, own_without_scripts: Page, alice: Owner, path: str) -> None:
        own_without_scripts.goto(path)
        if path != PROOF:
            alice.person.prove(own_without_scripts)
        assert urlsplit(own_without_scripts.url).path == path
        assert shape_of(own_without_scripts) == []


class TestOpenPages:
    @pytest.mark.parametrize("path", places.OPEN.values())
    def test_are_sound(self, stranger: Watch, path: str) -> None:
        stranger.open(path)
        assert look_at(stranger, path) == []

    @pytest.mark.parametrize("path", places.OPEN.values())
    def test_show_their_content_without_scripts(self, without_scripts: Page, path: str) -> None:
        without_scripts.goto(path)
        assert shape_of(without_scripts) == []


class TestOnce:
    def test_the_page_of_the_first_owner_is_sound(self, stranger: Watch, installation: Installation) -> None:
        path = urlsplit(owner_link(installation, "Borealis")).path
        stranger.open(path)
        assert look_at(stranger, path) == []

    def test_the_pages_of_an_invitation_are_sound(self, own: Watch, new_context: NewContext) -> None:
        own.open("/team/invite/")
        own.page.get_by_label("E-mail address").fill("bob@acme.example")
        own.page.get_by_role("button", name="Invite").click()
        link = own.page.locator(".copy-line code").inner_text()
        assert look_at(own, "/team/invite/") == []
        own.page.get_by_label("I have saved it").check()
        guest = watched(new_context())
        guest.open(link)
        assert look_at(guest, urlsplit(link).path) == []

    def test_a_new_token_is_shown_soundly(self, own: Watch, alice: Owner) -> None:
        own.open("/settings/tokens/new/")
        alice.person.prove(own.page)
        own.page.get_by_label("Name").fill("Nightly export")
        own.page.locator("main input[type=checkbox]").first.check()
        own.page.locator("main form").get_by_role("button").last.click()
        own.page.get_by_text("This is shown once").wait_for()
        assert own.findings() == []
        own.page.get_by_label("I have saved it").check()


class TestProblems:
    def test_are_answered_without_a_page_to_programs(self, as_nobody: Watch) -> None:
        answer = as_nobody.page.request.get("/inbox/", headers={"Sec-Fetch-Mode": "cors"}, max_redirects=0)
        assert (answer.status, answer.text()) == (401, "Sign in first.\n")

    def test_of_the_api_are_json(self, as_nobody: Watch) -> None:
        answer = as_nobody.page.request.get("/api/v1/members")
        assert answer.status == 401
        assert json.loads(answer.text())["status"] == 401
