"""Indexes for the orders of the list of deals: by creation, and of all kinds together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes only."""

    dependencies = [
        ("crm", "0002_walls"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(fields=["workspace_id", "stage_kind", "created_at", "id"], name="crm_deal_created"),
        ),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(fields=["workspace_id", "close_on_now", "id"], name="crm_deal_all_close"),
        ),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(
                models.F("workspace_id"),
                models.OrderBy(models.F("amount_now"), descending=True, nulls_last=True),
                models.F("id"),
                name="crm_deal_all_amount",
            ),
        ),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(fields=["workspace_id", "created_at", "id"], name="crm_deal_all_created"),
        ),
    ]
