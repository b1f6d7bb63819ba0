"""Every test process has a throw-away cluster of its own and clones the migrated template in it.

Transactions of one cluster see each other's age, whatever their database: the sealer would wait for the tests of
another process.

Tests connect as the product's own roles: a superuser would switch row-level security off.

- `db` (pytest-django): one transaction, rolled back. The usual choice.
- `committed`: really commits, cleaned afterwards. For several connections, processes, analysts (they read
  through a connection of their own), the sealer.
- `acme`, `borealis`: the cast, in either kind of test.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import django
import psycopg
import pytest

TEMPLATE = "auctor_template"
MIGRATE = """
import sys, django
django.setup()
from django.conf import settings
from auctor.tenancy import engine
from auctor.tenancy.migrate import migrate
migrate(engine.server_of(settings.AUCTOR_DATA, sys.argv[1]), settings.AUCTOR_DATA)
"""
_STARTED: dict[str, object] = {}


def pytest_configure(config: pytest.Config) -> None:
    """Name the data folder before Django's settings are read, in each process that runs tests.

    What only hands tests out must not name the settings: pytest-django would read them sooner in its children.
    """
    if config.getoption("dist", "no") != "no":
        return
    given = tempfile.mkdtemp(prefix="auctor-test-")
    Path(given).chmod(0o711)
    (Path(given) / "static").mkdir()
    config.add_cleanup(lambda: shutil.rmtree(given, ignore_errors=True))
    os.environ["AUCTOR_DATA"] = given
    for name in [n for n in os.environ if n.startswith("AUCTOR_") and n not in KEPT]:
        del os.environ[name]
    os.environ.pop("DATABASE_URL", None)
    os.environ["AUCTOR_DEVELOPMENT"] = "true"
    os.environ["DJANGO_SETTINGS_MODULE"] = "auctor.config.settings"
    django.setup()


KEPT = {"AUCTOR_DATA", "AUCTOR_TEST_ENGINE"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the cluster, so that the second engine runs that and nothing else."""
    for item in items:
        if "django_db_setup" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)


def pytest_unconfigure() -> None:
    """Stop what this process started."""
    from auctor.tenancy import engine

    process = _STARTED.pop("process", None)
    if process is not None:
        engine.stop(process)  # type: ignore[arg-type]


def start_cluster() -> None:
    """The cluster with the migrated template; once in a process."""
    if "process" in _STARTED:
        return
    from auctor.tenancy import engine, roles
    from auctor.vault import startup

    data = Path(os.environ["AUCTOR_DATA"])
    startup.prepare(data)
    cluster = engine.prepare(data, binaries=find_binaries())
    with (cluster.cluster / "auctor.conf").open("a") as file:
        file.write("fsync = off\nfull_page_writes = off\nmax_connections = 120\nautovacuum = off\n")
    _STARTED["process"] = engine.start(cluster, log=data / "postgres.log")
    server = cluster.server(TEMPLATE)
    roles.prepare(server, data)
    # In a process of its own: pytest-django keeps this one away from databases until a test asks.
    subprocess.run([sys.executable, "-P", "-c", MIGRATE, TEMPLATE], check=True)


def find_binaries() -> Path | None:
    """None for the embedded engine; `AUCTOR_TEST_ENGINE=debian` takes the oldest PostgreSQL that Debian installed."""
    wanted = os.environ.get("AUCTOR_TEST_ENGINE", "embedded")
    if wanted == "embedded":
        return None
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if wanted != "debian" or not found:
        raise pytest.UsageError(
            f"AUCTOR_TEST_ENGINE={wanted}: no such PostgreSQL; on Debian: apt-get install postgresql"
        )
    return found[0].parent


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: object) -> Iterator[None]:
    """A clone of the template for this process; replaces pytest-django's own."""
    from django.conf import settings
    from django.db import connections

    from auctor.tenancy import engine

    start_cluster()
    name = "auctor_test"
    server = engine.server_of(settings.AUCTOR_DATA, name)
    with psycopg.connect(server.admin_dsn(dbname="postgres"), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
        for role in ("auctor_app", "auctor_reader", "auctor_sealer", "auctor_retention"):
            admin.execute(f'GRANT CONNECT, TEMPORARY ON DATABASE "{name}" TO {role}')
    settings.AUCTOR_SERVER = replace(server, dbname=name)
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        connections.settings[alias]["NAME"] = name
    yield
    for alias in connections:
        connections[alias].close()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """Transactions are real; every table is emptied afterwards by the superuser."""
    from django.db import connections

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        try:
            yield
        finally:
            for connection in connections.all(initialized_only=True):
                connection.close()
            empty_tables()
            # What a sealer published of the log that is gone.
            shutil.rmtree(Path(os.environ["AUCTOR_DATA"]) / "checkpoints", ignore_errors=True)


def superuser() -> psycopg.Connection:
    """A connection that no wall holds, to look and to clean up; never to act."""
    from django.conf import settings

    return psycopg.connect(settings.AUCTOR_SERVER.admin_dsn(), autocommit=True)


LASTING = {"django_migrations", "django_content_type", "auth_permission", "auctor.context_key"}


def empty_tables() -> None:
    """Delete every row but those that migrations made.

    One statement, without the checks of foreign keys: a test leaves few rows, and TRUNCATE makes new files for each
    of two hundred tables and indexes.
    """
    with superuser() as admin:
        rows = admin.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename), tablename, schemaname FROM pg_tables"
            " JOIN pg_class c ON c.oid = (quote_ident(schemaname) || '.' || quote_ident(tablename))::regclass"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND NOT c.relispartition"
        ).fetchall()
        names = [
            quoted
            for quoted, table, schema in rows
            if table not in LASTING
            and f"{schema}.{table}" not in LASTING
            and not table.startswith(("procrastinate_version",))
        ]
        admin.execute("SET session_replication_role = replica")
        admin.execute(";".join(f"DELETE FROM {name}" for name in names))


@pytest.fixture
def acme(request: pytest.FixtureRequest) -> object:
    """Alice, Max, Mia, Vera and Bob; asks for `db` unless the test asked for `committed`."""
    return _company(request, "acme")


@pytest.fixture
def borealis(request: pytest.FixtureRequest) -> object:
    """Carol and hers: the strangers."""
    return _company(request, "borealis")


def _company(request: pytest.FixtureRequest, name: str) -> object:
    if "committed" not in request.fixturenames:
        request.getfixturevalue("db")
    from tests.cast import found

    return found(name)
