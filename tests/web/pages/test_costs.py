"""What the pages that are opened every morning cost: statements do not grow with the rows that are shown."""

from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Company
from tests.web.pages.asking import ALICE, browser_of
from tests.web.pages.judged import judge, text_of, worst_deal

# Session, actor and scope of a request included.
MOST_STATEMENTS = {"inbox": 45, "deals": 40, "deal": 75}


class TestStatements:
    def test_are_few_for_each_page(self, committed: None, acme: Company, tmp_path: Path) -> None:
        judge(acme, tmp_path)
        alice, counts = browser_of(ALICE), {}
        addresses = {"inbox": "/inbox/", "deals": "/deals/?kind=all", "deal": f"/deals/{worst_deal(acme)}/"}
        for name, address in addresses.items():
            with CaptureQueriesContext(connection) as asked:
                text_of(alice, address)
            counts[name] = len(asked)
        assert {name: count for name, count in counts.items() if count > MOST_STATEMENTS[name]} == {}, counts
