"""`auctor doctor`: what is wrong, and how to mend it."""

from dataclasses import asdict

import typer

from auctor.cli import checks
from auctor.cli.output import AsJson, note, show_rows
from auctor.cli.start import database, environment
from auctor.kit.errors import AuctorError

app = typer.Typer(invoke_without_command=True)

BEFORE = {"data folder": checks.data_folder, "certificate": checks.certificate, "web": checks.web}
WITHIN = {
    "database": checks.database,
    "clock": checks.clock,
}


@app.callback()
def doctor(as_json: AsJson = False) -> None:
    """Look at data folder, database, keys, clock, certificate, audit log and walls. Exit code 1 when one is wrong."""
    env = environment()
    found = list(checks.run(BEFORE, env))
    try:
        with database():
            found += checks.run(WITHIN, env)
    except AuctorError as error:
        found.append(checks.Finding("database", "error", error.message, error.where, error.mend))
    show_rows(
        [asdict(f) for f in found], columns=["check", "level", "message", "where", "mend"], as_json=as_json, empty=""
    )
    wrong = [f for f in found if f.level == "error"]
    if wrong:
        note(f"{len(wrong)} to mend.")
        raise typer.Exit(1)
