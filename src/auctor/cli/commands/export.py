"""`auctor export`: write a workspace's history folder."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from auctor.cli.deals import In
from auctor.cli.entering import entered
from auctor.cli.output import AsJson, show
from auctor.crm.export import export_folder

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})


@app.callback()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write; made when it is missing.", file_okay=False)],
    workspace: In,
    as_json: AsJson = False,
) -> None:
    """Write everything that was imported, in the form that `auctor import` reads."""
    with entered(workspace) as actor:
        counts = export_folder(actor, folder=folder, now=datetime.now(UTC))
    lines = [f"{name}.csv: {count} rows" for name, count in counts.items()]
    show({"folder": str(folder), "rows": counts}, as_json=as_json, text="\n".join([*lines, f"Written to {folder}."]))
