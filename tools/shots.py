"""Takes a picture of every page: light and dark, wide and as narrow as a telephone.

Without an address it starts an installation of its own, waits for the demo company, and throws it away afterwards.

    ./dev shot
    ./dev shot --base https://localhost:8443 --link "https://localhost:8443/demo/…" /inbox/
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tools.installation import running

ROOT = Path(__file__).resolve().parents[1]
WIDTHS = (1280, 360)
THEMES = ("light", "dark")
HEIGHT = 860
# Pages that no menu leads to.
HIDDEN = (
    "/account/2fa/",
    "/audit/checkpoint/",
    "/audit/export/",
    "/jobs/failures/",
    "/jobs/timetable/",
    "/sessions/",
    "/settings/tokens/",
    "/settings/tokens/new/",
    "/settings/you/",
    "/styleguide/",
    "/team/invite/",
    "/workspaces/",
)
# Pages before sign-in.
OPEN = ("/account/login/", "/account/password/reset/", "/sign-up/", "/there-is-no-such-page/")
DEMO_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line."""

    base: str
    link: str
    state: Path | None
    out: Path
    pages: tuple[str, ...]


def read_wishes(words: list[str]) -> Wishes:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./dev shot", description=__doc__.splitlines()[0])
    parser.add_argument("--base", default="", help="address of a running installation; without it one is started")
    parser.add_argument("--link", default="", help="one-time link that signs in")
    parser.add_argument("--state", type=Path, help="a browser's stored state (Playwright's storage_state)")
    parser.add_argument("--out", type=Path, default=ROOT / ".shots", help="folder for the pictures")
    parser.add_argument("pages", nargs="*", help="paths; without any: all that the menu leads to")
    given = parser.parse_args(words)
    return Wishes(given.base.rstrip("/"), given.link, given.state, given.out, tuple(given.pages))


def open_context(browser: Browser, wishes: Wishes, *, theme: str, width: int, state: Path | None) -> BrowserContext:
    """A browser window of this width and appearance, signed in by the state."""
    return browser.new_context(
        base_url=wishes.base,
        storage_state=state,
        viewport={"width": width, "height": HEIGHT},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        ignore_https_errors=True,
    )


def sign_in(browser: Browser, wishes: Wishes) -> Path | None:
    """Follow the one-time link once and keep the state beside the pictures."""
    if not wishes.link:
        return wishes.state
    context = open_context(browser, wishes, theme="light", width=WIDTHS[0], state=None)
    page = context.new_page()
    page.goto(wishes.link)
    page.locator("main form button").click()
    page.wait_for_url("**/inbox/")
    state = wishes.out / "state.json"
    context.storage_state(path=state)
    context.close()
    state.chmod(0o600)
    return state


def find_pages(page: Page, wishes: Wishes) -> list[str]:
    """The paths that were named, or those of the menu, a deal, and the hidden ones."""
    if wishes.pages:
        return list(wishes.pages)
    page.goto("/deals/")
    deals = [path for path in _paths(page, "main a") if path.startswith("/deals/") and path != "/deals/"]
    return list(dict.fromkeys([*_paths(page, "a.side-link"), *deals[:1], *HIDDEN]))


def _paths(page: Page, selector: str) -> Iterator[str]:
    for link in page.locator(selector).all():
        address = urljoin(page.url, link.get_attribute("href") or "")
        if urlsplit(address).netloc == urlsplit(page.url).netloc:
            yield urlsplit(address).path


def take(page: Page, path: str, target: Path) -> None:
    """One picture of a whole page."""
    page.goto(path, wait_until="load")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=target, full_page=True, animations="disabled")


def name_of(path: str, theme: str, width: int) -> str:
    """`deals-light-1280.png`; a deal's own id says nothing."""
    words = ["deal" if len(word) == 36 else word for word in path.strip("/").split("/")]
    return f"{'-'.join(words) or 'home'}-{theme}-{width}.png"


def wait_for_demo(browser: Browser, wishes: Wishes, state: Path) -> None:
    """Until the demo's deals are judged."""
    context = open_context(browser, wishes, theme="light", width=WIDTHS[0], state=state)
    page = context.new_page()
    end = time.monotonic() + DEMO_SECONDS
    page.goto("/inbox/")
    while not page.locator("main a[href^='/deals/']").count() and time.monotonic() < end:
        # The page goes on by itself when the first deals are judged; asking anew at that moment fails.
        with suppress(Error):
            page.locator("main a[href^='/deals/']").first.wait_for(state="attached", timeout=20_000)
        with suppress(Error):
            page.goto("/inbox/")
    context.close()


def take_all(browser: Browser, wishes: Wishes, state: Path | None) -> int:
    """Every page in every appearance; the number of pictures."""
    paths: list[str] = []
    count = 0
    for theme in THEMES:
        for width in WIDTHS:
            own = open_context(browser, wishes, theme=theme, width=width, state=state)
            nobody = open_context(browser, wishes, theme=theme, width=width, state=None)
            page, stranger = own.new_page(), nobody.new_page()
            paths = paths or find_pages(page, wishes)
            wanted = [(page, path) for path in paths if path not in OPEN]
            wanted += [(stranger, path) for path in OPEN if not wishes.pages or path in wishes.pages]
            for window, path in wanted:
                take(window, path, wishes.out / name_of(path, theme, width))
                count += 1
            own.close()
            nobody.close()
    return count


def photograph(wishes: Wishes, *, is_fresh: bool) -> int:
    """Sign in, wait for a fresh demo, take the pictures; says where they are."""
    wishes.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        state = sign_in(browser, wishes)
        if is_fresh and state:
            wait_for_demo(browser, wishes, state)
        count = take_all(browser, wishes, state)
        browser.close()
    print(f"{count} pictures in {wishes.out}")
    return 0


def main(words: list[str]) -> int:
    """Take them from the installation that was named, or from one of its own."""
    wishes = read_wishes(words)
    if wishes.base:
        return photograph(wishes, is_fresh=False)
    with running("--demo") as started:
        return photograph(replace(wishes, base=started.address, link=started.link), is_fresh=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
