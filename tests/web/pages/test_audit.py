"""The pages of the audit log."""

from datetime import timedelta

import pytest

from auctor.audit import verify
from auctor.audit.log import record
from auctor.audit.tags import AuditTag
from auctor.identity import profiles
from auctor.identity.records import Profile
from auctor.tenancy import scope
from tests.audit.conftest import Bench
from tests.audit.writing import write
from tests.cast import NOW, Company
from tests.identity.browser import at
from tests.web.pages.asking import ALICE, BOB, CAROL, MAX, MIA, NOBODY, TODAY, VERA, ask, browser_of, send, status

PAGES = ("/audit/", "/audit/checkpoint/", "/audit/checkpoint/file/", "/audit/export/", "/audit/verifier/")


@pytest.mark.parametrize("path", PAGES)
class TestLadder:
    def test_sends_nobody_in_without_a_sign_in(self, db: None, path: str) -> None:
        assert status(NOBODY, path) == 302

    @pytest.mark.parametrize("email", [VERA, BOB, MIA])
    def test_refuses_who_may_not_read_the_log(self, acme: Company, path: str, email: str) -> None:
        assert status(email, path) == 403

    def test_takes_no_other_method(self, acme: Company, path: str) -> None:
        assert status(ALICE, path, "DELETE") == 405


