"""Importing on the pages."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from auctor.crm import uploads
from auctor.crm.upload_queries import list_uploads
from auctor.crm.vocabulary import UploadState
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.crm.folders import EVERYTHING
from tests.identity.browser import Browser
from tests.web.pages.asking import ALICE, BOB, CAROL, MIA, NOBODY, VERA, ask, browser_of, recorded, send, status

PATH = "/integrations/import/"
ODD = 'Opp No,Titel,Phase,Angelegt,Betrag\n1,Eins,Neu,03.04.2026 10:00,"1.000,50"\n2,Zwei,Gewonnen,04.04.2026 10:00,5\n'


def files(texts: Mapping[str, str]) -> dict[str, Any]:
    """Files as a form sends them."""
    return {"sent": [SimpleUploadedFile(name, text.encode()) for name, text in texts.items()]}


def everything() -> dict[str, Any]:
    return files({f"{name}.csv": text for name, text in EVERYTHING.items()})


def worked(company: Company) -> str:
    """After the worker has done what waits; the address of the newest upload."""
    with scope.enter(company.system):
        upload = list_uploads(company.system)[0]
        uploads.check_upload(company.system, upload_id=upload.id, now=NOW)
        uploads.import_upload(company.system, upload_id=upload.id, now=NOW)
    return f"{PATH}{upload.id}/"


def text(browser: Browser, path: str) -> str:
    """The page's words."""
    return str(ask(browser, path).content.decode())


class TestShow:
    @pytest.mark.parametrize(("who", "answer"), [(NOBODY, 302), (VERA, 403), (BOB, 403), (MIA, 403), (ALICE, 200)])
    def test_is_for_those_who_may_import(self, acme: Company, who: str, answer: int) -> None:
        assert status(who, PATH) == answer

    def test_checks_shows_and_imports(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        address = send(browser, PATH, everything())["Location"]
        assert "Waiting for the worker" in text(browser, address)
        assert worked(acme) == address
        assert "This is what would happen" in text(browser, address)
        assert send(browser, f"{address}confirm/")["Location"] == address
        worked(acme)
        assert "The files were removed" in text(browser, address)
        assert "Imported" in text(browser, PATH)
        happened = recorded(acme)
        assert [one for one in happened if one in ("upload:received", "upload:confirmed", "deal:imported")] == [
            "upload:received",
            "upload:confirmed",
            "deal:imported",
        ]

    def test_says_in_the_form_what_it_does_not_take(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        answer = send(browser, PATH, files({"deals.xlsx": "PK"}))
        assert "is no file that can be imported" in answer.content.decode()


class TestShowOne:
    def test_is_not_for_strangers(self, acme: Company, borealis: Company) -> None:
        address = send(browser_of(ALICE), PATH, everything())["Location"]
        stranger = browser_of(CAROL)
        acts = ("", "progress/", "columns/", "values/", "problems.csv")
        assert {ask(stranger, address + act).status_code for act in acts} == {404}
        assert {send(stranger, address + act).status_code for act in ("confirm/", "again/", "cancel/")} == {404}

    def test_lists_problems_by_file_line_and_column(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        broken = EVERYTHING["deals"].replace("12500.50", "=1+1")
        send(browser, PATH, files({f"{name}.csv": one for name, one in {**EVERYTHING, "deals": broken}.items()}))
        address = worked(acme)
        page = text(browser, address)
        assert "1 problem" in page
        assert "<code>=1+1</code>" in page
        sheet = ask(browser, f"{address}problems.csv")
        assert sheet["Content-Disposition"] == 'attachment; filename="problems.csv"'
        assert "deals.csv,2,amount,'=1+1," in sheet.content.decode()

    def test_gives_an_upload_up(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        address = send(browser, PATH, everything())["Location"]
        assert send(browser, f"{address}cancel/")["Location"] == PATH
        assert "Cancelled" in text(browser, address)
        assert send(browser, f"{address}confirm/").status_code == 409


class TestProgress:
    def test_leads_to_the_page_when_it_is_there(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        address = send(browser, PATH, everything())["Location"]
        assert "hx-get" in text(browser, f"{address}progress/")
        worked(acme)
        assert ask(browser, f"{address}progress/")["HX-Redirect"] == address


class TestColumns:
    def test_guide_through_what_no_preset_knows(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        address = send(browser, PATH, files({"export.csv": ODD}))["Location"]
        assert address.endswith("/columns/")
        page = text(browser, address)
        assert "Opp No – 1, 2" in page
        columns = {"deal_id": "Opp No", "name": "Titel", "stage": "Phase", "created_at": "Angelegt", "amount": "Betrag"}
        formats = {"day_first": "yes", "decimal": ",", "zone": "Europe/Berlin", "default_currency": "EUR"}
        answer = send(browser, address, {**columns, **formats, "default_pipeline": "Direkt"})
        values = answer["Location"]
        page = text(browser, values)
        assert "2026-04-03T08:00:00Z" in page
        assert "1000.50 EUR" in page
        send(browser, values, {"won": ["Gewonnen"], "stage_order": "Neu"})
        found = text(browser, worked(acme))
        assert "This is what would happen" in found

    def test_want_what_is_needed(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        address = send(browser, PATH, files({"export.csv": ODD}))["Location"]
        answer = send(browser, address, {"deal_id": "Opp No", "zone": "UTC", "decimal": ".", "default_pipeline": "x"})
        assert "This field is required" in answer.content.decode()

    def test_are_none_in_a_history_folder(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        address = send(browser, PATH, everything())["Location"]
        assert ask(browser, f"{address}columns/").status_code == 409


class TestValues:
    def test_mean_one_thing_each(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        address = send(browser, PATH, files({"export.csv": ODD}))["Location"].replace("columns", "values")
        answer = send(browser, address, {"won": ["Neu"], "lost": ["Neu"]})
        assert "cannot be won and lost" in answer.content.decode()


class TestProblems:
    def test_are_nothing_of_an_upload_that_is_not_there(self, acme: Company) -> None:
        assert status(ALICE, f"{PATH}{uuid7()}/problems.csv") == 404


class TestConfirm:
    @pytest.mark.parametrize("act", ["confirm", "again", "cancel"])
    def test_takes_posts_only(self, acme: Company, act: str) -> None:
        assert status(ALICE, f"{PATH}{uuid7()}/{act}/") == 405


class TestAgain:
    def test_checks_once_more(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        send(browser, PATH, everything())
        address = worked(acme)
        assert send(browser, f"{address}again/")["Location"] == address
        with scope.enter(acme.system):
            assert list_uploads(acme.system)[0].state is UploadState.CHECKING


class TestCancel:
    def test_is_not_for_those_who_may_not_import(self, acme: Company) -> None:
        assert send(browser_of(VERA), f"{PATH}{uuid7()}/cancel/").status_code == 403
