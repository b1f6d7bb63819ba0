"""Processes that rotate keys until they are killed.

Django takes seconds to load, so it is loaded once and each rotation is a fork of its own. A line on the input is
`DATABASE VAULT keysets|root SECONDS`; the output says `pid N`, one line for each step, and `end STATUS`.
"""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import django
from django.db import connections

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def serve() -> None:
    """One fork for each line, one after another."""
    django.setup()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            say(f"pid {os.getpid()}")
            rotate_once(*line.split())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say(f"end {status}")


def rotate_once(database: str, vault: str, what: str, settle: str) -> None:
    """What a command would do."""
    connections.settings["default"]["NAME"] = database
    from auctor.vault import keyring, rotate
    from auctor.vault.startup import open_vault
    from tests.vault.models import Note

    keyring.install(lambda: open_vault(Path(vault)))
    if what == "root":
        rotate.rotate_root(now=NOW, report=say)
    else:
        rotate.rotate_keysets(now=NOW, tables=[Note], report=say, settle_seconds=float(settle))


def say(step: object) -> None:
    """One line."""
    print(step, flush=True)
    # Long enough for a kill to arrive between two steps too.
    time.sleep(0.003)


if __name__ == "__main__":
    serve()
