"""The cast: Acme with one person of each role, Borealis with the stranger."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from auctor.identity.models import Member, User
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from auctor.tenancy.models import Workspace
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import Actor, ActorKind

# The clock of the database cannot be stopped: where a test stops ours, both must agree to within an hour.
NOW = datetime.now(UTC).replace(second=0, microsecond=0)


@dataclass(frozen=True)
class Company:
    """A workspace and its people as actors."""

    workspace_id: UUID
    owner: Actor
    admin: Actor
    manager: Actor
    viewer: Actor
    member: Actor

    @property
    def system(self) -> Actor:
        """The product itself in this workspace."""
        return Actor.system(self.workspace_id, "test")

    def of(self, role: Role) -> Actor:
        """The person with this role."""
        return {
            Role.OWNER: self.owner,
            Role.ADMIN: self.admin,
            Role.MANAGER: self.manager,
            Role.ANALYST: self.viewer,
            Role.MEMBER: self.member,
        }[role]


PEOPLE = {
    "acme": {
        Role.OWNER: "alice",
        Role.ADMIN: "max",
        Role.MANAGER: "mia",
        Role.ANALYST: "vera",
        Role.MEMBER: "bob",
    },
    "borealis": {
        Role.OWNER: "carol",
        Role.ADMIN: "cleo",
        Role.MANAGER: "cem",
        Role.ANALYST: "cora",
        Role.MEMBER: "cai",
    },
}


def found(company: str) -> Company:
    """Make the workspace and its people."""
    workspace_id = uuid7()
    with transaction.atomic(), scope.enter(Actor.system(workspace_id, "test")):
        Workspace.objects.create(id=workspace_id, kind="real", state="active", created_at=NOW)
        actors = {role: _person(workspace_id, company, name, role) for role, name in PEOPLE[company].items()}
    return Company(
        workspace_id,
        owner=actors[Role.OWNER],
        admin=actors[Role.ADMIN],
        manager=actors[Role.MANAGER],
        viewer=actors[Role.ANALYST],
        member=actors[Role.MEMBER],
    )


def _person(workspace_id: UUID, company: str, name: str, role: Role) -> Actor:
    user = User.objects.create(email=f"{name}@{company}.example")
    user.set_unusable_password()
    member = Member.objects.create(workspace_id=workspace_id, user=user, role=role, created_at=NOW)
    return Actor(kind=ActorKind.PERSON, workspace_id=workspace_id, user_id=user.id, member_id=member.id, role=role)
