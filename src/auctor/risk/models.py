"""Tables. Numbers, ids, moments and codes only: sentences are made when somebody reads them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Index, UniqueConstraint

from auctor.tenancy.data import WITH_WORKSPACE, DataRule
from auctor.tenancy.rows import WorkspaceRow

Small = models.SmallIntegerField
Number = models.BigIntegerField
Share = models.FloatField
Moment = models.DateTimeField
Day = models.DateField
Uuid = models.UUIDField
Code = models.CharField

JUDGED = DataRule("As long as the deal is open.", "No: it can be judged again.", WITH_WORKSPACE)
PAST = DataRule("As long as the deal.", "No: it can be judged again.", WITH_WORKSPACE)


class Judgement(WorkspaceRow):
    """How an open deal stands now; its id is the deal's.

    The arrays have a place for each signal of the catalog: answers, severities, values, thresholds (NaN: none), where
    the threshold came from and on how many deals it rests, the number of the reason. `details` are the numbers that
    a sentence names, `evidence` names records (`[[table, id], …]`), one element for each signal.
    `touched_at` is the deal's clock as it was before its facts were read. The learnt probabilities are NULL where no
    honest model gives one; `p_win_inputs` (`[[code, points], …]`) are the inputs that move `p_win` most.
    """

    judged_at = Moment()
    touched_at = Moment()
    version = Small()
    score = Share(null=True)
    coverage = Share()
    band = Small()
    groups = ArrayField(Share())
    lead = Code(max_length=32)
    states = ArrayField(Small())
    severities = ArrayField(Share())
    values = ArrayField(Share())
    thresholds = ArrayField(Share())
    norm_levels = ArrayField(Small())
    norm_counts = ArrayField(models.IntegerField())
    reasons = ArrayField(Small())
    details = models.JSONField()
    evidence = models.JSONField()
    amount = Number(null=True)
    at_risk = Number(null=True)
    rate = Share(null=True)
    rate_on = Day(null=True)
    rate_source = Code(max_length=32, null=True)
    close_on = Day(null=True)
    urgency = Share()
    priority = Share()
    band_since = Moment()
    member_id = Uuid(null=True)
    p_win = Share(null=True)
    p_win_period = Share(null=True)
    p_close_holds = Share(null=True)
    p_win_inputs = models.JSONField(null=True)

    data_rule = JUDGED

    class Meta:
        db_table = "risk_judgement"
        indexes: ClassVar = [
            Index(fields=["workspace_id", "-priority", "id"], name="risk_judgement_queue"),
            Index(fields=["workspace_id", "member_id", "-priority"], name="risk_judgement_member"),
            Index(fields=["workspace_id", "-score", "id"], name="risk_judgement_score"),
        ]


class ScoreDay(WorkspaceRow):
    """A deal's score as it stood at the end of a day on which it was judged."""

    deal_id = Uuid()
    on_day = Day()
    judged_at = Moment()
    version = Small()
    score = Share(null=True)
    coverage = Share()
    band = Small()
    at_risk = Number(null=True)

    data_rule = PAST

    class Meta:
        db_table = "risk_scoreday"
        constraints: ClassVar = [
            UniqueConstraint(fields=["workspace_id", "deal_id", "on_day"], name="risk_scoreday_once")
        ]


class Scan(WorkspaceRow):
    """One look at many deals or at some: when, how many, how long, and by which version of the signals."""

    started_at = Moment()
    is_full = models.BooleanField()
    deals = models.IntegerField()
    judged = models.IntegerField()
    seconds = Share()
    version = Small()

    data_rule = DataRule("As long as the workspace.", "No: counts only.", WITH_WORKSPACE)

    class Meta:
        db_table = "risk_scan"
        indexes: ClassVar = [Index(fields=["workspace_id", "-started_at"], name="risk_scan_newest")]


class Yardstick(WorkspaceRow):
    """What the deals of a day are measured against: the norms of its won deals, and the average open deal.

    One row in a workspace. `norms` are packed columns of numbers, `codes` the stages and pipelines they count.
    """

    day_begins_at = Number()
    made_at = Moment()
    version = Small()
    codes = models.BinaryField()
    norms = models.BinaryField()
    average = ArrayField(Share())

    data_rule = DataRule("Until the next day's.", "No: it can be learnt again.", WITH_WORKSPACE)

    class Meta:
        db_table = "risk_yardstick"
        constraints: ClassVar = [UniqueConstraint(fields=["workspace_id"], name="risk_yardstick_once")]


class Learned(WorkspaceRow):
    """The newest model of a target, with everything that is published of it, also when it is not used.

    `model` is packed arrays, NULL where none is used. `told` holds the figures. Labels, stages, owners and custom
    values stand in both by their ids and blind codes, never by their texts.
    """

    target = Small()
    standing = Code(max_length=16)
    method = Code(max_length=16)
    learnt_at = Moment()
    learn_until = Moment()
    version = Small()
    told = models.JSONField()
    model = models.BinaryField(null=True)

    data_rule = DataRule("Until the next one is learnt.", "No: it can be learnt again.", WITH_WORKSPACE)

    class Meta:
        db_table = "risk_learned"
        constraints: ClassVar = [UniqueConstraint(fields=["workspace_id", "target"], name="risk_learned_once")]
