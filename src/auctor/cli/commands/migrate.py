"""`auctor migrate`: the database in this release's form."""

import typer

from auctor.cli.install import bring_up_to_date
from auctor.cli.output import AsJson, note, show
from auctor.cli.start import database, environment

app = typer.Typer(invoke_without_command=True)


@app.callback()
def migrate(as_json: AsJson = False) -> None:
    """Make roles and tables that are missing. `auctor up` does this by itself."""
    with database(is_made=True):
        applied = bring_up_to_date(environment(), say=note)
    show({"applied": applied}, as_json=as_json, text=f"{applied} migrations applied.")
