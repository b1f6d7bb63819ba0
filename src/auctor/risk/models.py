"""Tables. Numbers, ids, moments and codes only: sentences are made when somebody reads them."""

from enum import IntEnum
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Index, Q, UniqueConstraint, Value, When

from auctor.signals.score import Band
from auctor.tenancy.data import WITH_WORKSPACE, DataRule
from auctor.tenancy.rows import WorkspaceRow
from auctor.vault.fields import SealedTextField
from auctor.vault.keyring import Purpose

Small = models.SmallIntegerField
Number = models.BigIntegerField
Share = models.FloatField
Moment = models.DateTimeField
Day = models.DateField
Uuid = models.UUIDField
Code = models.CharField

JUDGED = DataRule("As long as the deal is open.", "No: it can be judged again.", WITH_WORKSPACE)
PAST = DataRule("As long as the deal.", "No: it can be judged again.", WITH_WORKSPACE)
SAID = DataRule("As long as the deal.", "No.", WITH_WORKSPACE)
SET = DataRule("As long as the workspace.", "No.", WITH_WORKSPACE)


class Placed(IntEnum):
    """Where a person put a deal."""

    NOWHERE = 0
    SNOOZED = 1
    KNOWN = 2
    NOT_RISK = 3


class Queue(IntEnum):
    """The view of the inbox in which a deal stands; RESTS is none."""

    RESTS = 0
    OPEN = 1
    SNOOZED = 2
    KNOWN = 3
    NOT_JUDGED = 4


class Judgement(WorkspaceRow):
    """How an open deal stands now; its id is the deal's.

    The arrays have a place for each signal of the catalog: answers, severities, values, thresholds (NaN: none), where
    the threshold came from and on how many deals it rests, the number of the reason. `details` are the numbers that
    a sentence names, `evidence` names records (`[[table, id], …]`), one element for each signal.
    `touched_at` is the deal's clock as it was before its facts were read. The learnt probabilities are NULL where no
    honest model gives one; `p_win_inputs` (`[[code, points], …]`) are the inputs that move `p_win` most.
    `policy` is the number of the signal policy,
    `placed` where a person put the deal, `queue` the view that follows; scans leave `placed` alone.
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
    policy = models.IntegerField(db_default=0)
    placed = Small(db_default=0)
    queue = models.GeneratedField(
        expression=Case(
            # Numbers, so that the migration names no code.
            When(placed=int(Placed.SNOOZED), then=Value(int(Queue.SNOOZED))),
            When(placed__gt=int(Placed.SNOOZED), then=Value(int(Queue.KNOWN))),
            When(band=int(Band.NOT_JUDGED), then=Value(int(Queue.NOT_JUDGED))),
            When(band__gte=int(Band.LOW), then=Value(int(Queue.OPEN))),
            default=Value(int(Queue.RESTS)),
            output_field=Small(),
        ),
        output_field=Small(),
        db_persist=True,
    )

    data_rule = JUDGED

    class Meta:
        db_table = "risk_judgement"
        indexes: ClassVar = [
            # Whatever the counts and the wall ask for stands in it, so that deals are counted without reading them.
            Index(
                fields=["workspace_id", "queue", "-priority", "id"],
                include=["member_id", "at_risk", "amount"],
                name="risk_judgement_queue",
            ),
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
    policy = models.IntegerField(db_default=0)

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
    policy = models.IntegerField(db_default=0)

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


class Decision(WorkspaceRow):
    """What a person decided of a deal, and how that ended. At most one of a deal holds (`ended_at` is NULL).

    `fired` are the signals that fired at that moment; `replaced_id` is the decision that this one took the place of.
    """

    deal_id = Uuid()
    aside = Small()
    until = Code(max_length=16, null=True)
    until_at = Moment(null=True)
    meeting_id = Uuid(null=True)
    stage_id = Uuid(null=True)
    reason = Code(max_length=16, null=True)
    note = SealedTextField(purpose=Purpose.CRM, null=True)
    band = Small()
    score = Share(null=True)
    fired = ArrayField(Code(max_length=32))
    policy = models.IntegerField()
    member_id = Uuid(null=True)
    made_at = Moment()
    replaced_id = Uuid(null=True)
    ended_at = Moment(null=True)
    ending = Code(max_length=16, null=True)

    data_rule = SAID

    class Meta:
        db_table = "risk_decision"
        constraints: ClassVar = [
            UniqueConstraint(
                fields=["workspace_id", "deal_id"], condition=Q(ended_at__isnull=True), name="risk_decision_one"
            )
        ]
        indexes: ClassVar = [Index(fields=["workspace_id", "deal_id", "-made_at"], name="risk_decision_deal")]


class Feedback(WorkspaceRow):
    """A person's answer to what a signal said of a deal, with what it said; withdrawn ones do not count."""

    deal_id = Uuid()
    signal = Code(max_length=32)
    answer = Code(max_length=16)
    reason = Code(max_length=16, null=True)
    note = SealedTextField(purpose=Purpose.CRM, null=True)
    state = Small()
    severity = Share()
    value = Share(null=True)
    threshold = Share(null=True)
    version = Small()
    policy = models.IntegerField()
    member_id = Uuid(null=True)
    given_at = Moment()
    withdrawn_at = Moment(null=True)

    data_rule = SAID

    class Meta:
        db_table = "risk_feedback"
        indexes: ClassVar = [Index(fields=["workspace_id", "deal_id", "signal"], name="risk_feedback_deal")]


