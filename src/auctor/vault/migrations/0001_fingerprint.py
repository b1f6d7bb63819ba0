"""What the database knows about its keystore."""

from django.db import migrations, models

import auctor.kit.ids
import auctor.vault.fields
from auctor.tenancy.policy import InstanceTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenancy", "0001_workspace")]

    operations = [
        migrations.CreateModel(
            name="Fingerprint",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("only_row", models.BooleanField(default=True, unique=True)),
                ("keystore", models.CharField(max_length=32)),
                ("known", auctor.vault.fields.SealedTextField(purpose="identity")),
            ],
            options={
                "db_table": "vault_fingerprint",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("only_row", True)), name="vault_fingerprint_only_row")
                ],
            },
        ),
        InstanceTable("vault_fingerprint", grants="SELECT, INSERT, UPDATE"),
    ]
