"""Deals and their past."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Index, UniqueConstraint
from django.db.models.functions import Coalesce

from auctor.crm.models.rows import DERIVED, OURS, PIPELINE, Sourced
from auctor.crm.vocabulary import Basis
from auctor.tenancy.rows import WorkspaceRow
from auctor.vault.blindfields import BlindWordsField
from auctor.vault.fields import SealedTextField
from auctor.vault.keyring import Purpose

Small = models.SmallIntegerField
Number = models.BigIntegerField
Moment = models.DateTimeField
Day = models.DateField
Uuid = models.UUIDField
Code = models.CharField


class Deal(Sourced):
    """A deal: the vendor's values, people's overrides beside them, and what is in force (`…_now`).

    `known` tells which fields the source has shown (`vocabulary.Known`). `closed_at` is when the run of closed
    stages began that still lasts. `touched_at` moves with every fact about the deal.
    """

    name = SealedTextField(purpose=Purpose.CRM, null=True)
    name_words = BlindWordsField(source="name")
    company_id = Uuid(null=True)
    owner_id = Uuid(null=True)
    owner_member_id = Uuid(null=True)
    pipeline_id = Uuid()
    stage_id = Uuid(null=True)
    stage_kind = Small()
    stage_since = Moment(null=True)
    created_at = Moment()
    closed_at = Moment(null=True)
    is_close_inferred = models.BooleanField(default=False)
    amount = Number(null=True)
    amount_override = Number(null=True)
    amount_now = models.GeneratedField(
        expression=Coalesce("amount_override", "amount"), output_field=Number(null=True), db_persist=True
    )
    currency = Code(max_length=3, null=True)
    close_on = Day(null=True)
    close_zone = Code(max_length=64, null=True)
    close_on_override = Day(null=True)
    close_on_now = models.GeneratedField(
        expression=Coalesce("close_on_override", "close_on"), output_field=Day(null=True), db_persist=True
    )
    forecast = Small(null=True)
    forecast_override = Small(null=True)
    next_step = SealedTextField(purpose=Purpose.CRM, null=True)
    next_step_on = Day(null=True)
    overridden_at = Moment(null=True)
    known = Small(default=0)
    touched_at = Moment()
    remote_updated_at = Moment(null=True)
    normaliser_version = Small(default=1)

    data_rule = PIPELINE

    class Meta:
        db_table = "crm_deal"
        indexes: ClassVar = [
            Index(fields=["workspace_id", "stage_kind", "close_on_now", "id"], name="crm_deal_close"),
            Index("workspace_id", "stage_kind", F("amount_now").desc(nulls_last=True), "id", name="crm_deal_amount"),
            Index(fields=["workspace_id", "stage_kind", "created_at", "id"], name="crm_deal_created"),
            # Of deals of all kinds together.
            Index(fields=["workspace_id", "close_on_now", "id"], name="crm_deal_all_close"),
            Index("workspace_id", F("amount_now").desc(nulls_last=True), "id", name="crm_deal_all_amount"),
            Index(fields=["workspace_id", "created_at", "id"], name="crm_deal_all_created"),
            Index(fields=["workspace_id", "touched_at"], name="crm_deal_touched"),
            # Whatever the wall asks for stands in it, so that deals are counted without reading them.
            Index(fields=["workspace_id", "stage_kind", "record_state", "owner_member_id"], name="crm_deal_count"),
            Index(fields=["workspace_id", "company_id"], name="crm_deal_company"),
            Index(fields=["workspace_id", "owner_member_id"], name="crm_deal_member"),
            Index(fields=["workspace_id", "connection_id", "remote_id"], name="crm_deal_remote"),
        ]


class DealPause(WorkspaceRow):
    """A person said that a deal rests: from the moment of saying so until the named one."""

    deal_id = Uuid()
    since = Moment()
    until = Moment()
    reason = Small()
    note = SealedTextField(purpose=Purpose.CRM, null=True)
    member_id = Uuid(null=True)

    data_rule = OURS

    class Meta:
        db_table = "crm_dealpause"
        indexes: ClassVar = [Index(fields=["workspace_id", "deal_id"], name="crm_dealpause_deal")]


class DealContact(WorkspaceRow):
    """A contact on a deal. An edge with a life of its own: only a complete read or a named end may end it."""

    deal_id = Uuid()
    contact_id = Uuid()
    role = Small()
    role_text = SealedTextField(purpose=Purpose.CRM, null=True)
    first_seen_at = Moment()
    last_confirmed_at = Moment()
    since = Moment(null=True)
    until = Moment(null=True)
    ended_at = Moment(null=True)
    content = models.BinaryField(null=True)

    data_rule = PIPELINE

    class Meta:
        db_table = "crm_dealcontact"
        indexes: ClassVar = [
            Index(fields=["workspace_id", "deal_id"], name="crm_dealcontact_deal"),
            Index(fields=["workspace_id", "contact_id"], name="crm_dealcontact_contact"),
        ]


class DealChange(WorkspaceRow):
    """One field went from old to new: `effective_at` is their clock, `observed_at` ours.

    Numbers, days since 1970, enum codes and blind codes of custom values stand in `…_value`; stages and owners in
    `…_ref`; texts in `…_text`. `place` keeps the order of changes of one moment. `bulk_at` is when it could be seen
    that the change is part of a bulk edit.
    """

    deal_id = Uuid()
    field = Small()
    custom_field_id = Uuid(null=True)
    effective_at = Moment()
    observed_at = Moment()
    basis = Small(default=Basis.IMPORT)
    place = models.IntegerField(default=0)
    actor_id = Uuid(null=True)
    bulk_at = Moment(null=True)
    old_value = Number(null=True)
    new_value = Number(null=True)
    old_ref = Uuid(null=True)
    new_ref = Uuid(null=True)
    old_text = SealedTextField(purpose=Purpose.CRM, null=True)
    new_text = SealedTextField(purpose=Purpose.CRM, null=True)

    data_rule = PIPELINE

    class Meta:
        db_table = "crm_dealchange"
        indexes: ClassVar = [Index(fields=["workspace_id", "deal_id", "effective_at"], name="crm_dealchange_deal")]


class StageInterval(WorkspaceRow):
    """How long a deal stood in a stage; derived from its changes. Inferred: no change says when it began."""

    deal_id = Uuid()
    stage_id = Uuid()
    place = models.IntegerField()
    entered_at = Moment()
    left_at = Moment(null=True)
    is_inferred = models.BooleanField(default=False)

    data_rule = DERIVED

    class Meta:
        db_table = "crm_stageinterval"
        indexes: ClassVar = [Index(fields=["workspace_id", "deal_id"], name="crm_stageinterval_deal")]


class CustomField(WorkspaceRow):
    """A field that the customer made; in files its column is `custom.<name>`."""

    name = SealedTextField(purpose=Purpose.CRM)
    first_seen_at = Moment()

    data_rule = PIPELINE

    class Meta:
        db_table = "crm_customfield"


class CustomValue(WorkspaceRow):
    """A deal's value in a custom field: the sealed text, its number where it is one, and a code equal for equals."""

    deal_id = Uuid()
    field_id = Uuid()
    value = SealedTextField(purpose=Purpose.CRM, null=True)
    number = models.FloatField(null=True)
    code = Number(null=True)
    content = models.BinaryField(null=True)
    observed_at = Moment()

    data_rule = PIPELINE

    class Meta:
        db_table = "crm_customvalue"
        indexes: ClassVar = [Index(fields=["workspace_id", "deal_id"], name="crm_customvalue_deal")]


class Snapshot(WorkspaceRow):
    """An open deal as it stood at the end of a day, with what people had overridden."""

    deal_id = Uuid()
    on_day = Day()
    taken_at = Moment()
    owner_id = Uuid(null=True)
    stage_id = Uuid(null=True)
    amount = Number(null=True)
    currency = models.CharField(max_length=3, null=True)
    close_on = Day(null=True)
    forecast = Small(null=True)

    data_rule = PIPELINE

    class Meta:
        db_table = "crm_snapshot"
        constraints: ClassVar = [
            UniqueConstraint(fields=["workspace_id", "on_day", "deal_id"], name="crm_snapshot_once")
        ]
        indexes: ClassVar = [Index(fields=["workspace_id", "deal_id", "on_day"], name="crm_snapshot_deal")]
