"""`auctor seal`: the sealer alone."""

import os
import sys

import typer

from auctor.cli.beforehand import require_installation
from auctor.cli.start import environment

app = typer.Typer(invoke_without_command=True)


@app.callback()
def seal() -> None:
    """Integrate and publish the audit log in this process; one sealer works, further ones wait for its place."""
    env = environment()
    require_installation(env)
    os.environ["AUCTOR_DATA"] = str(env.data)
    os.execv(sys.executable, [sys.executable, "-P", "-m", "auctor.audit.seal"])  # noqa: S606 - it takes over
