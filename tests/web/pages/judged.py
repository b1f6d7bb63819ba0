"""A workspace with a small part of the demo company, judged at the time of the tests."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from auctor.risk import queries, scan
from auctor.tenancy import scope
from tests.cast import Company
from tests.risk.world import bring_in
from tests.web.pages.asking import TODAY, ask


def judge(company: Company, folder: Path, *, deals: int = 160) -> None:
    """Bring in so many deals and judge those that are open."""
    bring_in(company, folder, deals=deals, today=TODAY)
    with scope.enter(company.system), transaction.atomic():
        scan.scan_open(company.system, now=TODAY)


def worst_deal(company: Company) -> UUID:
    """The deal that stands first in the queue."""
    with scope.enter(company.owner), transaction.atomic():
        return queries.list_inbox(company.owner).rows[0].deal_id


def text_of(browser: Any, path: str, **words: Any) -> str:
    """A page's HTML. It must have been found."""
    answer = ask(browser, path, **words)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode())
