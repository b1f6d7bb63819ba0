"""A table of sealed values that exists in tests only, in a registry of its own."""

from typing import Any

import psycopg
from django.apps.registry import Apps
from django.db import models

from auctor.tenancy.data import DataRule
from auctor.tenancy.policy import ProtectTable
from auctor.tenancy.rows import WorkspaceRow
from auctor.vault.blindfields import BlindIndexField, BlindWordsField
from auctor.vault.fields import SealedJSONField, SealedTextField
from auctor.vault.keyring import Purpose

TABLE = "vaulttest_note"


class Note(WorkspaceRow):
    """A note with a title that can be found and a body that cannot."""

    number = models.IntegerField(default=0)
    title = SealedTextField(purpose=Purpose.CRM, null=True)
    title_index = BlindIndexField(source="title")
    title_words = BlindWordsField(source="title")
    details = SealedJSONField(purpose=Purpose.SUMMARIES, null=True)

    data_rule = DataRule("None.", "No.", "None.")

    class Meta(WorkspaceRow.Meta):
        app_label = "vaulttest"
        db_table = TABLE
        apps: Any = Apps([])


def create_table(admin: psycopg.Connection) -> None:
    """As a migration would, by the owner and behind both walls."""
    admin.execute("SET ROLE auctor_owner")
    admin.execute(
        f"CREATE TABLE {TABLE} (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, number integer NOT NULL,"
        " title bytea, title_index bytea, title_words bigint[], details bytea)"
    )
    for statement in ProtectTable(TABLE).forwards():
        admin.execute(statement)
    admin.execute(f"CREATE INDEX ON {TABLE} (workspace_id, title_index)")
    admin.execute("RESET ROLE")


def drop_table(admin: psycopg.Connection) -> None:
    """Other tests look at all tables; this one is not theirs."""
    admin.execute(f"DROP TABLE IF EXISTS {TABLE}")
