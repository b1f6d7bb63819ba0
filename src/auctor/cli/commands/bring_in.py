"""`auctor import`: bring a history folder, or a plain export of a CRM, into a workspace."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from auctor.cli.deals import In
from auctor.cli.entering import entered
from auctor.cli.output import AsJson, note, show
from auctor.cli.progress import shown
from auctor.crm.import_folder import import_folder
from auctor.crm.importing.mapping import load_mapping
from auctor.crm.importing.problems import SHOWN_IN_ALL as MOST
from auctor.crm.importing.problems import Problem
from auctor.crm.records import ImportReport

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})
SHOWN = 20
SHOWN_OF_A_KIND = 3


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
    with shown(as_json=as_json) as progress, entered(workspace) as actor:
        report = import_folder(
            actor, folder=folder, now=datetime.now(UTC), mapping=chosen, is_rehearsal=dry_run, progress=progress
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
            {
                "file": p.file,
                "line": p.line,
                "column": p.column,
                "value": p.value,
                "expected": p.expected,
                "mend": p.mend,
            }
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
        return "\n".join([*_problems(report), "Nothing was imported."])
    lines = [
        f"{name}: {c.create:,} new, {c.update:,} changed, {c.unchanged:,} unchanged, {c.skipped:,} left out"
        for name, c in report.files.items()
    ]
    lines += [f"{file}: {what} ({count:,})" for file, what, count in report.notices]
    verb = "would change" if report.is_rehearsal else "changed"
    return "\n".join([*lines, f"{_deals(report.touched_deals)} {verb}; {report.seconds:.1f} s."])


def _problems(report: ImportReport) -> list[str]:
    """A few of each kind, so that one that is everywhere hides no other."""
    kinds: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in report.problems:
        kinds.setdefault((problem.file, problem.column, problem.expected), []).append(problem)
    shown = [str(problem) for found in kinds.values() for problem in found[:SHOWN_OF_A_KIND]][:SHOWN]
    more = report.problem_count - len(shown)
    return [*shown, *([f"and {more:,} more; --json lists up to {MOST:,}."] if more > 0 else [])]


def _deals(count: int) -> str:
    return f"{count:,} deal{'' if count == 1 else 's'}"
