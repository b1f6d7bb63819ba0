"""`auctor connections`: what a workspace is connected to, and how that goes."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from auctor.cli.entering import entered
from auctor.cli.output import AsJson, show, show_rows
from auctor.connectors import operations, queries
from auctor.connectors.records import ConnectionRecord
from auctor.connectors.registry import find_vendor

app = typer.Typer(no_args_is_help=True)

In = Annotated[str, typer.Option("--workspace", "-w", help="Name or id of the workspace.")]
Which = Annotated[UUID, typer.Argument(metavar="ID", help="The connection's id, as `list` shows it.")]


@app.command("list")
def list_all(workspace: In, as_json: AsJson = False) -> None:
    """Every connection, ended ones too, the newest first."""
    with entered(workspace) as actor:
        rows = [_to_row(found) for found in queries.list_connections(actor)]
    columns = ["vendor", "account", "state", "reason", "checked_at", "error", "id"]
    show_rows(rows, columns=columns, as_json=as_json, empty="Nothing is connected. Connect under Integrations.")


@app.command()
def check(connection_id: Which, workspace: In, as_json: AsJson = False) -> None:
    """Ask the vendor whose account it is; says what the vendor said when it refuses."""
    with entered(workspace) as actor:
        found = operations.check_connection(actor, connection_id=connection_id)
    _tell(found, as_json=as_json, text=f"{_name(found)} answers.")


@app.command()
def pause(connection_id: Which, workspace: In, as_json: AsJson = False) -> None:
    """Make no call through it until it is resumed."""
    with entered(workspace) as actor:
        found = operations.pause(actor, connection_id=connection_id, now=datetime.now(UTC))
    _tell(found, as_json=as_json, text=f"{_name(found)} is paused.")


@app.command()
def resume(connection_id: Which, workspace: In, as_json: AsJson = False) -> None:
    """Go on after a pause or an alarm."""
    with entered(workspace) as actor:
        found = operations.resume(actor, connection_id=connection_id, now=datetime.now(UTC))
    _tell(found, as_json=as_json, text=f"{_name(found)} is active again.")


@app.command()
def disconnect(connection_id: Which, workspace: In, as_json: AsJson = False) -> None:
    """End it: our tokens go, the vendor is told, the old token is tried once."""
    with entered(workspace) as actor:
        found = operations.disconnect(actor, connection_id=connection_id)
    said = [f"  {word.replace('_', ' ')}: {'yes' if done else 'no'}" for word, done in found.confirmed.items()]
    lives = [f"  A token that the vendor issued could live until {found.lives_until}."] if found.lives_until else []
    _tell(found, as_json=as_json, text="\n".join([f"{_name(found)} is disconnected.", *said, *lives]))


def _tell(found: ConnectionRecord, *, as_json: bool, text: str) -> None:
    show(_to_row(found), as_json=as_json, text=text)


def _name(found: ConnectionRecord) -> str:
    label = find_vendor(found.vendor).label
    return f"{label} ({found.account_name})" if found.account_name else label


def _to_row(found: ConnectionRecord) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "vendor": found.vendor,
        "account": found.account_name or found.account_id,
        "state": found.state.value,
        "reason": found.reason.value,
        "scopes": list(found.scopes),
        "checked_at": found.checked_at,
        "error": found.error_words or found.error_code,
        "confirmed": found.confirmed,
        "lives_until": found.lives_until,
    }
