"""`auctor vault`: check and rotate keys."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from auctor.cli.output import AsJson, note, show, show_rows
from auctor.cli.start import database, environment
from auctor.identity import keys, queries
from auctor.tenancy import scope
from auctor.tenancy.records import Actor
from auctor.vault import check as checks
from auctor.vault import root as roots
from auctor.vault.rotate import Progress
from auctor.vault.startup import SECRETS

app = typer.Typer(no_args_is_help=True)


@app.command()
def check(as_json: AsJson = False) -> None:
    """Do root key, keystore and database match, and is every key there? Exit code 1 when not."""
    with database(), scope.enter(Actor.system(None, "cli")):
        ids = [one.id for one in queries.list_all_workspaces()]
        found = checks.check_vault(ids)
    show_rows(
        [asdict(one) for one in found],
        columns=["code", "what", "where", "mend"],
        as_json=as_json,
        empty="The vault is whole: root key, keystore and database match.",
    )
    if found:
        raise typer.Exit(1)


@app.command()
def rotate(
    workspace: Annotated[str, typer.Option("--workspace", "-w", help="Only this one, by name or id.")] = "",
    root: Annotated[bool, typer.Option("--root", help="The root key in place of the workspaces' keys.")] = False,
    to: Annotated[
        str, typer.Option(help="With --root: move to this key service or file:PATH. Stop auctor first.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Make new keys and seal everything anew. May be interrupted: the next call goes on where it stood."""
    now = datetime.now(UTC)
    with database():
        with scope.enter(Actor.system(None, "cli")):
            actor = Actor.system(queries.find_workspace(workspace).id if workspace else None, "cli")
        if to:
            _move(actor, to, now=now, as_json=as_json)
            return
        if root:
            count = keys.rotate_root_key(actor, now=now, report=_tell)
            show({"wrapped": count}, as_json=as_json, text=f"{count} keysets are wrapped by a new root key.")
            return
        count = keys.rotate_workspace_keys(actor, now=now, report=_tell)
    show({"sealed": count}, as_json=as_json, text=f"Done. {count} rows were sealed anew; the old keys are gone.")


def _move(actor: Actor, to: str, *, now: datetime, as_json: bool) -> None:
    env = environment()
    credentials = env.root_key_credentials
    roots.create_root(to, secrets_folder=env.data / SECRETS)
    new = roots.open_root(to, secrets_folder=env.data / SECRETS, credentials=credentials)
    count = keys.move_root_key(actor, new=new, now=now, report=_tell)
    text = f"{count} keysets are wrapped by {to}. Set AUCTOR_ROOT_KEY_URI={to} before the next start."
    show({"wrapped": count, "root": to}, as_json=as_json, text=text)


def _tell(progress: Progress) -> None:
    what = f"{progress.table}: {progress.rows} rows" if progress.table else f"{progress.purpose or ''}"
    note(f"{progress.step} {progress.workspace_id or ''} {what}".rstrip())
