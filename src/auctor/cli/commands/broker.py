"""`auctor broker`: the broker alone."""

import json
import os
import sys

import typer

from auctor.cli.beforehand import require_installation
from auctor.cli.start import environment

app = typer.Typer(invoke_without_command=True)


@app.callback()
def broker() -> None:
    """Make all calls to vendors in this process; web server and worker ask it over a socket in the data folder."""
    env = environment()
    require_installation(env)
    os.environ["AUCTOR_DATA"] = str(env.data)
    os.environ["AUCTOR_STAND_INS"] = json.dumps(env.stand_ins)
    os.execv(sys.executable, [sys.executable, "-P", "-m", "auctor.broker"])  # noqa: S606 - it takes over
