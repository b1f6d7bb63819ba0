"""Bring the database to this release's form. Run by the owner role, which the running product does not have."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Protocol

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel
from psycopg.conninfo import conninfo_to_dict

from auctor.kit.errors import AuctorError
from auctor.tenancy import context, roles

OURS = "auctor."


class DatabaseNewer(AuctorError):
    """A later release migrated this database."""

    code: ClassVar[str] = "tenancy.database_newer"
    status: ClassVar[int] = 500


class MigrationHalfDone(AuctorError):
    """The database's form and its own record of migrations contradict each other."""

    code: ClassVar[str] = "tenancy.migration_half_done"
    status: ClassVar[int] = 500


class Cursor(Protocol):
    """What psycopg's and Django's cursors share."""

    def execute(self, query: str, /) -> object:
        """Run one statement."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Its rows."""


def require_sound(cursor: Cursor) -> None:
    """Raise `DatabaseNewer` or `MigrationHalfDone` when migrating would go wrong. Reads only.

    1. A recorded migration of ours that this release does not have is a later release's.
    2. A migration that is not recorded, but whose table is there, was done by half, or its record was lost.
    3. A recorded migration that builds on one which is not recorded: the same.
    """
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    tables = {row[0] for row in cursor.fetchall()}
    if "django_migrations" not in tables:
        return
    cursor.execute("SELECT app, name FROM django_migrations")
    recorded = {(app, name) for app, name in cursor.fetchall()}
    loader = MigrationLoader(None)
    known: dict[tuple[str, str], Any] = dict(loader.disk_migrations)
    ours = {app for app in loader.migrated_apps if apps.get_app_config(app).name.startswith(OURS)}
    for app, name in sorted(recorded - set(known)):
        if app in ours:
            raise DatabaseNewer(
                f"The database is newer than this release of auctor: it knows the migration {app}.{name}.",
                mend="Install the release that made it, or restore the backup from before. Nothing was changed.",
            )
    for key in sorted(set(known) - recorded):
        made = _tables_of(known[key]) & tables
        if made:
            raise _half_done(key, f"its table {min(made)} is there")
        after = [other for other in recorded & set(known) if key in known[other].dependencies]
        if after and not known[key].replaces:
            raise _half_done(key, f"{'.'.join(min(after))}, which builds on it, is")


def _tables_of(migration: Any) -> set[str]:
    """Tables that a migration makes and that keep their name."""
    if migration.replaces:
        return set()
    made = [operation for operation in migration.operations if isinstance(operation, CreateModel)]
    return {
        operation.options.get("db_table") or f"{migration.app_label}_{operation.name_lower}"
        for operation in made
        if operation.options.get("managed", True)
    }


def _half_done(key: tuple[str, str], but: str) -> MigrationHalfDone:
    return MigrationHalfDone(
        f"A migration is half done: {'.'.join(key)} is not recorded, but {but}.",
        where="django_migrations",
        mend="Restore the last backup (docs/how-to/backup-and-restore.md), then start again. Nothing was changed.",
    )


@contextmanager
def owner_connection(server: roles.Server) -> Iterator[None]:
    """The Django alias "owner", for as long as the block lasts."""
    words = {k: str(v) for k, v in conninfo_to_dict(server.admin_dsn(role=roles.OWNER)).items()}
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    connections.settings["owner"] = {
        **connections.settings["default"],
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {k: v for k, v in words.items() if k not in named},
        **{django: words.get(word, "") for word, django in named.items()},
    }
    try:
        yield
    finally:
        connections["owner"].close()
        del connections["owner"]
        del connections.settings["owner"]


def migrate(server: roles.Server, data: Path, *, say: Callable[[str], None] | None = None) -> int:
    """Apply what is missing and store the context key; returns the number of migrations applied."""
    with owner_connection(server):
        executor = MigrationExecutor(connections["owner"])
        plan: list[Any] = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            if say:
                say(f"{len(plan)} migrations")
            call_command("migrate", database="owner", verbosity=0, interactive=False)
    roles.store_context_key(server, context.padded(roles.context_key(data)))
    return len(plan)


def pending() -> list[str]:
    """Names of migrations that the database lacks, as `app.name`; read through the running role."""
    connection = connections["default"]
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def server() -> roles.Server:
    """The server of the settings."""
    found: roles.Server = settings.AUCTOR_SERVER
    return found
