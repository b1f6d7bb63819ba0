"""A page under watch: what the browser complains about, what axe finds, whether it can be scrolled sideways."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async (rules) => {
  const found = await axe.run(document, { resultTypes: ['violations'], ...(rules && { runOnly: rules }) })
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(' ')}`))
}"""
IS_WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 360, "height": 740}
PATIENCE = 15_000
# What the browser says about every page that answers an error, which some of ours are meant to do.
EXPECTED = ("Failed to load resource: the server responded with a status of 4",)


@dataclass
class Watch:
    """Complaints of the browser since the last look. Violations of the CSP are among them: the browser logs each."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> Response:
        """Go there and wait until scripts have run."""
        response = self.page.goto(path, wait_until="load")
        assert response is not None
        return response

    def findings(self) -> list[str]:
        """Everything that is wrong with the page as it stands, light and dark, wide and narrow."""
        found: list[str] = []
        for size in (WIDE, NARROW):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            found += [f"wider than {size['width']} by {over}" for over in [self.overflow()] if over > 0]
            found += [f"light {size['width']} {line}" for line in self.axe()]
            self.page.emulate_media(color_scheme="dark")
            # Nothing but colours differs between the two.
            found += [f"dark {size['width']} {line}" for line in self.axe(["color-contrast"])]
            self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        return found + self.take_complaints()

    def axe(self, rules: list[str] | None = None) -> list[str]:
        """What axe finds now, by all its rules or by some."""
        found: list[str] = self.page.evaluate(RUN_AXE, rules)
        return found

    def overflow(self) -> int:
        """How many pixels the page is wider than its window."""
        return int(self.page.evaluate(IS_WIDER))

    def take_complaints(self) -> list[str]:
        """What the browser said since the last time."""
        taken, self.complaints[:] = list(self.complaints), []
        return taken


def watched(context: BrowserContext) -> Watch:
    """A new page of this context with axe in it."""
    context.set_default_timeout(PATIENCE)
    context.add_init_script(AXE)
    return Watch(context.new_page())


def words(**given: Any) -> dict[str, Any]:
    """What every context is opened with."""
    return {"ignore_https_errors": True, "reduced_motion": "reduce", "viewport": WIDE, **given}
