"""`auctor member`: who is in a workspace, and as what."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar
from uuid import UUID

import typer

from auctor.cli.entering import entered
from auctor.cli.output import AsJson, show, show_rows
from auctor.cli.start import workspace as open_scope
from auctor.identity import invitations, leaving, members, queries
from auctor.kit.errors import AuctorError
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import Actor

app = typer.Typer(no_args_is_help=True)

In = Annotated[str, typer.Option("--workspace", "-w", help="Name or id of the workspace.")]
Who = Annotated[str, typer.Argument(metavar="ADDRESS", help="Their e-mail address.")]
As = Annotated[Role, typer.Option("--role", help="What they are in the workspace.")]


class NobodyThere(AuctorError):
    """No member of the workspace has this address."""

    code: ClassVar[str] = "cli.nobody_there"
    status: ClassVar[int] = 404


@app.command("list")
def list_all(workspace: In, as_json: AsJson = False) -> None:
    """Everybody who is or was a member."""
    with entered(workspace) as actor:
        found = queries.list_members(actor, with_removed=True)
    rows = [
        {
            "id": str(one.id),
            "email": one.email,
            "name": one.name,
            "role": one.role.value,
            "active": one.is_active,
            "second_factor": one.has_second_factor,
        }
        for one in found
    ]
    columns = ["email", "name", "role", "active", "second_factor", "id"]
    show_rows(rows, columns=columns, as_json=as_json, empty="Nobody yet. Invite: auctor member invite ADDRESS")


@app.command()
def invite(who: Who, workspace: In, role: As = Role.MEMBER, as_json: AsJson = False) -> None:
    """Invite somebody; the link is mailed and printed, and works for seven days."""
    with entered(workspace) as actor:
        made = invitations.invite_member(actor, email=who, role=role, now=datetime.now(UTC))
    text = f"Invited {made.record.email} as {role.value}. The link, should the mail not arrive:\n  {made.address}"
    show({"id": str(made.record.id), "link": made.address}, as_json=as_json, text=text)


@app.command()
def role(who: Who, workspace: In, role: As, as_json: AsJson = False) -> None:
    """Change what somebody is."""
    with entered(workspace) as actor:
        changed = members.change_role(actor, member_id=_find(actor, who), role=role, now=datetime.now(UTC))
    show({"id": str(changed.id), "role": role.value}, as_json=as_json, text=f"{who} is {role.value} now.")


@app.command()
def remove(who: Who, workspace: In, as_json: AsJson = False) -> None:
    """Take somebody out; their sessions and tokens end at once."""
    with entered(workspace) as actor:
        removed = members.deactivate_member(actor, member_id=_find(actor, who), now=datetime.now(UTC))
    show({"removed": str(removed.id)}, as_json=as_json, text=f"{who} is out.")


@app.command("reset-factor")
def reset_factor(who: Who, as_json: AsJson = False) -> None:
    """Take away every second factor of somebody who lost them all; they enrol anew at the next sign-in."""
    with open_scope(None) as actor:
        leaving.reset_second_factor(actor, email=who, now=datetime.now(UTC))
    show({"reset": who}, as_json=as_json, text=f"{who} enrols a second factor at the next sign-in.")


def _find(actor: Actor, address: str) -> UUID:
    found = queries.find_member_by_email(actor, address)
    if found is None:
        raise NobodyThere(f"No member has the address {address}.", mend="auctor member list shows who there is.")
    return found.id
