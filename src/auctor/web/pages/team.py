"""Team: who is in the workspace, as what, and how somebody gets in or out."""

from datetime import UTC, datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity import invitations, members, queries, rules
from auctor.identity.records import MemberRecord
from auctor.tenancy.guard import can
from auctor.tenancy.permissions import Permission, Role
from auctor.tenancy.records import Actor
from auctor.tenancy.scope import current
from auctor.web.attempts import attempt
from auctor.web.page import page
from auctor.web.pages.reauthenticate import with_proof
from auctor.web.records import Column, Crumb

COLUMNS = (
    Column("Member"),
    Column("Role"),
    Column("Led by"),
    Column("Second factor"),
    Column("Since"),
    Column("Acts", align="end", is_label_hidden=True),
)
INVITATION_COLUMNS = (
    Column("Invited"),
    Column("As"),
    Column("Good until"),
    Column("Acts", align="end", is_label_hidden=True),
)
ROLE_WORDS = {
    Role.OWNER: "Owner: everything, also keys and closing the workspace",
    Role.ADMIN: "Admin: everything but owners, keys and closing",
    Role.MANAGER: "Manager: all deals, approves for the own team",
    Role.ANALYST: "Analyst: reads everything, changes nothing",
    Role.MEMBER: "Member: own deals only",
}


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, data: object = None, *, actor: Actor) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["role"].choices = choices_for(actor)  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.MEMBER.value


class MemberForm(forms.Form):
    """A member's role and who leads them."""

    role = forms.ChoiceField(widget=forms.RadioSelect)
    manager = forms.ChoiceField(label="Led by", required=False)

    def __init__(self, data: object = None, *, actor: Actor, member: MemberRecord) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        others = [one for one in queries.list_members(actor) if one.id != member.id]
        self.fields["role"].choices = choices_for(actor, member)  # type: ignore[attr-defined]
        self.fields["role"].initial = member.role.value
        leaders = [("", "Nobody"), *((str(one.id), one.label) for one in others)]
        self.fields["manager"].choices = leaders  # type: ignore[attr-defined]
        self.fields["manager"].initial = str(member.manager_id or "")


class ActForm(forms.Form):
    """Nothing to fill in: the address says whom."""


def choices_for(actor: Actor, member: MemberRecord | None = None) -> list[tuple[str, str]]:
    """The roles that the actor may give, the highest first."""
    before = member.role if member else None
    return [
        (role.value, words)
        for role, words in ROLE_WORDS.items()
        if rules.may_assign(actor.role, before=before, after=role)
    ]


@page(permission=Permission.MEMBER_READ)
def show(request: HttpRequest) -> HttpResponse:
    """Members, and invitations that wait. Names and addresses are read, which is an entry."""
    actor, now = current(), datetime.now(UTC)
    found = queries.list_members(actor)
    names = {member.id: member.label for member in found}
    log.record(actor, AuditTag.MEMBERS_READ, details={"members": len(found)}, now=now)
    may_change = can(actor, Permission.MEMBER_WRITE)
    context = {
        "title": "Team",
        "columns": COLUMNS,
        "rows": [
            (member, names.get(member.manager_id) if member.manager_id else "", may_touch(actor, member))
            for member in found
        ],
        "own_id": actor.member_id,
        "may_change": may_change,
        "invitation_columns": INVITATION_COLUMNS,
        "invitations": queries.list_invitations(actor, now=now) if may_change else [],
    }
    return render(request, "team/list.html", context)


@page(permission=Permission.MEMBER_WRITE, methods=("GET", "POST"), forms=(InviteForm,))
@with_proof
def invite(request: HttpRequest) -> HttpResponse:
    """Ask somebody to join. The link is also shown, once: mail may be slow, or not set up."""
    actor = current()
    form = InviteForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(
            form,
            lambda: invitations.invite_member(
                actor, email=given["email"], role=Role(given["role"]), now=datetime.now(UTC)
            ),
        )
        if made:
            return render(
                request, "team/invited.html", {"title": "Invited", "made": made, "crumbs": _crumbs("Invited")}
            )
    return render(request, "team/invite.html", {"title": "Invite", "form": form, "crumbs": _crumbs("Invite")})


@page(permission=Permission.MEMBER_WRITE, methods=("GET", "POST"), forms=(MemberForm,))
@with_proof
def change(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Role and leader of one member."""
    actor = current()
    member = queries.access_member(actor, member_id)
    form = MemberForm(request.POST or None, actor=actor, member=member)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if attempt(form, lambda: _change(actor, member, given["role"], given["manager"])):
            messages.success(request, f"{member.label} was changed.")
            return redirect("team")
    context = {"title": member.label, "form": form, "member": member, "crumbs": _crumbs(member.label)}
    return render(request, "team/member.html", context)


@page(permission=Permission.MEMBER_WRITE, methods=("POST",), forms=(ActForm,))
@with_proof
def remove(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Take somebody out: their sessions and tokens end at once."""
    form = ActForm(request.POST)
    gone = attempt(form, lambda: members.deactivate_member(current(), member_id=member_id, now=datetime.now(UTC)))
    if gone:
        messages.success(request, f"{gone.label} was removed. Their sessions and tokens ended.")
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return redirect("team")


@page(permission=Permission.MEMBER_WRITE, methods=("POST",), forms=(ActForm,))
def withdraw(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Make an invitation's link useless."""
    invitations.withdraw_invitation(current(), invitation_id=invitation_id, now=datetime.now(UTC))
    messages.success(request, "The invitation was withdrawn.")
    return redirect("team")


def may_touch(actor: Actor, member: MemberRecord) -> bool:
    """Whether the actor may change this member at all."""
    return can(actor, Permission.MEMBER_WRITE) and rules.may_assign(actor.role, before=member.role, after=member.role)


def _change(actor: Actor, member: MemberRecord, role: str, manager: str) -> bool:
    now = datetime.now(UTC)
    members.change_role(actor, member_id=member.id, role=Role(role), now=now)
    manager_id = UUID(manager) if manager else None
    if manager_id != member.manager_id:
        members.set_manager(actor, member_id=member.id, manager_id=manager_id, now=now)
    return True


def _crumbs(label: str) -> list[Crumb]:
    return [Crumb("Team", "/team/"), Crumb(label)]
