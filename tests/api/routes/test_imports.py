"""Imports as a program sees them."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from auctor.crm import uploads
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from auctor.tenancy.permissions import Role
from tests.api.calling import Program, body_of, program_of
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


FOLDER = {f"{name}.csv": text.encode() for name, text in EVERYTHING.items()}
ODD = {"x.csv": b"Opp No,Phase,Since,Worth\n1,New,2026-01-05,10\n2,Won,2026-01-06,20\n"}


def send(program: Program, files: dict[str, bytes], *, key: str | None = None) -> HttpResponse:
    """As a form with files, as `curl -F files=@deals.csv` does it."""
    headers = {} if key is None else {"Idempotency-Key": key}
    data = {"files": [SimpleUploadedFile(name, content) for name, content in files.items()]}
    found: HttpResponse = program.post("/api/v1/imports", data, secure=True, headers=headers)  # type: ignore[assignment]
    return found


def packed(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(f"history/{name}", content)
    return archive.getvalue()


def check(company: Company, found: Any) -> None:
    """What the worker does."""
    with scope.enter(company.system):
        uploads.check_upload(company.system, upload_id=found["id"], now=NOW)


class TestSendImport:
    @pytest.mark.parametrize("files", [FOLDER, {"history.zip": packed(FOLDER)}])
    def test_takes_a_folder_and_shows_what_would_happen(self, acme: Company, files: dict[str, bytes]) -> None:
        program = program_of(acme.owner)
        answer = send(program, files)
        assert answer.status_code == 202, answer.content
        made = body_of(answer)
        assert (made["state"], set(made["files"])) == ("checking", set(FOLDER))
        check(acme, made)
        found = body_of(program.call("GET", f"/imports/{made['id']}"))
        assert (found["state"], found["counts"]["deals"]["create"]) == ("ready", 3)
        assert body_of(program.call("POST", f"/imports/{made['id']}/confirm"))["state"] == "importing"

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.ANALYST, Role.MEMBER])
    def test_is_not_for_those_who_may_not_import(self, acme: Company, role: Role) -> None:
        assert send(program_of(acme.of(role)), FOLDER).status_code == 403

    def test_takes_the_same_once(self, acme: Company) -> None:
        program = program_of(acme.owner)
        # Larger than what is kept in memory, and a boundary of its own each time.
        files = {
            **FOLDER,
            "companies.csv": b"company_id,name\n" + b"".join(b"c%d,%s\n" % (n, b"x" * 90) for n in range(30_000)),
        }
        answers = [send(program, files, key="once") for _ in range(2)]
        assert answers[0].status_code == 202, answers[0].content
        assert answers[0].content == answers[1].content
        assert len(body_of(program.call("GET", "/imports"))) == 1
        assert send(program, FOLDER, key="once").status_code == 422

    @pytest.mark.parametrize(
        "files",
        [{".deals.csv": b"deal_id\n"}, {"deals.exe": b"x"}, {"a.zip": b"PK"}, {"deals.csv": b"a\n", "b.csv": b"b"}],
    )
    def test_refuses_what_is_no_import(self, acme: Company, files: dict[str, bytes]) -> None:
        program = program_of(acme.owner)
        answer = send(program, files)
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
        assert body_of(program.call("GET", "/imports")) == []

    @pytest.mark.parametrize("key", [None, "k"])
    @pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x", "text/plain"])
    def test_answers_a_form_that_is_none(self, acme: Company, key: str | None, kind: str) -> None:
        headers = {} if key is None else {"Idempotency-Key": key}
        answer = program_of(acme.owner).generic(
            "POST", "/api/v1/imports", b"--x\r\nabc", kind, secure=True, headers=headers
        )
        assert answer.status_code in (400, 422)
        assert answer["Content-Type"] == "application/problem+json"


class TestMapImport:
    def test_says_how_an_export_is_read(self, acme: Company) -> None:
        program = program_of(acme.owner)
        made = body_of(send(program, ODD))
        assert made["state"] == "unmapped"
        told = body_of(program.call("GET", f"/imports/{made['id']}/columns"))
        assert [one["name"] for one in told["columns"]] == ["Opp No", "Phase", "Since", "Worth"]
        assert told["lines"] == 2
        columns = {"deal_id": "Opp No", "stage": ["Phase"], "created_at": ["Since"], "amount": ["Worth"]}
        mapping = {**told["mapping"], "columns": columns, "currency": "EUR"}
        answer = program.call("PUT", f"/imports/{made['id']}/mapping", {"mapping": mapping})
        assert body_of(answer)["state"] == "checking", answer.content
        check(acme, made)
        found = body_of(program.call("GET", f"/imports/{made['id']}"))
        assert (found["state"], found["counts"]["deals"]["create"]) == ("ready", 2), found

    @pytest.mark.parametrize(
        "mapping",
        [
            {"columns": 5},
            {"columns": {"deal_id": 5}},
            {"columns": {"no_such": "x"}},
            {"won": 5},
            {"stage_order": {"a": 1}},
            {"zone": "Mars/Olympus"},
            {"currency": "XXQ"},
            {"decimal": "\0"},
            {"preset": "acme"},
            {"forecast": ["x"]},
            {"strange": 1},
        ],
    )
    def test_refuses_what_it_cannot_read(self, acme: Company, mapping: dict[str, object]) -> None:
        program = program_of(acme.owner)
        made = body_of(send(program, ODD))
        assert program.call("PUT", f"/imports/{made['id']}/mapping", {"mapping": mapping}).status_code == 422

    def test_is_not_for_a_folder(self, acme: Company) -> None:
        program = program_of(acme.owner)
        key = sent(acme)
        assert program.call("GET", f"/imports/{key}/columns").status_code == 409
        assert program.call("PUT", f"/imports/{key}/mapping", {"mapping": {}}).status_code == 409
        assert program.call("PUT", f"/imports/{uuid7()}/mapping", {"mapping": {}}).status_code == 404


class TestCheckImport:
    def test_checks_once_more(self, acme: Company) -> None:
        key, program = sent(acme), program_of(acme.owner)
        assert body_of(program.call("POST", f"/imports/{key}/check"))["state"] == "checking"


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
