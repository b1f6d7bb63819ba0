"""`auctor import`: bring a history folder, or a plain export of a CRM, into a workspace."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from auctor.cli.deals import In
from auctor.cli.entering import entered
from auctor.cli.output import AsJson, note, show
from auctor.crm.import_folder import import_folder
from auctor.crm.importing.mapping import load_mapping
from auctor.crm.records import ImportReport

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})
SHOWN = 20


@app.callback()
def bring_in(
    folder: Annotated[Path, typer.Argument(help="The history folder, or a CRM's export.", exists=True)],
    workspace: In,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    mapping: Annotated[str, typer.Option(help="hubspot, salesforce, pipedrive, zoho, or a file.")] = "",
    as_json: AsJson = False,
) -> None:
    """Import a folder: all of it or, with a single problem, nothing. Importing twice changes nothing."""
    chosen = load_mapping(mapping) if mapping else None
    with entered(workspace) as actor:
        report = import_folder(
            actor, folder=folder, now=datetime.now(UTC), mapping=chosen, is_rehearsal=dry_run, progress=None
        )
    show(_to_dict(report), as_json=as_json, text=_to_text(report))
    if report.is_refused:
        raise typer.Exit(1)
    if not as_json and not dry_run and report.touched_deals:
        note("The worker judges the touched deals; `auctor scan` does it at once.")


def _to_dict(report: ImportReport) -> dict[str, Any]:
    return {
        "files": {
            name: {"create": c.create, "update": c.update, "unchanged": c.unchanged, "skipped": c.skipped}
            for name, c in report.files.items()
        },
        "problems": [
            {"file": p.file, "line": p.line, "column": p.column, "expected": p.expected, "mend": p.mend}
            for p in report.problems
        ],
        "problem_count": report.problem_count,
        "notices": [{"file": file, "what": what, "count": count} for file, what, count in report.notices],
        "dry_run": report.is_rehearsal,
        "touched_deals": report.touched_deals,
        "seconds": round(report.seconds, 2),
    }


def _to_text(report: ImportReport) -> str:
    if report.is_refused:
        shown = [
            f"{p.file}, line {p.line}, {p.column}: expected {p.expected}. {p.mend}" for p in report.problems[:SHOWN]
        ]
        more = report.problem_count - len(shown)
        return "\n".join([*shown, *([f"and {more} more."] if more > 0 else []), "Nothing was imported."])
    lines = [
        f"{name}.csv: {c.create} new, {c.update} changed, {c.unchanged} unchanged, {c.skipped} skipped"
        for name, c in report.files.items()
    ]
    lines += [f"{file}: {what} ({count})" for file, what, count in report.notices]
    verb = "would change" if report.is_rehearsal else "changed"
    return "\n".join([*lines, f"{report.touched_deals} deals {verb}; {report.seconds:.1f} s."])
