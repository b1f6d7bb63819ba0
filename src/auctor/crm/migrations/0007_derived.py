"""What nothing ever said leaves; who is away is told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """No model estimates a close date or a category, and a stage is late by its probability."""

    dependencies = [("crm", "0006_narrow_indexes")]
    operations = [
        migrations.RemoveField(model_name="deal", name="close_on_model"),
        migrations.RemoveField(model_name="deal", name="forecast_model"),
        migrations.RemoveField(model_name="stage", name="is_late"),
        migrations.AddField(model_name="activity", name="is_absence", field=models.BooleanField(default=False)),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                condition=models.Q(("is_absence", True)),
                fields=["deal_id"],
                name="crm_activity_absence",
            ),
        ),
    ]
