"""Every test process has a throw-away cluster of its own (`tests/cluster.py`).

Tests connect as the product's own roles: a superuser would switch row-level security off.

- `db` (pytest-django): one transaction, rolled back. The usual choice.
- `committed`: really commits, cleaned afterwards. For several connections, processes, analysts (they read
  through a connection of their own), the sealer.
- `acme`, `borealis`: the cast, in either kind of test.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import django
import hypothesis
import psycopg
import pytest

_STARTED: dict[str, object] = {}
# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("auctor", deadline=None)
hypothesis.settings.load_profile("auctor")


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
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["tests.hashing.QuickHasher"]


KEPT = {"AUCTOR_DATA", "AUCTOR_TEST_ENGINE"}
# The cast asks for the database while it is made, which the list of a test's fixtures does not show.
NEED_CLUSTER = {"django_db_setup", "acme", "borealis"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the cluster, so that the second engine runs that and nothing else."""
    for item in items:
        if NEED_CLUSTER & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.database)


def pytest_unconfigure() -> None:
    """Stop what this process started."""
    from auctor.tenancy import engine

    process = _STARTED.pop("process", None)
    if process is not None:
        engine.stop(process)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: object) -> Iterator[None]:
    """The migrated database of this process; replaces pytest-django's own."""
    from django.conf import settings
    from django.db import connections

    from tests import cluster

    if "process" not in _STARTED:
        _STARTED["process"] = cluster.start(Path(os.environ["AUCTOR_DATA"]))
    settings.AUCTOR_SERVER = replace(settings.AUCTOR_SERVER, dbname=cluster.DATABASE)
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = cluster.DATABASE
        connections.settings[alias]["NAME"] = cluster.DATABASE
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

    Without the checks of foreign keys. A table that was never written has no bytes and is left alone; few rows are
    deleted, because TRUNCATE makes new files for a table and its indexes; what has grown is truncated, because
    nothing vacuums here.
    """
    with superuser() as admin:
        rows = admin.execute(WRITTEN, [sorted(LASTING)]).fetchall()
        admin.execute("SET session_replication_role = replica")
        admin.execute(";".join(f"DELETE FROM {name}" for name, size in rows if size <= FEW_BYTES))
        if grown := [name for name, size in rows if size > FEW_BYTES]:
            admin.execute(f"TRUNCATE {', '.join(grown)} CASCADE")


FEW_BYTES = 256 * 1024
WRITTEN = """
SELECT c.oid::regclass::text, sum(pg_table_size(COALESCE(part.relid, c.oid)))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN LATERAL pg_partition_tree(c.oid) part ON c.relkind = 'p'
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'
  AND c.relname !~ '^procrastinate_version' AND c.oid::regclass::text <> ALL (%s)
GROUP BY c.oid
HAVING sum(pg_relation_size(COALESCE(part.relid, c.oid))) > 0
"""


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
