"""The pages of background work."""

import pytest

from auctor.jobs.records import FailureRecord
from tests.cast import NOW, Company
from tests.jobs.bending import bend, enqueue, fail
from tests.web.pages.asking import ALICE, BOB, CAROL, MAX, MIA, NOBODY, VERA, ask, browser_of, recorded, send, status

PAGES = ("/jobs/", "/jobs/failures/", "/jobs/timetable/")
ACTS = ("/jobs/{}/retry/", "/jobs/{}/cancel/")


@pytest.mark.parametrize("path", PAGES)
class TestLadder:
    def test_sends_nobody_in_without_a_sign_in(self, db: None, path: str) -> None:
        assert status(NOBODY, path) == 302

    @pytest.mark.parametrize("email", [VERA, BOB, MIA])
    def test_refuses_who_does_not_run_the_workspace(self, acme: Company, path: str, email: str) -> None:
        assert status(email, path) == 403

    def test_opens_for_admins(self, acme: Company, path: str) -> None:
        assert status(MAX, path) == 200

    def test_takes_no_other_method(self, acme: Company, path: str) -> None:
        assert status(ALICE, path, "POST") == 405


@pytest.mark.parametrize("path", ACTS)
class TestLadderOfActs:
    def test_refuses_nobody_s_form(self, db: None, path: str) -> None:
        assert status(NOBODY, path.format(1), "POST") == 302

    def test_knows_no_job_of_another_workspace(
        self, committed: None, acme: Company, borealis: Company, path: str
    ) -> None:
        number = enqueue(acme.owner)
        browser = browser_of(CAROL)
        assert send(browser, path.format(number)).status_code == 404
        assert send(browser, path.format(number + 999)).status_code == 404

    @pytest.mark.parametrize("email", [VERA, BOB])
    def test_refuses_who_does_not_run_the_workspace(self, acme: Company, path: str, email: str) -> None:
        assert status(email, path.format(1), "POST") == 403

    def test_takes_no_other_method(self, acme: Company, path: str) -> None:
        assert status(ALICE, path.format(1)) == 405


class TestShow:
    def test_says_what_will_stand_here(self, acme: Company) -> None:
        assert "Nothing has run yet" in ask(browser_of(ALICE), "/jobs/").content.decode()

    def test_lists_jobs_with_who_asked(self, committed: None, acme: Company, borealis: Company) -> None:
        enqueue(acme.admin, "crm.sync", deal_id=7)
        enqueue(borealis.owner, "crm.other")
        text = ask(browser_of(ALICE), "/jobs/").content.decode()
        assert "crm.sync" in text
        assert "deal_id 7" in text
        assert "max@acme.example" in text
        assert "crm.other" not in text
        assert "No worker answers" in text

    def test_narrows_by_state(self, committed: None, acme: Company) -> None:
        enqueue(acme.owner, "crm.sync", deal_id=1)
        bend(enqueue(acme.owner, "crm.sync", deal_id=2), "failed", attempts=3)
        browser = browser_of(ALICE)
        failed = ask(browser, "/jobs/?state=failed").content.decode()
        assert ("deal_id 1" in failed, "deal_id 2" in failed) == (False, True)
        assert "No job is in this state." in ask(browser, "/jobs/?state=running").content.decode()
        assert "deal_id 1" in ask(browser, "/jobs/?state=invented&after=x").content.decode()

    def test_pages_by_cursor(self, committed: None, acme: Company) -> None:
        for number in range(52):
            enqueue(acme.owner, deal_id=number)
        browser = browser_of(ALICE)
        first = ask(browser, "/jobs/").content.decode()
        after = first.split("?after=")[1].split('"')[0]
        assert ask(browser, f"/jobs/?after={after}").content.decode().count("deal_id") == 2


class TestFailures:
    def test_says_so_when_nothing_failed(self, acme: Company) -> None:
        assert "Nothing has failed" in ask(browser_of(ALICE), "/jobs/failures/").content.decode()

    def test_shows_codes_and_what_follows(self, committed: None, acme: Company, borealis: Company) -> None:
        for company, code in ((acme, "crm.vendor_away"), (borealis, "crm.vendor_gone")):
            failure = FailureRecord(7, "crm.sync", code, attempt=2, failed_at=NOW, will_retry=False)
            fail(company.workspace_id, failure)
        text = ask(browser_of(ALICE), "/jobs/failures/").content.decode()
        assert "crm.vendor_away" in text
        assert "needs a person" in text
        assert "crm.vendor_gone" not in text


class TestTimetable:
    def test_shows_every_turn(self, acme: Company) -> None:
        text = ask(browser_of(ALICE), "/jobs/timetable/").content.decode()
        assert "identity.sweep" in text
        assert ", 03:41 UTC" in text


class TestRetry:
    def test_queues_the_job_and_records_it(self, committed: None, acme: Company) -> None:
        bend(number := enqueue(acme.owner), "failed", attempts=3)
        browser = browser_of(MAX)
        answer = send(browser, f"/jobs/{number}/retry/")
        assert (answer.status_code, answer["Location"]) == (302, "/jobs/")
        assert "crm.sync waits for its next run." in ask(browser, "/jobs/").content.decode()
        assert "job:retried" in recorded(acme)

    def test_refuses_a_job_that_has_not_failed(self, committed: None, acme: Company) -> None:
        assert send(browser_of(MAX), f"/jobs/{enqueue(acme.owner)}/retry/").status_code == 409
        assert "job:retried" not in recorded(acme)


class TestCancel:
    def test_takes_the_job_out_and_records_it(self, committed: None, acme: Company) -> None:
        number = enqueue(acme.owner)
        browser = browser_of(MAX)
        assert send(browser, f"/jobs/{number}/cancel/").status_code == 302
        assert "cancelled" in ask(browser, "/jobs/").content.decode()
        assert "job:cancelled" in recorded(acme)
