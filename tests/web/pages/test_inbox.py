"""The risk inbox."""

from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from auctor.jobs.queue import defer
from auctor.risk import scan
from auctor.tenancy import scope
from tests.cast import Company
from tests.web.pages.asking import ALICE, BOB, CAROL, MIA, NOBODY, TODAY, VERA, ask, browser_of, status
from tests.web.pages.judged import judge, text_of, worst_deal

# Session, actor and scope of a request included.
MOST_STATEMENTS = {"inbox": 24, "deals": 20, "deal": 40}


class TestLadder:
    def test_sends_nobody_in_without_a_sign_in(self, db: None) -> None:
        assert status(NOBODY, "/inbox/") == 302

    @pytest.mark.parametrize("email", [ALICE, MIA, VERA, BOB])
    def test_opens_for_everybody_of_the_workspace(self, committed: None, acme: Company, email: str) -> None:
        assert status(email, "/inbox/") == 200

    def test_takes_no_other_method(self, acme: Company) -> None:
        assert status(ALICE, "/inbox/", "POST") == 405


class TestShow:
    def test_says_what_will_stand_here(self, acme: Company) -> None:
        assert "Nothing to decide yet" in ask(browser_of(ALICE), "/inbox/").content.decode()

    def test_shows_each_deal_to_those_who_may_see_it(
        self, committed: None, acme: Company, borealis: Company, tmp_path: Path
    ) -> None:
        judge(acme, tmp_path)
        alice, bob, carol = browser_of(ALICE), browser_of(BOB), browser_of(CAROL)
        text = ask(alice, "/inbox/").content.decode()
        assert "at risk" in text
        address = text.split('hx-get="/inbox/')[1].split('"')[0]
        assert "What clears it" in ask(alice, f"/inbox/{address}").content.decode()
        assert ask(alice, f"/deals/{address}").status_code == 200
        assert ask(bob, f"/inbox/{address}").status_code == 404
        assert ask(bob, f"/deals/{address}").status_code == 404
        assert ask(carol, f"/deals/{address}").status_code == 404
        assert "data-queue-row" not in ask(bob, "/inbox/").content.decode()


class TestProgress:
    def test_lasts_until_a_deal_is_judged_though_the_timetable_scanned_before(
        self, committed: None, acme: Company
    ) -> None:
        with scope.enter(acme.system), transaction.atomic():
            scan.scan_open(acme.system, now=TODAY)
            defer(acme.system, "risk.bring_demo")
        alice = browser_of(ALICE)
        assert "is on its way" in text_of(alice, "/inbox/")
        assert "Importing the demo company" in text_of(alice, "/inbox/progress/")


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
