"""Pages over a large pipeline: inbox, list of deals and the page of a deal, at the server.

    python -m bench.pages_risk [DEALS]

A workspace of 100,000 deals, one in ten open, names sealed and searchable, all open ones judged. Every page is asked
through the whole stack of Django (middleware, sign-in, policies, audit, template), as owner and as a member who owns
one deal in two hundred, in turns. Told are median and 95th percentile of each page in milliseconds, the number of
statements, and the processor time of this process beside it.
"""

import json
import re
import statistics
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bench.support.cluster import product

DEALS = 100_000
ROUNDS = 40
PER_DEAL = 12.5
LIMIT_MS = 100.0


def main(words: list[str]) -> None:
    """Print the figures; exit code 1 where a page misses the limit."""
    deals = int(words[0]) if words else DEALS
    with product() as data:
        from auctor.vault.startup import prepare

        prepare(data)
        browsers = stage(deals)
        found = {
            f"{name} {path}": page for name, browser in browsers.items() for path, page in measure(browser).items()
        }
    missed = [name for name, page in found.items() if page.p95 > LIMIT_MS]
    figures = {name: page.told() for name, page in found.items()}
    worst = max(page.p95 for page in found.values())
    print(json.dumps({"deals": deals, "worst_p95_ms": worst, "pages": figures, "limit_ms": LIMIT_MS, "missed": missed}))
    sys.exit(bool(missed))


@dataclass
class Page:
    """What asking for a page took, each time."""

    milliseconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    statements: int = 0

    @property
    def p95(self) -> float:
        """The 95th percentile."""
        return round(sorted(self.milliseconds)[round(0.95 * (len(self.milliseconds) - 1))], 1)

    def told(self) -> dict[str, float]:
        """All figures."""
        return {
            "median_ms": round(statistics.median(self.milliseconds), 1),
            "p95_ms": self.p95,
            "processor_ms": round(statistics.median(self.processor), 1),
            "statements": self.statements,
        }


def stage(deals: int) -> dict[str, Any]:
    """Fill and judge a workspace; browsers of its owner and of a member."""
    from django.conf import settings
    from django.db import transaction

    from auctor.risk import scan
    from auctor.tenancy import scope
    from bench.scan import analyze
    from bench.support.signals_world import Pipeline
    from bench.support.stored_world import fill
    from tests.cast import found
    from tests.identity.browser import signed_in

    settings.ALLOWED_HOSTS = ["*"]
    company, now = found("acme"), datetime.now(UTC)
    with transaction.atomic(), scope.enter(company.system):
        fill(Pipeline(round(deals * PER_DEAL)), company.workspace_id, now, owner_member=company.member.member_id)
    analyze()
    with transaction.atomic(), scope.enter(company.system):
        scan.scan_open(company.system, now=now)
    analyze()
    people = {"owner": "alice", "member": "bob"}
    return {role: signed_in(f"{name}@acme.example", now=now) for role, name in people.items()}


def measure(browser: Any) -> dict[str, Page]:
    """All pages in turns; the first round is not counted."""
    paths = list_paths(browser)
    pages = {path: Page() for path in paths}
    for number in range(ROUNDS + 1):
        for path, page in pages.items():
            began, worked = time.perf_counter(), time.process_time()
            answer = browser.get(paths[path])
            assert answer.status_code == 200, (path, answer.status_code)
            if number:
                page.milliseconds.append((time.perf_counter() - began) * 1000)
                page.processor.append((time.process_time() - worked) * 1000)
    for path, page in pages.items():
        page.statements = count_statements(browser, paths[path])
    return pages


def list_paths(browser: Any) -> dict[str, str]:
    """Names of pages and their addresses: each view, later pages, each order, filters, search, a deal."""
    inbox = browser.get("/inbox/").content.decode()
    deal = re.search(r"/deals/([0-9a-f-]{36})/", browser.get("/deals/").content.decode())
    assert deal, "No deal is shown."
    paths = {
        "inbox": "/inbox/",
        "inbox, mine": "/inbox/?view=mine",
        "inbox, not judged": "/inbox/?view=not_judged",
        "deals by close date": "/deals/",
        "deals by amount": "/deals/?sort=-amount",
        "deals by creation": "/deals/?sort=-created",
        "deals by score": "/deals/?sort=-score",
        "deals, all": "/deals/?kind=all",
        "deals, won": "/deals/?kind=won",
        "deals, one word": "/deals/?kind=all&q=pumps",
        "deals, two words": "/deals/?kind=all&q=pumps+Graz",
        "deals, no such word": "/deals/?kind=all&q=unheard",
        "deal": f"/deals/{deal[1]}/",
        "deal in the inbox": f"/inbox/{deal[1]}/",
    }
    for name, path in (("inbox", "/inbox/"), ("deals by close date", "/deals/"), ("deals, all", "/deals/?kind=all")):
        later = fourth_page(browser, path)
        if later:
            paths[f"{name}, fourth page"] = later
    return paths if inbox else {}


def fourth_page(browser: Any, path: str) -> str:
    """The address of the fourth page, by following the list's own links; empty where there are fewer."""
    for _ in range(3):
        found = re.search(r'href="([^"]*[?&;]after=[^"]*)"', browser.get(path).content.decode())
        if found is None:
            return ""
        path = path.split("?")[0] + found[1].replace("&amp;", "&")
    return path


def count_statements(browser: Any, path: str) -> int:
    """How many statements a page sends."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        browser.get(path)
    return len(captured)


if __name__ == "__main__":
    main(sys.argv[1:])
