"""Learnt probabilities of every judgement, and the models they come from."""

import django.db.models.manager
from django.db import migrations, models

import auctor.kit.ids
from auctor.tenancy.policy import ProtectTable


class Migration(migrations.Migration):
    """Made by makemigrations; the wall stands at its end."""

    dependencies = [
        ("risk", "0001_judgements"),
    ]

    operations = [
        migrations.AddField(
            model_name="judgement",
            name="p_close_holds",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="judgement",
            name="p_win",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="judgement",
            name="p_win_inputs",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="judgement",
            name="p_win_period",
            field=models.FloatField(null=True),
        ),
        migrations.CreateModel(
            name="Learned",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("target", models.SmallIntegerField()),
                ("standing", models.CharField(max_length=16)),
                ("method", models.CharField(max_length=16)),
                ("learnt_at", models.DateTimeField()),
                ("learn_until", models.DateTimeField()),
                ("version", models.SmallIntegerField()),
                ("told", models.JSONField()),
                ("model", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "risk_learned",
                "constraints": [models.UniqueConstraint(fields=("workspace_id", "target"), name="risk_learned_once")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        ProtectTable("risk_learned"),
    ]
