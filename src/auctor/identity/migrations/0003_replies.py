"""Answers to writes of the API, kept for a day."""

import django.db.models.manager
from django.db import migrations, models

import auctor.kit.ids
import auctor.vault.fields
from auctor.tenancy.policy import ProtectTable


class Migration(migrations.Migration):
    """One table."""

    dependencies = [
        ("identity", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reply",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("token_id", models.UUIDField()),
                ("key", models.BinaryField(max_length=32)),
                ("request", models.BinaryField(max_length=32)),
                ("status", models.SmallIntegerField()),
                ("content_type", models.CharField(max_length=80)),
                ("body", auctor.vault.fields.SealedTextField(purpose="crm")),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "identity_reply",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "token_id", "key"), name="identity_reply_once")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        ProtectTable("identity_reply", references={"token_id": "identity_apitoken"}),
    ]
