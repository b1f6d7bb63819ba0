"""`auctor scan`: judge all open deals now."""

from dataclasses import asdict
from datetime import UTC, datetime

import typer

from auctor.cli.deals import In
from auctor.cli.entering import entered
from auctor.cli.output import AsJson, show
from auctor.risk import scan as scans

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})


@app.callback()
def scan(workspace: In, as_json: AsJson = False) -> None:
    """Judge all open deals of a workspace."""
    with entered(workspace) as actor:
        found = scans.scan_open(actor, now=datetime.now(UTC))
    text = f"{found.deals} open deals in {found.seconds:.1f} s; {found.deals - found.judged} could not be judged."
    show(asdict(found), as_json=as_json, text=text)
