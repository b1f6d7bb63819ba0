"""Indexes of activities and participants by one id alone: half as large, and quicker to write."""

from django.db import migrations, models

NARROW = {
    "activity": {"crm_activity_deal": "deal_id"},
    "participant": {
        "crm_participant_activity": "activity_id",
        "crm_participant_deal": "deal_id",
        "crm_participant_address": "address_id",
    },
}


class Migration(migrations.Migration):
    """Indexes only."""

    dependencies = [
        ("crm", "0005_members"),
    ]

    operations = [
        operation
        for model, indexes in NARROW.items()
        for name, column in indexes.items()
        for operation in (
            migrations.RemoveIndex(model_name=model, name=name),
            migrations.AddIndex(model_name=model, index=models.Index(fields=[column], name=name)),
        )
    ]
