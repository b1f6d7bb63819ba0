"""Takes a picture of every page: light and dark, wide and as narrow as a telephone.

Starts nothing: give it the address of a running installation and a signed-in browser's state, or a one-time link.

    ./dev shot --base https://localhost:8443 --link "https://localhost:8443/…"
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
WIDTHS = (1280, 360)
THEMES = ("light", "dark")
HEIGHT = 860
# Pages that no menu leads to.
HIDDEN = ("/styleguide/", "/there-is-no-such-page/")


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
    parser.add_argument("--base", default="https://localhost:8443", help="address of the installation")
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
    """The paths that were named, or those of the menu, their tabs, and the hidden ones."""
    if wishes.pages:
        return list(wishes.pages)
    page.goto("/")
    found = dict.fromkeys([urlsplit(page.url).path, *_paths(page, "a.side-link, .side-foot a.menu-item")])
    for path in list(found):
        page.goto(path)
        found.update(dict.fromkeys(_paths(page, "main .tabs a, main a.btn-primary")))
    return [*found, *HIDDEN]


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
    """`deals-light-1280.png`."""
    return f"{path.strip('/').replace('/', '-') or 'home'}-{theme}-{width}.png"


def main(words: list[str]) -> int:
    """Take them all; says where they are."""
    wishes = read_wishes(words)
    wishes.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        state = sign_in(browser, wishes)
        paths: list[str] = []
        for theme in THEMES:
            for width in WIDTHS:
                context = open_context(browser, wishes, theme=theme, width=width, state=state)
                page = context.new_page()
                paths = paths or find_pages(page, wishes)
                for path in paths:
                    take(page, path, wishes.out / name_of(path, theme, width))
                context.close()
        browser.close()
    print(f"{len(paths) * len(THEMES) * len(WIDTHS)} pictures in {wishes.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
