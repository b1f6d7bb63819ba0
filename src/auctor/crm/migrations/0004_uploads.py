"""Files that people upload, until they are imported."""

from django.db import migrations, models

import auctor.kit.ids
import auctor.vault.fields
from auctor.tenancy.policy import NOT_A_MEMBER, ProtectTable


class Migration(migrations.Migration):
    """Whoever may not import sees no uploads; members see own deals only, and an upload is everybody's."""

    dependencies = [("crm", "0003_orders")]
    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("member_id", models.UUIDField(null=True)),
                ("received_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("state", models.SmallIntegerField()),
                ("job_id", models.BigIntegerField(null=True)),
                ("import_id", models.UUIDField(null=True)),
                ("files", auctor.vault.fields.SealedJSONField(purpose="crm")),
                ("mapping", auctor.vault.fields.SealedJSONField(null=True, purpose="crm")),
                ("report", auctor.vault.fields.SealedJSONField(null=True, purpose="crm")),
            ],
            options={
                "db_table": "crm_upload",
                "indexes": [models.Index(fields=["workspace_id", "received_at"], name="crm_upload_received")],
            },
            managers=[
                ("objects", models.manager.Manager()),
                ("unscoped", models.manager.Manager()),
            ],
        ),
        ProtectTable("crm_upload", member_sql=NOT_A_MEMBER),
    ]
