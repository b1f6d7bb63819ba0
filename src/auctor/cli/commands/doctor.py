"""`auctor doctor`: what is wrong, and how to mend it."""

from dataclasses import asdict
from typing import Any

import typer

from auctor.cli import checks
from auctor.cli.output import AsJson, note, show_rows
from auctor.cli.start import database, environment
from auctor.cli.translate import translate

app = typer.Typer(invoke_without_command=True)


@app.callback()
def doctor(as_json: AsJson = False) -> None:
    """Look at data folder, database, keys, clock, certificate, audit log and walls. Exit code 1 when one is wrong."""
    found = _look(environment())
    rows = [asdict(one) for one in found]
    show_rows(rows, columns=["check", "level", "message", "where", "mend"], as_json=as_json, empty="")
    wrong = [one for one in found if one.level == "error"]
    if wrong:
        note(f"{len(wrong)} to mend.")
        raise typer.Exit(1)


def _look(env: Any) -> list[checks.Finding]:
    found = list(checks.run(checks.OUTSIDE, env))
    try:
        with database():
            found += checks.run(checks.INSIDE, env)
    except Exception as error:
        speaking = translate(error)
        if speaking is None:
            raise
        found.append(checks.of_error("database", speaking))
    return found
