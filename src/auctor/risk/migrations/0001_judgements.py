"""The tables of judgements, and the walls around them: a member sees what is said of own deals."""

import django.contrib.postgres.fields
import django.db.models.manager
from django.db import migrations, models

import auctor.kit.ids
from auctor.crm.walls import of_deal
from auctor.tenancy.policy import ProtectTable


class Migration(migrations.Migration):
    """Made by makemigrations; the walls stand at its end."""

    initial = True

    dependencies = [("tenancy", "0001_workspace"), ("crm", "0002_walls")]

    operations = [
        migrations.CreateModel(
            name="Judgement",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("judged_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("version", models.SmallIntegerField()),
                ("score", models.FloatField(null=True)),
                ("coverage", models.FloatField()),
                ("band", models.SmallIntegerField()),
                ("groups", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ("lead", models.CharField(max_length=32)),
                ("states", django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None)),
                ("severities", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ("values", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ("thresholds", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                (
                    "norm_levels",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                ("norm_counts", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                ("details", models.JSONField()),
                ("evidence", models.JSONField()),
                ("amount", models.BigIntegerField(null=True)),
                ("at_risk", models.BigIntegerField(null=True)),
                ("rate", models.FloatField(null=True)),
                ("rate_on", models.DateField(null=True)),
                ("rate_source", models.CharField(max_length=32, null=True)),
                ("close_on", models.DateField(null=True)),
                ("urgency", models.FloatField()),
                ("priority", models.FloatField()),
                ("band_since", models.DateTimeField()),
                ("member_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "risk_judgement",
                "indexes": [
                    models.Index(fields=["workspace_id", "-priority", "id"], name="risk_judgement_queue"),
                    models.Index(fields=["workspace_id", "member_id", "-priority"], name="risk_judgement_member"),
                    models.Index(fields=["workspace_id", "-score", "id"], name="risk_judgement_score"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Scan",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("started_at", models.DateTimeField()),
                ("is_full", models.BooleanField()),
                ("deals", models.IntegerField()),
                ("judged", models.IntegerField()),
                ("seconds", models.FloatField()),
                ("version", models.SmallIntegerField()),
            ],
            options={
                "db_table": "risk_scan",
                "indexes": [models.Index(fields=["workspace_id", "-started_at"], name="risk_scan_newest")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ScoreDay",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("deal_id", models.UUIDField()),
                ("on_day", models.DateField()),
                ("judged_at", models.DateTimeField()),
                ("version", models.SmallIntegerField()),
                ("score", models.FloatField(null=True)),
                ("coverage", models.FloatField()),
                ("band", models.SmallIntegerField()),
                ("at_risk", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "risk_scoreday",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "deal_id", "on_day"), name="risk_scoreday_once")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Yardstick",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("day_begins_at", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("version", models.SmallIntegerField()),
                ("codes", models.BinaryField()),
                ("norms", models.BinaryField()),
                ("average", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
            ],
            options={
                "db_table": "risk_yardstick",
                "constraints": [models.UniqueConstraint(fields=("workspace_id",), name="risk_yardstick_once")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        of_deal("risk_judgement", "id", references={"id": "crm_deal"}),
        of_deal("risk_scoreday", "deal_id", references={"deal_id": "crm_deal"}),
        ProtectTable("risk_scan"),
        ProtectTable("risk_yardstick"),
    ]
