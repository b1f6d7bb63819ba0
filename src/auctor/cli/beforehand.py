"""What a process that is started alone asks before it begins: is the database up, in form, and are these its keys?"""

from typing import Any

import psycopg
from django.conf import settings

from auctor.cli.start import NotInstalled, require_database
from auctor.tenancy import roles
from auctor.vault import startup


def require_installation(env: Any) -> None:
    """Raises `NotInstalled`, `RootKeyUnfit`, `VaultMismatch`, or what the driver raises. Reads only, loads no model."""
    require_database(env)
    server = settings.AUCTOR_SERVER
    with psycopg.connect(roles.dsn(server, "auctor_app", env.data), connect_timeout=10) as connection:
        remembered = startup.read_fingerprint(connection.cursor())
    if remembered is None:
        where, mend = f"{server.host}, database {server.dbname}", "Run: auctor migrate"
        raise NotInstalled("The database was not brought into this release's form yet.", where=where, mend=mend)
    ring = startup.open_vault(env.data, uri=env.root_key_uri, credentials=env.root_key_credentials)
    startup.prove_root(ring)
    startup.prove_match(ring, remembered)
