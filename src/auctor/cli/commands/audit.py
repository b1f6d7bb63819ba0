"""`auctor audit`: verify, export, show."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from auctor.audit import export as exports
from auctor.audit import operations, queries, verify
from auctor.cli.entering import entered
from auctor.cli.output import AsJson, show, show_rows
from auctor.cli.start import workspace as console

app = typer.Typer(no_args_is_help=True)

In = Annotated[str, typer.Option("--workspace", "-w", help="Name or id of the workspace.")]


@app.command("verify")
def verify_file(
    file: Annotated[Path, typer.Argument(help="An exported log.", exists=True, dir_okay=False)],
    keep: Annotated[list[Path] | None, typer.Option(help="A checkpoint that you kept; may be repeated.")] = None,
    key: Annotated[str, typer.Option(help="The verifier key that you know.")] = "",
    as_json: AsJson = False,
) -> None:
    """Prove an exported log, trusting nobody. Needs no database; the file auctor/audit/verify.py does it alone."""
    kept = [(path.name, path.read_text("utf-8")) for path in keep or []]
    with file.open(encoding="utf-8") as lines:
        report = verify.check_lines(lines, kept, key)
    found = [{"code": code, "text": sentence} for code, sentence in report.findings]
    summary = {
        "workspace": str(report.workspace),
        "sealed_at": str(report.sealed_at),
        "entries": report.entries,
        "sealed": report.size,
        "findings": found,
    }
    verdict = "\n".join(f"FOUND {one['code']}: {one['text']}" for one in found) or "Nothing was altered."
    text = f"{report.entries} entries of {report.size} sealed, as of {report.sealed_at}.\n{verdict}"
    show(summary, as_json=as_json, text=text)
    if found:
        raise typer.Exit(1)


@app.command("export")
def export_file(
    workspace: In,
    out: Annotated[Path, typer.Option(help="File to write; it must not exist.", dir_okay=False)],
    as_json: AsJson = False,
) -> None:
    """Write the log of a workspace with everything that proves it."""
    with entered(workspace) as actor, out.open("x", encoding="utf-8") as file:
        count = exports.export_log(actor, file, now=datetime.now(UTC))
    show({"entries": count, "file": str(out)}, as_json=as_json, text=f"{count} entries are in {out}.")


@app.command()
def checkpoint(workspace: In, as_json: AsJson = False) -> None:
    """Print the newest signed checkpoint; keep it elsewhere to catch a rewritten past."""
    with entered(workspace) as actor:
        proof = queries.checkpoint_proof(actor)
    show({"proof": proof}, as_json=as_json, text=proof)


@app.command("list")
def list_entries(
    workspace: In,
    action: Annotated[str, typer.Option(help="Only this tag, such as role:changed.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """The newest entries."""
    with entered(workspace) as actor:
        page = queries.list_entries(actor, filters=queries.EntryFilter(action=action), limit=limit)
    rows = [
        {
            "at": entry.at.isoformat(timespec="milliseconds"),
            "action": entry.action,
            "outcome": entry.outcome,
            "actor": entry.actor_name or entry.actor_kind,
            "subject": entry.subject,
            "index": entry.index,
        }
        for entry in page.entries
    ]
    columns = ["at", "action", "outcome", "actor", "subject", "index"]
    show_rows(rows, columns=columns, as_json=as_json, empty="Nothing was recorded yet.")


@app.command()
def status(workspace: In, as_json: AsJson = False) -> None:
    """How much is sealed, and how far sealing is behind."""
    with entered(workspace) as actor:
        found = queries.seal_status(actor)
    show({"sealed": found.sealed, "open": found.open, "last_round_at": found.last_round_at}, as_json=as_json)


@app.command()
def restored(as_json: AsJson = False) -> None:
    """After a restore from a backup, with the product stopped: let the log go on, and say so in it for ever."""
    with console(None):
        origin = operations.begin_after_restore(now=datetime.now(UTC))
    show({"origin": origin}, as_json=as_json, text=f"The log goes on as {origin}. Start the product again.")
