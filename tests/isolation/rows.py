"""One row in every table of a workspace, whatever tables there are: made from the catalogue, written past all walls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from auctor.kit.ids import uuid7

COLUMNS = """
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, NULL), a.atttypmod
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
  AND EXISTS (SELECT FROM pg_attribute w WHERE w.attrelid = c.oid AND w.attname = 'workspace_id' AND NOT w.attisdropped)
  AND a.attgenerated = '' AND a.attnotnull AND (NOT a.atthasdef OR a.attname = 'id')
ORDER BY n.nspname, c.relname, a.attnum
"""
MOMENT = datetime.now(UTC)
SAMPLES: dict[str, Any] = {
    # Also valid where a column computes something from JSON.
    "text": '{"action": "x"}',
    "character varying": "x",
    "boolean": False,
    "smallint": 1,
    "integer": 1,
    "bigint": 1,
    "double precision": 0.0,
    "numeric": 0,
    "real": 0.0,
    "bytea": b"x" * 32,
    "jsonb": "{}",
    "timestamp with time zone": MOMENT,
    "date": MOMENT.date(),
    "interval": "1 day",
    "xid8": "1",
}


@dataclass(frozen=True)
class Table:
    """A table with `workspace_id` and what a row of it cannot do without."""

    schema: str
    name: str
    columns: Mapping[str, str]

    @property
    def quoted(self) -> sql.Identifier:
        """For statements."""
        return sql.Identifier(self.schema, self.name)

    def values(self, workspace_id: UUID) -> dict[str, Any]:
        """A row of this workspace."""
        return {
            column: workspace_id if column == "workspace_id" else self._sample(kind)
            for column, kind in self.columns.items()
        }

    def _sample(self, kind: str) -> Any:
        if kind == "uuid":
            return uuid7()
        return [uuid7()] if kind == "uuid[]" else [] if kind.endswith("[]") else SAMPLES[kind]

    def insert(self, values: Mapping[str, Any]) -> sql.Composed:
        """The statement that writes them."""
        return sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
            self.quoted,
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(map(sql.Literal, values.values())),
        )


def list_tables(admin: psycopg.Connection) -> list[Table]:
    """Every table with `workspace_id` that is not a partition."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for schema, table, column, kind, _modifier in admin.execute(COLUMNS).fetchall():
        found.setdefault((schema, table), {})[column] = kind
    return [Table(schema, table, columns) for (schema, table), columns in found.items()]


def fill(admin: psycopg.Connection, tables: list[Table], workspace_id: UUID) -> None:
    """A row in each, without asking foreign keys and triggers; those that have one already are left alone."""
    admin.execute("SET session_replication_role = replica")
    for table in tables:
        present = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE workspace_id = {})")
        if admin.execute(present.format(table.quoted, sql.Literal(workspace_id))).fetchone() == (False,):
            admin.execute(table.insert(table.values(workspace_id)))
