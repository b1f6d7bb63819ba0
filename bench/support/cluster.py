"""A throw-away database of its own, migrated, for as long as a measurement lasts."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def product() -> Iterator[Path]:
    """Django on a fresh installation; yields its data folder. Once in a process."""
    data = Path(tempfile.mkdtemp(prefix="auctor-bench-"))
    data.chmod(0o711)
    os.environ["AUCTOR_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "auctor.config.settings"
    for name in ("DATABASE_URL", "AUCTOR_DATABASE_URL"):
        os.environ.pop(name, None)
    import django

    from auctor.tenancy import engine, migrate, roles

    try:
        cluster = engine.prepare(data, shared_buffers="512MB")
        with engine.running(cluster, log=data / "postgres.log"):
            roles.prepare(cluster.server(), data)
            django.setup()
            migrate.migrate(cluster.server(), data)
            yield data
    finally:
        shutil.rmtree(data, ignore_errors=True)
