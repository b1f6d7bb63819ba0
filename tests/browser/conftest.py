"""One installation, one browser and one signed-in owner for the whole run."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.browser.people import Person
from tests.browser.watching import Watch, watched, words
from tests.identity.issuer import CLIENT, SECRET, Issuer
from tests.identity.issuer import running as issuing
from tools.installation import Installation, running

NewContext = Callable[..., BrowserContext]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The demo last: its company comes in while everything else is tried."""
    items.sort(key=lambda item: item.path.name == "test_demo.py")


@dataclass
class Owner:
    """Alice after her first minutes, and what a context needs to be hers."""

    person: Person
    recovery_codes: list[str]
    state: Any
    findings: list[str]


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """Where Dana signs in with her company's account."""
    with issuing(sub="d-1", email="dana@acme.example", email_verified=True, name="Dana Roth") as found:
        yield found


@pytest.fixture(scope="session")
def installation(issuer: Issuer) -> Iterator[Installation]:
    """The real processes, with the demo workspace and its one-time link."""
    words = {"ISSUER": issuer.address, "NAME": "Acme", "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET}
    with running("--demo", **{f"AUCTOR_OIDC_{name}": word for name, word in words.items()}) as started:
        yield started


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright without browsers of its own: Debian's is used."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium. Without it these tests say nothing, so they fail."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("These tests need chromium. Install it (apt-get install chromium), or run ./dev test.")
    browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--ignore-certificate-errors"])
    yield browser
    browser.close()


@pytest.fixture(scope="session", autouse=True)
def demo(chromium: Browser, installation: Installation) -> Iterator[Watch]:
    """A window that came in by the one-time link; at once, because the link lasts a quarter of an hour."""
    context = chromium.new_context(**words(base_url=installation.address))
    watch = watched(context)
    watch.open(installation.link)
    watch.complaints += watch.findings()
    watch.page.get_by_role("button", name="Enter the demo").click()
    watch.page.wait_for_url("**/inbox/")
    yield watch
    context.close()


@pytest.fixture
def new_context(chromium: Browser, installation: Installation) -> Iterator[NewContext]:
    """Contexts that are closed after the test; each is a browser that nobody used before."""
    opened: list[BrowserContext] = []

    def make(**given: Any) -> BrowserContext:
        context = chromium.new_context(**words(base_url=installation.address, **given))
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


def owner_link(installation: Installation, name: str) -> str:
    """Make a workspace on the console; the link that makes its first owner."""
    made = json.loads(installation.command("workspace", "create", name, "--json", "--time-zone", "Europe/Berlin"))
    return str(made["owner_link"])


@pytest.fixture(scope="session")
def alice(chromium: Browser, installation: Installation) -> Owner:
    """The first owner of Acme: came by the console's link, enrolled an app and a key, kept her recovery codes."""
    context = chromium.new_context(**words(base_url=installation.address))
    watch = watched(context)
    page = watch.page
    person = Person("alice@acme.example", "Alice Lind")
    person.choose_password(page, owner_link(installation, "Acme"))
    findings = watch.findings()
    person.enrol(page)
    findings += watch.findings()
    codes = person.keep_recovery_codes(page)
    person.add_key(page, "Blue key")
    state = context.storage_state()
    context.close()
    return Owner(person, codes, state, findings)


@pytest.fixture
def as_alice(new_context: NewContext, alice: Owner) -> Watch:
    """A page of Alice's browser, under watch."""
    return watched(new_context(storage_state=alice.state))


@pytest.fixture
def as_nobody(new_context: NewContext) -> Watch:
    """A page of a browser that never was here, under watch."""
    return watched(new_context())
