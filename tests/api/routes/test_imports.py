"""Imports as a program sees them."""

import pytest

from auctor.crm import uploads
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from tests.api.calling import body_of, program_of
from tests.cast import NOW, Company
from tests.crm.folders import EVERYTHING


def sent(company: Company) -> str:
    """A checked upload."""
    files = [(f"{name}.csv", [text.encode()]) for name, text in EVERYTHING.items()]
    with scope.enter(company.owner):
        upload = uploads.accept_upload(company.owner, sent=files, now=NOW)
    with scope.enter(company.system):
        uploads.check_upload(company.system, upload_id=upload.id, now=NOW)
    return str(upload.id)


class TestListImports:
    def test_shows_how_far_they_are(self, acme: Company) -> None:
        key = sent(acme)
        (found,) = body_of(program_of(acme.owner).call("GET", "/imports"))
        assert (found["id"], found["state"], found["counts"]["deals"]["create"]) == (key, "ready", 3)

    def test_is_not_for_those_who_may_not_import(self, acme: Company) -> None:
        assert program_of(acme.viewer).call("GET", "/imports").status_code == 403


class TestReadImport:
    def test_is_not_for_strangers(self, acme: Company, borealis: Company) -> None:
        key = sent(acme)
        program = program_of(borealis.owner)
        assert {program.call("GET", f"/imports/{one}").status_code for one in (key, uuid7())} == {404}
        assert body_of(program_of(acme.owner).call("GET", f"/imports/{key}"))["problem_count"] == 0


class TestConfirmImport:
    def test_begins_it_once(self, acme: Company) -> None:
        key, program = sent(acme), program_of(acme.owner)
        assert body_of(program.call("POST", f"/imports/{key}/confirm"))["state"] == "importing"
        assert program.call("POST", f"/imports/{key}/confirm").status_code == 409


class TestCancelImport:
    @pytest.mark.parametrize("times", [1, 2])
    def test_gives_it_up(self, acme: Company, times: int) -> None:
        key, program = sent(acme), program_of(acme.owner)
        answers = [program.call("DELETE", f"/imports/{key}").status_code for _ in range(times)]
        assert answers == [200, 409][:times]
