"""An upload from its arrival to its end."""

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from auctor.crm import uploads
from auctor.crm.importing.mapping import preset
from auctor.crm.models.deals import Deal
from auctor.crm.models.sources import Import, Upload
from auctor.crm.records import UploadRecord
from auctor.crm.upload_queries import NoUpload, access_upload, place_of, problems_as_csv
from auctor.crm.uploading import folder
from auctor.crm.uploading.folder import UploadRefused
from auctor.crm.vocabulary import UploadState
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden, Role
from tests.cast import NOW, Company
from tests.crm.folders import EVERYTHING, STAGES

PIPEDRIVE = (
    "Deal - ID,Deal - Title,Deal - Stage,Deal - Status,Deal - Value,Deal - Currency of Value,Deal - Deal created\n"
    "7,Big one,Proposal Made,Open,1000,EUR,2026-01-05 10:00:00\n"
)

Done = DjangoCaptureOnCommitCallbacks


def send(company: Company, files: Mapping[str, str] = EVERYTHING) -> UploadRecord:
    """Files from Alice, asked to be checked."""
    sent = [(f"{name}.csv", [text.encode()]) for name, text in files.items()]
    with scope.enter(company.owner):
        return uploads.accept_upload(company.owner, sent=sent, now=NOW)


def checked(company: Company, upload: UploadRecord) -> UploadRecord:
    """After the job has looked at it."""
    with scope.enter(company.system):
        uploads.check_upload(company.system, upload_id=upload.id, now=NOW)
        return access_upload(company.system, upload.id)


def imported(company: Company, upload: UploadRecord) -> UploadRecord:
    """After Alice has said yes and the job has run."""
    with scope.enter(company.owner):
        uploads.confirm_upload(company.owner, upload_id=upload.id, now=NOW)
    with scope.enter(company.system):
        uploads.import_upload(company.system, upload_id=upload.id, now=NOW)
        return access_upload(company.system, upload.id)


class TestAcceptUpload:
    def test_keeps_the_files_and_asks_for_their_check(self, acme: Company) -> None:
        upload = send(acme)
        assert upload.state is UploadState.CHECKING
        assert {name for name, _ in upload.files} == {f"{name}.csv" for name in EVERYTHING}
        assert (place_of(upload.id) / "files" / "deals.csv").is_file()

    def test_wants_a_mapping_for_what_no_preset_knows(self, acme: Company) -> None:
        assert send(acme, {"x": "Opp No,Phase\n1,New\n"}).state is UploadState.UNMAPPED

    def test_keeps_nothing_of_what_it_refuses(self, acme: Company) -> None:
        before = folder.list_places(place_of(uuid7()).parent.parent)
        with pytest.raises(UploadRefused):
            send(acme, {"deals": "deal_id\n", "strange": "a\n"})
        assert folder.list_places(place_of(uuid7()).parent.parent) == before

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.ANALYST, Role.MEMBER])
    def test_is_for_admins(self, acme: Company, role: Role) -> None:
        with scope.enter(acme.of(role)), pytest.raises(Forbidden):
            uploads.accept_upload(acme.of(role), sent=[], now=NOW)


class TestCheckUpload:
    def test_shows_what_would_happen_and_writes_nothing(self, acme: Company) -> None:
        upload = checked(acme, send(acme))
        assert upload.state is UploadState.READY
        assert upload.report is not None
        assert upload.report.files["deals"].create == 3
        with scope.enter(acme.owner):
            assert not Deal.objects.exists()

    def test_shows_what_is_wrong_and_removes_a_folder(
        self, acme: Company, django_capture_on_commit_callbacks: Done
    ) -> None:
        deals = EVERYTHING["deals"].replace("12500.50", "=cmd|'x'!A0")
        with django_capture_on_commit_callbacks(execute=True):
            upload = checked(acme, send(acme, {**EVERYTHING, "deals": deals}))
        assert upload.state is UploadState.REFUSED
        assert upload.report is not None
        (problem,) = upload.report.problems
        assert (problem.file, problem.line, problem.column) == ("deals.csv", 2, "amount")
        assert problems_as_csv(upload.report).count(b"'=cmd|") == 1
        assert not place_of(upload.id).exists()

    def test_finds_nothing_to_do_twice(self, acme: Company) -> None:
        upload = checked(acme, send(acme))
        assert checked(acme, upload) == upload