class TestShow:
    def test_lists_entries_with_names_in_place_of_ids(self, acme: Company) -> None:
        with scope.enter(acme.owner):
            details = {"before": "member", "after": "admin"}
            record(acme.owner, AuditTag.ROLE_CHANGED, subject=acme.admin.member_id, details=details, now=NOW)
        page = ask(browser_of(MAX), "/audit/")
        assert page.status_code == 200
        text = page.content.decode()
        assert "Role changed" in text
        assert "max@acme.example · member → admin" in text
        assert "alice@acme.example" in text
        assert "being sealed" in text

    def test_shows_a_stranger_nothing(self, acme: Company, borealis: Company) -> None:
        with scope.enter(acme.owner):
            record(acme.owner, AuditTag.ROLE_CHANGED, subject=acme.admin.member_id, now=NOW)
        page = ask(browser_of(CAROL), f"/audit/?subject={acme.admin.member_id}")
        assert "No entry answers to this filter" in page.content.decode()
        assert "acme.example" not in page.content.decode()

    def test_is_itself_recorded_after_it_was_read(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        assert "Audit read" not in rows(ask(browser, "/audit/").content.decode())
        assert "Audit read" in rows(ask(browser, "/audit/").content.decode())

    def test_narrows_by_action_and_person(self, acme: Company) -> None:
        with scope.enter(acme.owner):
            record(acme.owner, AuditTag.SETTING_CHANGED, now=NOW)
        with scope.enter(acme.admin):
            record(acme.admin, AuditTag.POLICY_CHANGED, now=NOW)
        browser = browser_of(ALICE)
        by_action = rows(ask(browser, "/audit/?action=setting:changed").content.decode())
        by_person = rows(ask(browser, f"/audit/?who={acme.admin.user_id}").content.decode())
        assert ("Setting changed" in by_action, "Policy changed" in by_action) == (True, False)
        assert ("Setting changed" in by_person, "Policy changed" in by_person) == (False, True)

    def test_takes_days_of_the_workspace_zone(self, acme: Company) -> None:
        with scope.enter(acme.owner):
            profiles.keep(acme.workspace_id, Profile("Acme", time_zone="Pacific/Auckland"))
            record(acme.owner, AuditTag.SETTING_CHANGED, now=NOW)
        browser = browser_of(ALICE)
        text = ask(browser, "/audit/").content.decode()
        assert "Times are those of Pacific/Auckland." in text
        assert " NZ" in rows(text)
        assert "Setting changed" not in rows(ask(browser, "/audit/?until=2020-01-01").content.decode())

    def test_says_what_is_wrong_with_a_filter_and_narrows_nothing(self, acme: Company) -> None:
        page = ask(browser_of(ALICE), "/audit/?action=no:such&who=x&since=yesterday")
        assert page.status_code == 200
        assert page.content.decode().count("field-error") == 3
        assert "Factor enrolled" in rows(page.content.decode())

    def test_pages_by_cursor(self, committed: None, acme: Company) -> None:
        write(acme, 60)
        browser = browser_of(ALICE)
        first = ask(browser, "/audit/?action=deal:read").content.decode()
        after = first.split(";after=")[1].split('"')[0]
        second = ask(browser, f"/audit/?action=deal:read&after={after}").content.decode()
        assert (first.count("As it was hashed"), second.count("As it was hashed")) == (50, 10)
        assert "Back to the newest entries" in second

    def test_refuses_a_cursor_that_no_page_gave(self, acme: Company) -> None:
        assert ask(browser_of(ALICE), "/audit/?after=invented").status_code == 400

    def test_shows_the_place_of_what_is_sealed(self, sealer: Bench, acme: Company) -> None:
        write(acme, 2)
        sealer.seal()
        text = ask(browser_of(ALICE), "/audit/?action=deal:read").content.decode()
        assert "being sealed" not in rows(text)


class TestCheckpoint:
    def test_says_so_while_nothing_is_sealed(self, acme: Company) -> None:
        assert "No checkpoint yet" in ask(browser_of(ALICE), "/audit/checkpoint/").content.decode()

    def test_shows_what_to_keep_and_the_days(self, sealer: Bench, acme: Company) -> None:
        write(acme, 3)
        done = sealer.seal()
        assert done
        text = ask(browser_of(ALICE), "/audit/checkpoint/").content.decode()
        assert "c2sp.org/tlog-proof@v1" in text
        assert "3 entries of this workspace" in text


class TestKeep:
    def test_gives_a_proof_that_the_export_agrees_with(self, sealer: Bench, acme: Company) -> None:
        write(acme, 3)
        sealer.seal()
        browser = browser_of(ALICE)
        kept = ask(browser, "/audit/checkpoint/file/")
        assert kept["Content-Disposition"] == f'attachment; filename="checkpoint-{TODAY:%Y-%m-%d}.txt"'
        sealer.seal()
        lines = b"".join(send(browser, "/audit/export/").streaming_content).decode().splitlines()
        report = verify.check_lines(lines, [("kept", kept.content.decode())])
        assert report.findings == []

    def test_asks_to_wait_while_nothing_is_sealed(self, acme: Company) -> None:
        assert ask(browser_of(ALICE), "/audit/checkpoint/file/").status_code == 409


class TestShowExport:
    def test_says_how_to_check_it(self, sealer: Bench, acme: Company) -> None:
        write(acme)
        sealer.seal()
        text = ask(browser_of(MAX), "/audit/export/").content.decode()
        assert f"python verify.py audit-{TODAY:%Y-%m-%d}.jsonl --keep checkpoint-*.txt --key" in text


class TestDownload:
    def test_answers_with_the_file_and_an_entry(self, sealer: Bench, acme: Company) -> None:
        write(acme, 5)
        sealer.seal()
        browser = browser_of(ALICE)
        answer = send(browser, "/audit/export/")
        assert answer["Content-Disposition"] == f'attachment; filename="audit-{TODAY:%Y-%m-%d}.jsonl"'
        assert verify.check_lines(b"".join(answer.streaming_content).decode().splitlines()).findings == []
        assert "Audit exported" in rows(ask(browser, "/audit/").content.decode())

    def test_asks_for_both_factors_when_they_are_not_fresh(self, sealer: Bench, acme: Company) -> None:
        write(acme)
        sealer.seal()
        browser = browser_of(ALICE)
        with at(TODAY + timedelta(minutes=6)):
            answer = browser.post("/audit/export/", headers={"Referer": "https://localhost/audit/export/"})
        assert (answer.status_code, answer["Location"]) == (302, "/account/reauthenticate/?next=%2Faudit%2Fexport%2F")

    def test_refuses_a_field_that_it_does_not_have(self, acme: Company) -> None:
        assert send(browser_of(ALICE), "/audit/export/", {"workspace": "another"}).status_code == 400


class TestVerifier:
    def test_is_the_very_file_that_the_tests_use(self, acme: Company) -> None:
        answer = ask(browser_of(ALICE), "/audit/verifier/")
        assert answer["Content-Disposition"] == 'attachment; filename="verify.py"'
        assert "def check_lines(" in answer.content.decode()


def rows(text: str) -> str:
    """The entries of the page, without its filters."""
    return text.split("<tbody>")[1].split("</tbody>")[0]
