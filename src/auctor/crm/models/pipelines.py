"""How a workspace counts, and its pipelines."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Index, UniqueConstraint

from auctor.crm.models.rows import OURS, PIPELINE, Sourced
from auctor.tenancy.rows import WorkspaceRow
from auctor.vault.fields import SealedTextField
from auctor.vault.keyring import Purpose

Small = models.SmallIntegerField
Moment = models.DateTimeField
Day = models.DateField
Uuid = models.UUIDField
Code = models.CharField


class Terms(WorkspaceRow):
    """What the copy needs besides the workspace's profile. `salt` keys the ids and digests of `keys.py`."""

    holidays = ArrayField(Day(), default=list)
    salt = SealedTextField(purpose=Purpose.CRM)

    data_rule = OURS

    class Meta:
        db_table = "crm_terms"
        constraints: ClassVar = [UniqueConstraint(fields=["workspace_id"], name="crm_terms_once")]


class Rate(WorkspaceRow):
    """What one unit of a currency is worth in the workspace's, from a day on; `source` names who said so."""

    currency = Code(max_length=3)
    on_day = Day()
    rate = models.FloatField()
    source = Code(max_length=32)
    recorded_at = Moment()

    data_rule = OURS

    class Meta:
        db_table = "crm_rate"
        constraints: ClassVar = [UniqueConstraint(fields=["workspace_id", "currency", "on_day"], name="crm_rate_once")]


class Pipeline(Sourced):
    """A sequence of stages."""

    name = SealedTextField(purpose=Purpose.CRM, null=True)

    data_rule = PIPELINE

    class Meta:
        db_table = "crm_pipeline"


class Stage(Sourced):
    """A stage; what it was called and where it stood is said by its versions."""

    pipeline_id = Uuid()

    data_rule = PIPELINE

    class Meta:
        db_table = "crm_stage"
        indexes: ClassVar = [Index(fields=["workspace_id", "pipeline_id"], name="crm_stage_pipeline")]


class StageVersion(WorkspaceRow):
    """What a stage was from `valid_from` (NULL: from the beginning) until `valid_until` (NULL: still)."""

    stage_id = Uuid()
    valid_from = Moment(null=True)
    valid_until = Moment(null=True)
    name = SealedTextField(purpose=Purpose.CRM, null=True)
    position = Small()
    kind = Small()
    probability = models.FloatField(null=True)

    data_rule = PIPELINE

    class Meta:
        db_table = "crm_stageversion"
        indexes: ClassVar = [Index(fields=["workspace_id", "stage_id"], name="crm_stageversion_stage")]
