"""What the command line prints: words for people, JSON for programs, errors that say what to do."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer

from auctor.kit.errors import AuctorError

# No line of ours is as long.
UNFOLDED = 10_000
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]


def show(values: Mapping[str, Any], *, as_json: bool, text: str | None = None) -> None:
    """Print one result: `text` (or the values, one a line) for people, the values for programs."""
    if as_json:
        typer.echo(json.dumps(values, default=str, ensure_ascii=False))
    elif text is not None:
        typer.echo(text)
    else:
        for key, value in values.items():
            typer.echo(f"{key.replace('_', ' ')}: {value}")


def show_rows(rows: Iterable[Mapping[str, Any]], *, columns: Sequence[str], as_json: bool, empty: str) -> None:
    """Print a list: a table for people, one JSON array for programs."""
    found = list(rows)
    if as_json:
        typer.echo(json.dumps(found, default=str, ensure_ascii=False))
        return
    if not found:
        typer.echo(empty)
        return
    _draw([[_to_cell(row.get(column)) for column in columns] for row in found], columns)


def _draw(cells: Sequence[Sequence[str]], columns: Sequence[str]) -> None:
    """A table; words are folded to the width of a terminal, and left whole for everything else."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in cells:
        # As text, because a name may hold brackets that would be read as markup.
        table.add_row(*(Text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else UNFOLDED).print(table)


def _to_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def note(text: str) -> None:
    """A line beside the result (progress, warnings): to stderr, so that stdout stays the result."""
    typer.echo(text, err=True)


def show_error(error: AuctorError, *, as_json: bool) -> None:
    """One paragraph: what, where, and the mend."""
    if as_json:
        problem = {"code": error.code, "message": error.message, "where": error.where, "mend": error.mend}
        print(json.dumps({"error": problem}), file=sys.stderr)  # noqa: T201
        return
    lines = [f"auctor: {error.message}"]
    if error.where:
        lines.append(f"  where: {error.where}")
    if error.mend:
        lines.append(f"  mend:  {error.mend}")
    typer.echo("\n".join(lines), err=True)
