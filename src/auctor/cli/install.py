"""What an installation needs before it may serve: roles, tables, keys that match, static files."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from auctor.tenancy import migrate, roles


def bring_up_to_date(env: Any, *, say: Callable[[str], None]) -> int:
    """Roles, migrations, static files; returns the number of migrations applied. Safe to repeat."""
    server = settings.AUCTOR_SERVER
    roles.prepare(server, env.data)
    applied = migrate.migrate(server, env.data, say=say)
    collect_static()
    return applied


def collect_static() -> None:
    """Copy static files under names with digests, when they changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".made-from"
    digest = _static_digest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest)


def _static_digest() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(path.encode())
            digest.update(hashlib.sha256(Path(storage.path(path)).read_bytes()).digest())
    return digest.hexdigest()
