"""`auctor serve`: the web server alone."""

import os
import sys

import typer

from auctor.cli.start import environment
from auctor.cli.web_server import command

app = typer.Typer(invoke_without_command=True)


@app.callback()
def serve() -> None:
    """Run the web server (TLS 1.3) in this process; the database must be up and migrated."""
    words = command(environment())
    os.execv(sys.executable, words)  # noqa: S606 - the server takes over this process