class SignalPolicy(WorkspaceRow):
    """One version of how the signals are set; the one with the highest number holds."""

    number = models.IntegerField()
    thresholds = models.JSONField()
    late_from = Share()
    muted = ArrayField(Code(max_length=32))
    member_id = Uuid(null=True)
    made_at = Moment()

    data_rule = SET

    class Meta:
        db_table = "risk_policy"
        constraints: ClassVar = [UniqueConstraint(fields=["workspace_id", "number"], name="risk_policy_number")]


class Mute(WorkspaceRow):
    """A signal that does not count, or did not: why, by whom, from when until when."""

    signal = Code(max_length=32)
    reason = Code(max_length=16)
    note = SealedTextField(purpose=Purpose.CRM, null=True)
    member_id = Uuid(null=True)
    since = Moment()
    until = Moment(null=True)

    data_rule = SET

    class Meta:
        db_table = "risk_mute"
        constraints: ClassVar = [
            UniqueConstraint(fields=["workspace_id", "signal"], condition=Q(until__isnull=True), name="risk_mute_one")
        ]


class TrackRecord(WorkspaceRow):
    """How a signal did on the deals that ended: counts of deals, what follows from them is computed. One row each."""

    signal = Code(max_length=32)
    made_at = Moment()
    since = Day()
    judged = models.IntegerField()
    lost = models.IntegerField()
    fired = models.IntegerField()
    fired_lost = models.IntegerField()
    lift_low = Share(null=True)
    lift_high = Share(null=True)
    early_days = Share(null=True)

    data_rule = SET

    class Meta:
        db_table = "risk_trackrecord"
        constraints: ClassVar = [UniqueConstraint(fields=["workspace_id", "signal"], name="risk_trackrecord_once")]


class ReplayRun(WorkspaceRow):
    """A replay of a past period: what was asked, how far it is, and what came of it.

    `result` are the figures; `deals` is a packed table of ids and numbers, one row for each deal that ended.
    """

    asked_at = Moment()
    member_id = Uuid(null=True)
    first_on = Day()
    last_on = Day()
    band = Small()
    policy = models.IntegerField(null=True)
    thresholds = models.JSONField()
    late_from = Share()
    muted = ArrayField(Code(max_length=32))
    state = Code(max_length=16)
    done = Number(default=0)
    total = Number(null=True)
    seconds = Share(null=True)
    error = Code(max_length=64, null=True)
    result = models.JSONField(null=True)
    deals = models.BinaryField(null=True)

    data_rule = SET

    class Meta:
        db_table = "risk_replayrun"
        indexes: ClassVar = [Index(fields=["workspace_id", "-asked_at"], name="risk_replayrun_newest")]
