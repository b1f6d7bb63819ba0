"""Where everything came from, and how far it reaches."""

from typing import ClassVar

from django.db import models
from django.db.models import Index, UniqueConstraint

from auctor.crm.fields import SealedBytesField
from auctor.crm.models.rows import OURS, PIPELINE
from auctor.tenancy.data import WITH_WORKSPACE, DataRule
from auctor.tenancy.rows import WorkspaceRow
from auctor.vault.fields import SealedJSONField
from auctor.vault.keyring import Purpose

Small = models.SmallIntegerField
Moment = models.DateTimeField
Uuid = models.UUIDField


class Raw(WorkspaceRow):
    """What a source sent, as it came, in pieces; everything else is a projection of it."""

    connection_id = Uuid()
    origin_id = Uuid()
    kind = Small()
    part = models.IntegerField()
    received_at = Moment()
    normaliser_version = Small()
    body = SealedBytesField(purpose=Purpose.CRM)

    data_rule = DataRule(
        "400 days after it came, or until somebody in it is erased.",
        "No: its content is exported in our own form.",
        "The pieces that may hold the person are deleted.",
    )

    class Meta:
        db_table = "crm_raw"
        constraints: ClassVar = [
            UniqueConstraint(fields=["workspace_id", "origin_id", "kind", "part"], name="crm_raw_once")
        ]


class Import(WorkspaceRow):
    """One import of files: who, when, with which result. `counts` holds numbers by file."""

    started_at = Moment()
    ended_at = Moment(null=True)
    member_id = Uuid(null=True)
    state = Small()
    counts = models.JSONField(default=dict)

    data_rule = OURS

    class Meta:
        db_table = "crm_import"
        indexes: ClassVar = [Index(fields=["workspace_id", "started_at"], name="crm_import_started")]


class Upload(WorkspaceRow):
    """Files that somebody sent, until they are imported or given up; the files themselves lie in the data folder.

    `files` are names and sizes, `mapping` how a plain export is read (None: a history folder), `report` what the
    check or the import found. `job_id` is the number of the job that works on it.
    """

    member_id = Uuid(null=True)
    received_at = Moment()
    ended_at = Moment(null=True)
    state = Small()
    job_id = models.BigIntegerField(null=True)
    import_id = Uuid(null=True)
    files = SealedJSONField(purpose=Purpose.CRM)
    mapping = SealedJSONField(purpose=Purpose.CRM, null=True)
    report = SealedJSONField(purpose=Purpose.CRM, null=True)

    data_rule = DataRule(
        "Thirty days; the files themselves go when the import has ended, at the latest after a day.",
        "No: what was imported is exported.",
        WITH_WORKSPACE,
    )

    class Meta:
        db_table = "crm_upload"
        indexes: ClassVar = [Index(fields=["workspace_id", "received_at"], name="crm_upload_received")]


class Coverage(WorkspaceRow):
    """How far an input has been read completely. Beyond it, and without it, absence means nothing.

    `kind` is the activity's where the input is activities, the field where it is changes, else -1; `owner_id` is
    whose mailbox it is, if anybody's.
    """

    connection_id = Uuid()
    input = Small()
    kind = Small(default=-1)
    owner_id = Uuid(null=True)
    since = Moment(null=True)
    until = Moment()
    observed_at = Moment()

    data_rule = OURS

    class Meta:
        db_table = "crm_coverage"
        indexes: ClassVar = [Index(fields=["workspace_id", "input"], name="crm_coverage_input")]


class Merge(WorkspaceRow):
    """The record `loser_id` is now part of `survivor_id`; `root_id` is where the chain of merges ends.

    (connection, kind, remote id) makes a record's id; this makes the id an entity. Deleting the row undoes it.
    """

    kind = Small()
    loser_id = Uuid()
    survivor_id = Uuid()
    root_id = Uuid()
    basis = Small()
    merged_at = Moment()
    observed_at = Moment()
    member_id = Uuid(null=True)

    data_rule = PIPELINE

    class Meta:
        db_table = "crm_merge"
        constraints: ClassVar = [UniqueConstraint(fields=["workspace_id", "kind", "loser_id"], name="crm_merge_once")]
        indexes: ClassVar = [Index(fields=["workspace_id", "root_id"], name="crm_merge_root")]
