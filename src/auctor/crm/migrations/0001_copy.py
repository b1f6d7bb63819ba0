"""The tables of the copy."""

import uuid

import django.contrib.postgres.fields
import django.db.models.functions.comparison
import django.db.models.manager
from django.db import migrations, models

import auctor.crm.fields
import auctor.crm.vocabulary
import auctor.kit.ids
import auctor.vault.blindfields
import auctor.vault.fields


class Migration(migrations.Migration):
    """Made by makemigrations; the walls follow in the next one."""

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CustomField",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("name", auctor.vault.fields.SealedTextField(purpose="crm")),
                ("first_seen_at", models.DateTimeField()),
            ],
            options={
                "db_table": "crm_customfield",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Pipeline",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("connection_id", models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000"))),
                ("remote_id", models.CharField(max_length=128)),
                ("record_state", models.SmallIntegerField(default=auctor.crm.vocabulary.RecordState["ACTIVE"])),
                ("content", models.BinaryField(null=True)),
                ("first_seen_at", models.DateTimeField()),
                ("observed_at", models.DateTimeField()),
                ("name", auctor.vault.fields.SealedTextField(null=True, purpose="crm")),
            ],
            options={
                "db_table": "crm_pipeline",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("deal_id", models.UUIDField(null=True)),
                ("occurred_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("observed_at", models.DateTimeField()),
                ("owner_id", models.UUIDField(null=True)),
                ("thread", models.BigIntegerField(null=True)),
                ("label_code", models.BigIntegerField(null=True)),
                ("kind", models.SmallIntegerField()),
                ("flow", models.SmallIntegerField()),
                ("state", models.SmallIntegerField()),
                ("record_state", models.SmallIntegerField(default=auctor.crm.vocabulary.RecordState["ACTIVE"])),
                ("is_automatic", models.BooleanField(default=False)),
                ("connection_id", models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000"))),
                ("remote_id", models.CharField(max_length=128)),
                ("content", models.BinaryField(null=True)),
                ("label", auctor.vault.fields.SealedTextField(null=True, purpose="crm")),
            ],
            options={
                "db_table": "crm_activity",
                "indexes": [models.Index(fields=["workspace_id", "deal_id", "occurred_at"], name="crm_activity_deal")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("kind", models.SmallIntegerField()),
                ("value", auctor.vault.fields.SealedTextField(purpose="contacts")),
                ("value_digest", auctor.vault.blindfields.BlindIndexField(source="value")),
            ],
            options={
                "db_table": "crm_address",
                "indexes": [models.Index(fields=["workspace_id", "value_digest"], name="crm_address_digest")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("connection_id", models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000"))),
                ("remote_id", models.CharField(max_length=128)),
                ("record_state", models.SmallIntegerField(default=auctor.crm.vocabulary.RecordState["ACTIVE"])),
                ("content", models.BinaryField(null=True)),
                ("first_seen_at", models.DateTimeField()),
                ("observed_at", models.DateTimeField()),
                ("name", auctor.vault.fields.SealedTextField(null=True, purpose="contacts")),
                ("name_words", auctor.vault.blindfields.BlindWordsField(source="name")),
                ("country", models.CharField(max_length=2, null=True)),
                ("employees", models.IntegerField(null=True)),
            ],
            options={
                "db_table": "crm_company",
                "indexes": [
                    models.Index(fields=["workspace_id", "connection_id", "remote_id"], name="crm_company_remote")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("connection_id", models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000"))),
                ("remote_id", models.CharField(max_length=128)),
                ("record_state", models.SmallIntegerField(default=auctor.crm.vocabulary.RecordState["ACTIVE"])),
                ("content", models.BinaryField(null=True)),
                ("first_seen_at", models.DateTimeField()),
                ("observed_at", models.DateTimeField()),
                ("company_id", models.UUIDField(null=True)),
                ("name", auctor.vault.fields.SealedTextField(null=True, purpose="contacts")),
                ("name_words", auctor.vault.blindfields.BlindWordsField(source="name")),
                ("title", auctor.vault.fields.SealedTextField(null=True, purpose="contacts")),
                ("seniority", models.SmallIntegerField(null=True)),
                ("titled_at", models.DateTimeField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "crm_contact",
                "indexes": [
                    models.Index(fields=["workspace_id", "company_id"], name="crm_contact_company"),
                    models.Index(fields=["workspace_id", "connection_id", "remote_id"], name="crm_contact_remote"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("contact_id", models.UUIDField()),
                ("address_id", models.UUIDField()),
                ("first_seen_at", models.DateTimeField()),
                ("last_confirmed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "crm_contactpoint",
                "indexes": [
                    models.Index(fields=["workspace_id", "contact_id"], name="crm_point_contact"),
                    models.Index(fields=["workspace_id", "address_id"], name="crm_point_address"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Coverage",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("connection_id", models.UUIDField()),
                ("input", models.SmallIntegerField()),
                ("kind", models.SmallIntegerField(default=-1)),
                ("owner_id", models.UUIDField(null=True)),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField()),
                ("observed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "crm_coverage",
                "indexes": [models.Index(fields=["workspace_id", "input"], name="crm_coverage_input")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CustomValue",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("deal_id", models.UUIDField()),
                ("field_id", models.UUIDField()),
                ("value", auctor.vault.fields.SealedTextField(null=True, purpose="crm")),
                ("number", models.FloatField(null=True)),
                ("code", models.BigIntegerField(null=True)),
                ("content", models.BinaryField(null=True)),
                ("observed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "crm_customvalue",
                "indexes": [models.Index(fields=["workspace_id", "deal_id"], name="crm_customvalue_deal")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Deal",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("connection_id", models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000"))),
                ("remote_id", models.CharField(max_length=128)),
                ("record_state", models.SmallIntegerField(default=auctor.crm.vocabulary.RecordState["ACTIVE"])),
                ("content", models.BinaryField(null=True)),
                ("first_seen_at", models.DateTimeField()),
                ("observed_at", models.DateTimeField()),
                ("name", auctor.vault.fields.SealedTextField(null=True, purpose="crm")),
                ("name_words", auctor.vault.blindfields.BlindWordsField(source="name")),
                ("company_id", models.UUIDField(null=True)),
                ("owner_id", models.UUIDField(null=True)),
                ("owner_member_id", models.UUIDField(null=True)),
                ("pipeline_id", models.UUIDField()),
                ("stage_id", models.UUIDField(null=True)),
                ("stage_kind", models.SmallIntegerField()),
                ("stage_since", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("is_close_inferred", models.BooleanField(default=False)),
                ("amount", models.BigIntegerField(null=True)),
                ("amount_override", models.BigIntegerField(null=True)),
                (
                    "amount_now",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce("amount_override", "amount"),
                        output_field=models.BigIntegerField(null=True),
                    ),
                ),
                ("currency", models.CharField(max_length=3, null=True)),
                ("close_on", models.DateField(null=True)),
                ("close_zone", models.CharField(max_length=64, null=True)),
                ("close_on_model", models.DateField(null=True)),
                ("close_on_override", models.DateField(null=True)),
                (
                    "close_on_now",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce("close_on_override", "close_on"),
                        output_field=models.DateField(null=True),
                    ),
                ),
                ("forecast", models.SmallIntegerField(null=True)),
                ("forecast_model", models.SmallIntegerField(null=True)),
                ("forecast_override", models.SmallIntegerField(null=True)),
                ("next_step", auctor.vault.fields.SealedTextField(null=True, purpose="crm")),
                ("next_step_on", models.DateField(null=True)),
                ("overridden_at", models.DateTimeField(null=True)),
                ("known", models.SmallIntegerField(default=0)),
                ("touched_at", models.DateTimeField()),
                ("remote_updated_at", models.DateTimeField(null=True)),
                ("normaliser_version", models.SmallIntegerField(default=1)),
            ],
            options={
                "db_table": "crm_deal",
                "indexes": [
                    models.Index(fields=["workspace_id", "stage_kind", "close_on_now", "id"], name="crm_deal_close"),
                    models.Index(
                        "workspace_id",
                        "stage_kind",
                        models.F("amount_now").desc(nulls_last=True),
                        "id",
                        name="crm_deal_amount",
                    ),
                    models.Index(fields=["workspace_id", "touched_at"], name="crm_deal_touched"),
                    models.Index(
                        fields=["workspace_id", "stage_kind", "record_state", "owner_member_id"], name="crm_deal_count"
                    ),
                    models.Index(fields=["workspace_id", "company_id"], name="crm_deal_company"),
                    models.Index(fields=["workspace_id", "connection_id", "remote_id"], name="crm_deal_remote"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DealChange",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("deal_id", models.UUIDField()),
                ("field", models.SmallIntegerField()),
                ("custom_field_id", models.UUIDField(null=True)),
                ("effective_at", models.DateTimeField()),
                ("observed_at", models.DateTimeField()),
                ("basis", models.SmallIntegerField(default=auctor.crm.vocabulary.Basis["IMPORT"])),
                ("place", models.IntegerField(default=0)),
                ("actor_id", models.UUIDField(null=True)),
                ("bulk_at", models.DateTimeField(null=True)),
                ("old_value", models.BigIntegerField(null=True)),
                ("new_value", models.BigIntegerField(null=True)),
                ("old_ref", models.UUIDField(null=True)),
                ("new_ref", models.UUIDField(null=True)),
                ("old_text", auctor.vault.fields.SealedTextField(null=True, purpose="crm")),
                ("new_text", auctor.vault.fields.SealedTextField(null=True, purpose="crm")),
            ],
            options={
                "db_table": "crm_dealchange",
                "indexes": [
                    models.Index(fields=["workspace_id", "deal_id", "effective_at"], name="crm_dealchange_deal")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DealContact",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("deal_id", models.UUIDField()),
                ("contact_id", models.UUIDField()),
                ("role", models.SmallIntegerField()),
                ("role_text", auctor.vault.fields.SealedTextField(null=True, purpose="crm")),
                ("first_seen_at", models.DateTimeField()),
                ("last_confirmed_at", models.DateTimeField()),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("content", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "crm_dealcontact",
                "indexes": [
                    models.Index(fields=["workspace_id", "deal_id"], name="crm_dealcontact_deal"),
                    models.Index(fields=["workspace_id", "contact_id"], name="crm_dealcontact_contact"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DealPause",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("deal_id", models.UUIDField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("reason", models.SmallIntegerField()),
                ("note", auctor.vault.fields.SealedTextField(null=True, purpose="crm")),
                ("member_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "crm_dealpause",
                "indexes": [models.Index(fields=["workspace_id", "deal_id"], name="crm_dealpause_deal")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Domain",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("company_id", models.UUIDField()),
                ("domain", auctor.vault.fields.SealedTextField(purpose="contacts")),
                ("domain_digest", auctor.vault.blindfields.BlindIndexField(source="domain")),
                ("first_seen_at", models.DateTimeField()),
                ("last_confirmed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "crm_domain",
                "indexes": [
                    models.Index(fields=["workspace_id", "company_id"], name="crm_domain_company"),
                    models.Index(fields=["workspace_id", "domain_digest"], name="crm_domain_digest"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("member_id", models.UUIDField(null=True)),
                ("state", models.SmallIntegerField()),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "crm_import",
                "indexes": [models.Index(fields=["workspace_id", "started_at"], name="crm_import_started")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("kind", models.SmallIntegerField()),
                ("loser_id", models.UUIDField()),
                ("survivor_id", models.UUIDField()),
                ("root_id", models.UUIDField()),
                ("basis", models.SmallIntegerField()),
                ("merged_at", models.DateTimeField()),
                ("observed_at", models.DateTimeField()),
                ("member_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "crm_merge",
                "indexes": [models.Index(fields=["workspace_id", "root_id"], name="crm_merge_root")],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "kind", "loser_id"), name="crm_merge_once")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Owner",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("connection_id", models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000"))),
                ("remote_id", models.CharField(max_length=128)),
                ("record_state", models.SmallIntegerField(default=auctor.crm.vocabulary.RecordState["ACTIVE"])),
                ("content", models.BinaryField(null=True)),
                ("first_seen_at", models.DateTimeField()),
                ("observed_at", models.DateTimeField()),
                ("name", auctor.vault.fields.SealedTextField(null=True, purpose="contacts")),
                ("name_words", auctor.vault.blindfields.BlindWordsField(source="name")),
                ("email", auctor.vault.fields.SealedTextField(null=True, purpose="contacts")),
                ("email_digest", auctor.vault.blindfields.BlindIndexField(source="email")),
                ("address_id", models.UUIDField(null=True)),
                ("is_active", models.BooleanField(null=True)),
                ("inactive_since", models.DateTimeField(null=True)),
                ("is_listed", models.BooleanField(default=True)),
                ("member_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "crm_owner",
                "indexes": [
                    models.Index(fields=["workspace_id", "connection_id", "remote_id"], name="crm_owner_remote")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("activity_id", models.UUIDField()),
                ("deal_id", models.UUIDField(null=True)),
                ("address_id", models.UUIDField(null=True)),
                ("contact_id", models.UUIDField(null=True)),
                ("owner_id", models.UUIDField(null=True)),
                ("person_id", models.UUIDField(null=True)),
                ("is_ours", models.BooleanField(default=False)),
                ("part", models.SmallIntegerField()),
                ("reply", models.SmallIntegerField()),
                ("replied_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "crm_participant",
                "indexes": [
                    models.Index(fields=["workspace_id", "activity_id"], name="crm_participant_activity"),
                    models.Index(fields=["workspace_id", "deal_id"], name="crm_participant_deal"),
                    models.Index(fields=["workspace_id", "address_id"], name="crm_participant_address"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Rate",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("currency", models.CharField(max_length=3)),
                ("on_day", models.DateField()),
                ("rate", models.FloatField()),
                ("source", models.CharField(max_length=32)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "crm_rate",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "currency", "on_day"), name="crm_rate_once")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Raw",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("connection_id", models.UUIDField()),
                ("origin_id", models.UUIDField()),
                ("kind", models.SmallIntegerField()),
                ("part", models.IntegerField()),
                ("received_at", models.DateTimeField()),
                ("normaliser_version", models.SmallIntegerField()),
                ("body", auctor.crm.fields.SealedBytesField(purpose="crm")),
            ],
            options={
                "db_table": "crm_raw",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "origin_id", "kind", "part"), name="crm_raw_once")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("deal_id", models.UUIDField()),
                ("on_day", models.DateField()),
                ("taken_at", models.DateTimeField()),
                ("owner_id", models.UUIDField(null=True)),
                ("stage_id", models.UUIDField(null=True)),
                ("amount", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3, null=True)),
                ("close_on", models.DateField(null=True)),
                ("forecast", models.SmallIntegerField(null=True)),
            ],
            options={
                "db_table": "crm_snapshot",
                "indexes": [models.Index(fields=["workspace_id", "deal_id", "on_day"], name="crm_snapshot_deal")],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "on_day", "deal_id"), name="crm_snapshot_once")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Stage",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("connection_id", models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000"))),
                ("remote_id", models.CharField(max_length=128)),
                ("record_state", models.SmallIntegerField(default=auctor.crm.vocabulary.RecordState["ACTIVE"])),
                ("content", models.BinaryField(null=True)),
                ("first_seen_at", models.DateTimeField()),
                ("observed_at", models.DateTimeField()),
                ("pipeline_id", models.UUIDField()),
                ("is_late", models.BooleanField(null=True)),
            ],
            options={
                "db_table": "crm_stage",
                "indexes": [models.Index(fields=["workspace_id", "pipeline_id"], name="crm_stage_pipeline")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="StageInterval",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("deal_id", models.UUIDField()),
                ("stage_id", models.UUIDField()),
                ("place", models.IntegerField()),
                ("entered_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(null=True)),
                ("is_inferred", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "crm_stageinterval",
                "indexes": [models.Index(fields=["workspace_id", "deal_id"], name="crm_stageinterval_deal")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="StageVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("stage_id", models.UUIDField()),
                ("valid_from", models.DateTimeField(null=True)),
                ("valid_until", models.DateTimeField(null=True)),
                ("name", auctor.vault.fields.SealedTextField(null=True, purpose="crm")),
                ("position", models.SmallIntegerField()),
                ("kind", models.SmallIntegerField()),
                ("probability", models.FloatField(null=True)),
            ],
            options={
                "db_table": "crm_stageversion",
                "indexes": [models.Index(fields=["workspace_id", "stage_id"], name="crm_stageversion_stage")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Terms",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                (
                    "holidays",
                    django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None),
                ),
                ("salt", auctor.vault.fields.SealedTextField(purpose="crm")),
            ],
            options={
                "db_table": "crm_terms",
                "constraints": [models.UniqueConstraint(fields=("workspace_id",), name="crm_terms_once")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
    ]
