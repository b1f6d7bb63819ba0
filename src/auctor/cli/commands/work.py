"""`auctor work`: a worker alone."""

import os
import sys

import typer

from auctor.cli.beforehand import require_installation
from auctor.cli.start import environment

app = typer.Typer(invoke_without_command=True)


@app.callback()
def work() -> None:
    """Run background jobs in this process; the database must be up and migrated."""
    require_installation(environment())
    os.execv(sys.executable, [sys.executable, "-P", "-m", "auctor.worker"])  # noqa: S606 - it takes over
