"""What happened, and who took part."""

from typing import ClassVar

from django.db import models
from django.db.models import Index, Q

from auctor.crm.models.rows import PEOPLE, PIPELINE
from auctor.crm.vocabulary import FILES, RecordState
from auctor.tenancy.rows import WorkspaceRow
from auctor.vault.fields import SealedTextField
from auctor.vault.keyring import Purpose

Small = models.SmallIntegerField
Number = models.BigIntegerField
Moment = models.DateTimeField
Uuid = models.UUIDField
Code = models.CharField


class Activity(WorkspaceRow):
    """What happened, or is planned. `thread` is a keyed digest; equal labels have equal codes.

    `is_absence`: the automatic answer of a buyer who is away, from `occurred_at` until `ended_at` if it is told.
    """

    deal_id = Uuid(null=True)
    occurred_at = Moment(null=True)
    ended_at = Moment(null=True)
    recorded_at = Moment()
    due_at = Moment(null=True)
    observed_at = Moment()
    owner_id = Uuid(null=True)
    thread = Number(null=True)
    label_code = Number(null=True)
    kind = Small()
    flow = Small()
    state = Small()
    record_state = Small(default=RecordState.ACTIVE)
    is_automatic = models.BooleanField(default=False)
    is_absence = models.BooleanField(default=False)
    connection_id = Uuid(default=FILES)
    remote_id = Code(max_length=128)
    content = models.BinaryField(null=True)
    label = SealedTextField(purpose=Purpose.CRM, null=True)

    data_rule = PIPELINE

    class Meta:
        db_table = "crm_activity"
        # Ids belong to one workspace anyway: without it an index of these long tables is half as large, and quicker.
        indexes: ClassVar = [
            Index(fields=["deal_id"], name="crm_activity_deal"),
            Index(fields=["deal_id"], condition=Q(is_absence=True), name="crm_activity_absence"),
        ]


class Participant(WorkspaceRow):
    """Somebody in an activity: a contact, one of ours, or no more than an address.

    `person_id` is who that is as far as we know: the contact, else the address; NULL for ours.
    """

    activity_id = Uuid()
    deal_id = Uuid(null=True)
    address_id = Uuid(null=True)
    contact_id = Uuid(null=True)
    owner_id = Uuid(null=True)
    person_id = Uuid(null=True)
    is_ours = models.BooleanField(default=False)
    part = Small()
    reply = Small()
    replied_at = Moment(null=True)

    data_rule = PEOPLE

    class Meta:
        db_table = "crm_participant"
        indexes: ClassVar = [
            Index(fields=["activity_id"], name="crm_participant_activity"),
            Index(fields=["deal_id"], name="crm_participant_deal"),
            Index(fields=["address_id"], name="crm_participant_address"),
        ]
