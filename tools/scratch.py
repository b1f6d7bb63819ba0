"""A throw-away installation: a data folder and a migrated database that are gone after the block."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


@contextmanager
def settings_of_a_fresh_installation() -> Iterator[Path]:
    """Django set up with a data folder of its own and every other setting at its default."""
    import django

    for name in [name for name in os.environ if name.startswith("AUCTOR_") or name == "DATABASE_URL"]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="auctor-scratch-") as folder:
        data = Path(folder)
        # PostgreSQL runs as another user when root starts it, and has to pass through.
        data.chmod(0o711)
        os.environ.update(AUCTOR_DATA=folder, DJANGO_SETTINGS_MODULE="auctor.config.settings")
        django.setup()
        yield data


@contextmanager
def migrated_database(data: Path) -> Iterator[psycopg.Connection]:
    """The administrator's connection to a database in this release's form."""
    from auctor.tenancy import engine, migrate, roles

    cluster = engine.prepare(data)
    with engine.running(cluster, log=data / "postgres.log"):
        roles.prepare(cluster.server(), data)
        migrate.migrate(cluster.server(), data)
        with psycopg.connect(cluster.server().admin_dsn(), autocommit=True) as connection:
            yield connection
