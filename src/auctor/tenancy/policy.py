"""Migration operations that put the second wall around a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

WORKSPACE = "workspace_id = (select auctor.ctx_workspace())"
# The signature is checked once, by the permissive policy that every table has; what is merely said suffices beside it.
# Written out and not as functions: those would be read and inlined anew for each statement.
SAID = "nullif(split_part(current_setting('app.ctx', true), '.', {place}), '')"
SAID_WORKSPACE = f"workspace_id = (select {SAID.format(place=1)}::uuid)"
NOT_A_MEMBER = f"(select {SAID.format(place=4)} <> 'member')"
OWN = f"{NOT_A_MEMBER} or {{column}} = (select {SAID.format(place=3)}::uuid)"


def through(table: str, target: str, column: str, key: str = "id") -> str:
    """Rows whose `column` meets a row of `target` that the asker may see: the target's own wall decides."""
    return (
        f"exists (select from {target} seen where seen.workspace_id = {table}.workspace_id"
        f" and seen.{key} = {table}.{column})"
    )


class _Statements(Operation):
    """SQL forwards and backwards that does not touch Django's state."""

    reduces_to_sql = True
    reversible = True
    category = OperationCategory.SQL

    def forwards(self) -> Sequence[str]:
        """The statements of the migration."""
        raise TypeError(type(self).__name__)

    def backwards(self) -> Sequence[str]:
        """The statements that undo it."""
        raise TypeError(type(self).__name__)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Django's picture of the table stays as it is."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Run the statements."""
        self._run(schema_editor, self.forwards())

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Undo the statements."""
        self._run(schema_editor, self.backwards())

    def _run(self, schema_editor: BaseDatabaseSchemaEditor, statements: Sequence[str]) -> None:
        # Foreign keys and triggers that Django put off must stand before the table is altered.
        for deferred in schema_editor.deferred_sql:
            schema_editor.execute(deferred)
        schema_editor.deferred_sql.clear()
        for statement in statements:
            schema_editor.execute(statement)


class ProtectTable(_Statements):
    """Composite keys, forced row-level security and grants for a table with `workspace_id`.

    `owner_column` names the member whose rows these are: a member sees only those. `member_sql` is an expression
    for rows that hang on such a row. `references` are composite foreign keys: column -> table (its key is
    (workspace_id, id)); on deletion of the row they point to, `on_delete` decides ("CASCADE" by default).
    """

    def __init__(
        self,
        table: str,
        *,
        owner_column: str | None = None,
        member_sql: str | None = None,
        references: Mapping[str, str] | None = None,
        on_delete: str = "CASCADE",
    ) -> None:
        self.table = table
        self.owner_column = owner_column
        self.member_sql = member_sql
        self.references = dict(references or {})
        self.on_delete = on_delete

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As Django asks."""
        words = {
            "owner_column": self.owner_column,
            "member_sql": self.member_sql,
            "references": self.references,
            "on_delete": self.on_delete,
        }
        return type(self).__name__, [self.table], words

    def describe(self) -> str:
        """One line for `migrate --plan`."""
        return f"Protect {self.table} by row-level security"

    def forwards(self) -> list[str]:
        """Keys, policies, grants."""
        t = self.table
        return [
            f'ALTER TABLE {t} DROP CONSTRAINT "{t}_pkey", ADD PRIMARY KEY (workspace_id, id)',
            *(
                f"ALTER TABLE {t} ADD CONSTRAINT {t}_{column}_fk FOREIGN KEY (workspace_id, {column})"
                f" REFERENCES {target} (workspace_id, id) ON DELETE {self.on_delete} DEFERRABLE INITIALLY DEFERRED"
                for column, target in self.references.items()
            ),
            f"ALTER TABLE {t} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {t} FORCE ROW LEVEL SECURITY",
            *self._policies(),
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {t} TO auctor_app",
            f"GRANT SELECT ON {t} TO auctor_reader",
            f"GRANT SELECT, DELETE ON {t} TO auctor_retention",
        ]

    def _policies(self) -> list[str]:
        t = self.table
        policies = [
            f"CREATE POLICY workspace ON {t} TO auctor_app, auctor_retention"
            f" USING ({WORKSPACE}) WITH CHECK ({SAID_WORKSPACE})",
            # A row that is changed was seen through the checked policy above; one that is new was not.
            f"CREATE POLICY proved ON {t} AS RESTRICTIVE FOR INSERT TO auctor_app, auctor_retention"
            f" WITH CHECK ({WORKSPACE})",
            f"CREATE POLICY workspace_read ON {t} FOR SELECT TO auctor_reader USING ({WORKSPACE})",
        ]
        own = self.member_sql or (OWN.format(column=self.owner_column) if self.owner_column else None)
        if own:
            policies.append(f"CREATE POLICY own ON {t} AS RESTRICTIVE TO auctor_app, auctor_reader USING ({own})")
        return policies

    def backwards(self) -> list[str]:
        """Back to Django's own table."""
        t = self.table
        names = ["workspace", "proved", "workspace_read", "own"]
        return [
            *(f"DROP POLICY IF EXISTS {name} ON {t}" for name in names),
            f"ALTER TABLE {t} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {t} DISABLE ROW LEVEL SECURITY",
            *(f"ALTER TABLE {t} DROP CONSTRAINT {t}_{column}_fk" for column in self.references),
            f'ALTER TABLE {t} DROP CONSTRAINT "{t}_pkey", ADD PRIMARY KEY (id)',
            f"REVOKE ALL ON {t} FROM auctor_app, auctor_reader, auctor_retention",
        ]


class InstanceTable(_Statements):
    """Grants for a table that belongs to the installation and not to a workspace."""

    def __init__(self, table: str, *, grants: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
        self.table = table
        self.grants = grants

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As Django asks."""
        return type(self).__name__, [self.table], {"grants": self.grants}

    def describe(self) -> str:
        """One line for `migrate --plan`."""
        return f"Grant {self.grants} on {self.table}"

    def forwards(self) -> list[str]:
        """One grant; sequences of serial keys come with it."""
        return [f"GRANT {self.grants} ON {self.table} TO auctor_app"]

    def backwards(self) -> list[str]:
        """Take it back."""
        return [f"REVOKE ALL ON {self.table} FROM auctor_app"]
