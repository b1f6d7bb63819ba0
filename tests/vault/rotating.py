"""A process that rotates keys until it is killed: `python rotating.py DATABASE VAULT keysets|root SECONDS`.

Each step of the rotation is one line on its output.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

import django
from django.conf import settings
from django.db import connections

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def main(database: str, vault: str, what: str, settle: str) -> None:
    """Rotate once."""
    django.setup()
    connections.settings["default"]["NAME"] = database
    from auctor.vault import keyring, rotate
    from auctor.vault.startup import open_vault
    from tests.vault.models import Note

    assert settings.AUCTOR_DATA
    keyring.install(lambda: open_vault(Path(vault)))
    if what == "root":
        rotate.rotate_root(now=NOW, report=say)
    else:
        rotate.rotate_keysets(now=NOW, tables=[Note], report=say, settle_seconds=float(settle))


def say(progress: object) -> None:
    """One line for each step."""
    print(progress, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
