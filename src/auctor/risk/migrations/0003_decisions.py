"""What people decide and answer, how signals are set and did, replays; and the walls around them."""

import django.contrib.postgres.fields
import django.db.models.manager
from django.db import migrations, models

import auctor.kit.ids
import auctor.vault.fields
from auctor.crm.walls import of_deal
from auctor.tenancy.policy import NOT_A_MEMBER, ProtectTable


class Migration(migrations.Migration):
    """Made by makemigrations; the walls stand at its end."""

    dependencies = [("risk", "0002_learned")]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("deal_id", models.UUIDField()),
                ("aside", models.SmallIntegerField()),
                ("until", models.CharField(max_length=16, null=True)),
                ("until_at", models.DateTimeField(null=True)),
                ("meeting_id", models.UUIDField(null=True)),
                ("stage_id", models.UUIDField(null=True)),
                ("reason", models.CharField(max_length=16, null=True)),
                ("note", auctor.vault.fields.SealedTextField(null=True, purpose="crm")),
                ("band", models.SmallIntegerField()),
                ("score", models.FloatField(null=True)),
                (
                    "fired",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None),
                ),
                ("policy", models.IntegerField()),
                ("member_id", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField()),
                ("replaced_id", models.UUIDField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ending", models.CharField(max_length=16, null=True)),
            ],
            options={
                "db_table": "risk_decision",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("deal_id", models.UUIDField()),
                ("signal", models.CharField(max_length=32)),
                ("answer", models.CharField(max_length=16)),
                ("reason", models.CharField(max_length=16, null=True)),
                ("note", auctor.vault.fields.SealedTextField(null=True, purpose="crm")),
                ("state", models.SmallIntegerField()),
                ("severity", models.FloatField()),
                ("value", models.FloatField(null=True)),
                ("threshold", models.FloatField(null=True)),
                ("version", models.SmallIntegerField()),
                ("policy", models.IntegerField()),
                ("member_id", models.UUIDField(null=True)),
                ("given_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "risk_feedback",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Mute",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("signal", models.CharField(max_length=32)),
                ("reason", models.CharField(max_length=16)),
                ("note", auctor.vault.fields.SealedTextField(null=True, purpose="crm")),
                ("member_id", models.UUIDField(null=True)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "risk_mute",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ReplayRun",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("asked_at", models.DateTimeField()),
                ("member_id", models.UUIDField(null=True)),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("band", models.SmallIntegerField()),
                ("policy", models.IntegerField(null=True)),
                ("thresholds", models.JSONField()),
                ("late_from", models.FloatField()),
                (
                    "muted",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None),
                ),
                ("state", models.CharField(max_length=16)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(null=True)),
                ("seconds", models.FloatField(null=True)),
                ("error", models.CharField(max_length=64, null=True)),
                ("result", models.JSONField(null=True)),
                ("deals", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "risk_replayrun",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="SignalPolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("number", models.IntegerField()),
                ("thresholds", models.JSONField()),
                ("late_from", models.FloatField()),
                (
                    "muted",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None),
                ),
                ("member_id", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "risk_policy",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="TrackRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("signal", models.CharField(max_length=32)),
                ("made_at", models.DateTimeField()),
                ("since", models.DateField()),
                ("judged", models.IntegerField()),
                ("lost", models.IntegerField()),
                ("fired", models.IntegerField()),
                ("fired_lost", models.IntegerField()),
                ("lift_low", models.FloatField(null=True)),
                ("lift_high", models.FloatField(null=True)),
                ("early_days", models.FloatField(null=True)),
            ],
            options={
                "db_table": "risk_trackrecord",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RemoveIndex(
            model_name="judgement",
            name="risk_judgement_queue",
        ),
        migrations.AddField(
            model_name="judgement",
            name="placed",
            field=models.SmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="judgement",
            name="policy",
            field=models.IntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="scan",
            name="policy",
            field=models.IntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="scoreday",
            name="policy",
            field=models.IntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="judgement",
            name="queue",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(placed=1, then=models.Value(2)),
                    models.When(placed__gt=1, then=models.Value(3)),
                    models.When(band=0, then=models.Value(4)),
                    models.When(band__gte=2, then=models.Value(1)),
                    default=models.Value(0),
                    output_field=models.SmallIntegerField(),
                ),
                output_field=models.SmallIntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="judgement",
            index=models.Index(
                fields=["workspace_id", "queue", "-priority", "id"],
                include=("member_id", "at_risk", "amount"),
                name="risk_judgement_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["workspace_id", "deal_id", "-made_at"], name="risk_decision_deal"),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("workspace_id", "deal_id"),
                name="risk_decision_one",
            ),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["workspace_id", "deal_id", "signal"], name="risk_feedback_deal"),
        ),
        migrations.AddConstraint(
            model_name="mute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)), fields=("workspace_id", "signal"), name="risk_mute_one"
            ),
        ),
        migrations.AddIndex(
            model_name="replayrun",
            index=models.Index(fields=["workspace_id", "-asked_at"], name="risk_replayrun_newest"),
        ),
        migrations.AddConstraint(
            model_name="signalpolicy",
            constraint=models.UniqueConstraint(fields=("workspace_id", "number"), name="risk_policy_number"),
        ),
        migrations.AddConstraint(
            model_name="trackrecord",
            constraint=models.UniqueConstraint(fields=("workspace_id", "signal"), name="risk_trackrecord_once"),
        ),
        of_deal("risk_decision", references={"deal_id": "crm_deal"}),
        of_deal("risk_feedback", references={"deal_id": "crm_deal"}),
        ProtectTable("risk_policy"),
        ProtectTable("risk_mute"),
        ProtectTable("risk_trackrecord"),
        ProtectTable("risk_replayrun", member_sql=NOT_A_MEMBER),
    ]
