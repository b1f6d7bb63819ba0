"""What an installation needs before it may serve: roles, tables, keys that match, static files."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from auctor.tenancy import migrate, roles
from auctor.vault import startup
from auctor.vault.operations import remember_keystore


def bring_up_to_date(env: Any, *, say: Callable[[str], None]) -> int:
    """Roles, keys, migrations, static files; returns the number of migrations applied. Safe to repeat.

    The database is read before anything in it is changed: a later release's, one that was migrated by half, and one
    that belongs to other keys stay as they are. Raises what each part raises.
    """
    server = settings.AUCTOR_SERVER
    prove(server, env)
    roles.prepare(server, env.data)
    applied = migrate.migrate(server, env.data, say=say)
    remember_keystore()
    collect_static()
    return applied


def prove(server: roles.Server, env: Any) -> None:
    """Raise when this release and these keys do not fit the database. Makes the keys at the very first start."""
    remembered = None
    with roles.administrator(server) as connection:
        if connection is not None:
            with connection.cursor() as cursor:
                migrate.require_sound(cursor)
                remembered = startup.read_fingerprint(cursor)
    startup.prepare(env.data, uri=env.root_key_uri, credentials=env.root_key_credentials, remembered=remembered)


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
