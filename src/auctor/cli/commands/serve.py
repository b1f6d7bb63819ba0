"""`auctor serve`: the web server alone."""

import os
import sys

import typer

from auctor.cli.beforehand import require_installation
from auctor.cli.start import environment
from auctor.cli.web_server import command
from auctor.kit.ports import require_free_port

app = typer.Typer(invoke_without_command=True)


@app.callback()
def serve() -> None:
    """Run the web server (TLS 1.3) in this process; the database must be up and migrated."""
    env = environment()
    # The server shares a port with a stranger in silence.
    require_free_port(env.host, env.port)
    require_installation(env)
    words = command(env)
    os.execv(sys.executable, words)  # noqa: S606 - the server takes over this process
