"""People, and what they are in a workspace."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from auctor.kit.ids import uuid7
from auctor.tenancy.data import WITH_WORKSPACE, DataRule
from auctor.tenancy.permissions import Role
from auctor.tenancy.rows import WorkspaceRow


class User(AbstractBaseUser):
    """Somebody who can sign in. The address is clear because sign-in must find it; it belongs to no workspace."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True, max_length=254)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[BaseUserManager["User"]] = BaseUserManager()

    data_rule = DataRule(
        retention="As long as the person has an account.",
        export="The person's own data.",
        erasure="Deleted with the account.",
    )

    class Meta:
        db_table = "identity_user"


class Member(WorkspaceRow):
    """A user in a workspace, with one role."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    role = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Role])
    manager_id = models.UUIDField(null=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    read_by_reader = False
    data_rule = DataRule(
        retention="As long as the workspace; a removed member stays as an inactive row so that history has a name.",
        export="Yes.",
        erasure=WITH_WORKSPACE,
    )

    class Meta:
        db_table = "identity_member"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "user"], name="identity_member_once")
        ]
        indexes: ClassVar = [models.Index(fields=["user"], name="identity_member_user")]
