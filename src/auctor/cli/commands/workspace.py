"""`auctor workspace`: make, list, extend, close."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from auctor.cli.entering import entered
from auctor.cli.output import AsJson, show, show_rows
from auctor.cli.start import workspace
from auctor.identity import links, queries, workspaces
from auctor.identity.records import Profile, WorkspaceDetails
from auctor.tenancy.records import WorkspaceKind

app = typer.Typer(no_args_is_help=True)

Which = Annotated[str, typer.Argument(metavar="WORKSPACE", help="Its name or id.")]


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """Every workspace of this installation."""
    with workspace(None):
        found = [_to_row(one) for one in queries.list_all_workspaces()]
    columns = ["name", "kind", "state", "created_at", "pilot_ends_at", "id"]
    show_rows(found, columns=columns, as_json=as_json, empty="None yet. Make one: auctor workspace create NAME")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    pilot: Annotated[bool, typer.Option("--pilot", help="It becomes read-only when its time is over.")] = False,
    days: Annotated[int, typer.Option(help="Length of a pilot.", min=1, max=365)] = 30,
    time_zone: Annotated[str, typer.Option(help="IANA zone in which its days begin.")] = "UTC",
    currency: Annotated[str, typer.Option(help="ISO 4217 code of its totals.")] = "EUR",
    as_json: AsJson = False,
) -> None:
    """Make a workspace and print the one-time link that makes its first owner."""
    now = datetime.now(UTC)
    kind = WorkspaceKind.PILOT if pilot else WorkspaceKind.REAL
    with workspace(None) as actor:
        profile = Profile(name=name, time_zone=time_zone, currency=currency)
        made = workspaces.create_workspace(actor, profile=profile, kind=kind, days=days if pilot else 0, now=now)
        link = links.make_owner_link(actor, workspace_id=made.id, now=now)
    ends = f", a pilot until {made.pilot_ends_at:%Y-%m-%d}" if made.pilot_ends_at else ""
    text = f"Made {made.profile.name}{ends}.\nIts first owner's account is made here (works once, for a day):\n  {link}"
    show({**_to_row(made), "owner_link": link}, as_json=as_json, text=text)


@app.command()
def extend(
    which: Which,
    days: Annotated[int, typer.Option(help="Days from now.", min=1, max=365)] = 30,
    as_json: AsJson = False,
) -> None:
    """Give a pilot more time; it is writable again."""
    with entered(which) as actor:
        found = workspaces.extend_pilot(actor, days=days, now=datetime.now(UTC))
    show(_to_row(found), as_json=as_json, text=f"{found.profile.name} is a pilot until {found.pilot_ends_at:%Y-%m-%d}.")


@app.command()
def full(which: Which, as_json: AsJson = False) -> None:
    """Turn a pilot into a workspace that does not end."""
    with entered(which) as actor:
        found = workspaces.make_full(actor, now=datetime.now(UTC))
    show(_to_row(found), as_json=as_json, text=f"{found.profile.name} does not end any more.")


@app.command()
def close(
    which: Which, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False, as_json: AsJson = False
) -> None:
    """Close a workspace: nobody enters it, and after thirty days its keys are destroyed."""
    if not yes:
        typer.confirm(f"Close {which}? In thirty days its content cannot be read by anybody.", abort=True)
    with entered(which) as actor:
        workspaces.close_workspace(actor, now=datetime.now(UTC))
    show(
        {"closed": which},
        as_json=as_json,
        text=f"Closed. `auctor workspace reopen {which}` within thirty days undoes it.",
    )


@app.command()
def reopen(which: Which, as_json: AsJson = False) -> None:
    """Open a closed workspace again while its keys are there."""
    with entered(which) as actor:
        workspaces.reopen_workspace(actor, now=datetime.now(UTC))
    show({"reopened": which}, as_json=as_json, text="Open again.")


def _to_row(found: WorkspaceDetails) -> dict[str, object]:
    return {
        "id": str(found.id),
        "name": found.profile.name,
        "kind": found.kind.value,
        "state": found.state.value,
        "time_zone": found.profile.time_zone,
        "currency": found.profile.currency,
        "created_at": found.created_at.isoformat(timespec="seconds"),
        "pilot_ends_at": found.pilot_ends_at.isoformat(timespec="seconds") if found.pilot_ends_at else None,
    }
