"""Bring the database to this release's form. Run by the owner role, which the running product does not have."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from psycopg.conninfo import conninfo_to_dict

from auctor.tenancy import context, roles


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