class TestChooseMapping:
    def test_reads_an_export_differently(self, acme: Company) -> None:
        upload = checked(acme, send(acme, {"export": PIPEDRIVE}))
        assert (upload.state, upload.mapping) == (UploadState.READY, "Pipedrive")
        mapping = replace(preset("pipedrive"), keep_others=False, pipeline="Direct")
        with scope.enter(acme.owner):
            again = uploads.choose_mapping(acme.owner, upload_id=upload.id, mapping=mapping, now=NOW)
        assert again.state is UploadState.CHECKING
        assert checked(acme, again).state is UploadState.READY

    def test_is_not_for_a_folder(self, acme: Company) -> None:
        upload = send(acme)
        with scope.enter(acme.owner), pytest.raises(uploads.UploadMoved, match="needs no mapping"):
            uploads.choose_mapping(acme.owner, upload_id=upload.id, mapping=preset("zoho"), now=NOW)


class TestKeepMapping:
    def test_waits_for_the_values(self, acme: Company) -> None:
        upload = send(acme, {"export": PIPEDRIVE})
        with scope.enter(acme.owner):
            kept = uploads.keep_mapping(acme.owner, upload_id=upload.id, mapping=preset("pipedrive"), now=NOW)
        assert kept.state is UploadState.UNMAPPED


class TestImportUpload:
    def test_imports_and_removes_the_files(self, acme: Company, django_capture_on_commit_callbacks: Done) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            upload = imported(acme, checked(acme, send(acme)))
        assert upload.state is UploadState.DONE
        assert not place_of(upload.id).exists()
        with scope.enter(acme.owner):
            assert Deal.objects.count() == 3
            assert Import.objects.get(id=upload.import_id).member_id == acme.owner.member_id

    def test_finds_all_of_it_the_second_time(self, acme: Company) -> None:
        imported(acme, checked(acme, send(acme)))
        upload = checked(acme, send(acme))
        assert upload.report is not None
        assert upload.report.writes == 0

    def test_undoes_everything_when_it_is_given_up_meanwhile(self, acme: Company) -> None:
        upload = checked(acme, send(acme))
        with scope.enter(acme.owner):
            uploads.confirm_upload(acme.owner, upload_id=upload.id, now=NOW)
            uploads.cancel_upload(acme.owner, upload_id=upload.id, now=NOW)
        with scope.enter(acme.system):
            uploads.import_upload(acme.system, upload_id=upload.id, now=NOW)
            assert not Deal.objects.exists()

    def test_is_refused_before_it_was_checked(self, acme: Company) -> None:
        upload = send(acme)
        with scope.enter(acme.owner), pytest.raises(uploads.UploadMoved):
            uploads.confirm_upload(acme.owner, upload_id=upload.id, now=NOW)


class TestCancelUpload:
    def test_removes_the_files(self, acme: Company, django_capture_on_commit_callbacks: Done) -> None:
        upload = send(acme)
        with django_capture_on_commit_callbacks(execute=True), scope.enter(acme.owner):
            assert uploads.cancel_upload(acme.owner, upload_id=upload.id, now=NOW).state is UploadState.CANCELLED
        assert not place_of(upload.id).exists()

    def test_is_not_for_strangers(self, acme: Company, borealis: Company) -> None:
        upload = send(acme)
        with scope.enter(borealis.owner), pytest.raises(NoUpload):
            uploads.cancel_upload(borealis.owner, upload_id=upload.id, now=NOW)


class TestCheckAgain:
    def test_needs_the_files(self, acme: Company) -> None:
        upload = checked(acme, send(acme))
        with scope.enter(acme.owner):
            assert uploads.check_again(acme.owner, upload_id=upload.id, now=NOW).state is UploadState.CHECKING
            folder.remove(place_of(upload.id))
            with pytest.raises(uploads.UploadMoved, match="gone"):
                uploads.check_again(acme.owner, upload_id=upload.id, now=NOW)


class TestSweepUploads:
    def test_removes_what_nobody_confirmed(self, acme: Company, django_capture_on_commit_callbacks: Done) -> None:
        upload = checked(acme, send(acme, {**EVERYTHING, "stages": STAGES}))
        with django_capture_on_commit_callbacks(execute=True), scope.enter(acme.system):
            uploads.sweep_uploads(acme.system, now=NOW + timedelta(hours=23))
            assert access_upload(acme.system, upload.id).has_files
            uploads.sweep_uploads(acme.system, now=NOW + timedelta(hours=25))
        with scope.enter(acme.system):
            assert access_upload(acme.system, upload.id).state is UploadState.EXPIRED
            assert not place_of(upload.id).exists()
            uploads.sweep_uploads(acme.system, now=NOW + timedelta(days=31))
            assert not Upload.objects.exists()

    def test_removes_folders_of_nobody(self, acme: Company) -> None:
        stray = place_of(uuid7())
        stray.mkdir(parents=True)
        old = time.time() - 3 * 86_400
        os.utime(stray, (old, old))
        nobody = replace(acme.system, workspace_id=None)
        uploads.sweep_uploads(nobody, now=NOW)
        assert not Path(stray).exists()
