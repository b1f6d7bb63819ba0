"""People, what they are in a workspace, and everything that proves who they are."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from auctor.kit.ids import uuid7
from auctor.tenancy.data import WITH_WORKSPACE, DataRule
from auctor.tenancy.permissions import Role
from auctor.tenancy.rows import WorkspaceRow
from auctor.vault.fields import SealedJSONField, SealedTextField
from auctor.vault.keyring import Purpose

WITH_ACCOUNT = "Deleted with the account."
ROLES = [(role.value, role.value) for role in Role]


class User(AbstractBaseUser):
    """Somebody who can sign in. The address is clear because sign-in must find it; it belongs to no workspace."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True, max_length=254)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[BaseUserManager[Any]] = BaseUserManager()

    data_rule = DataRule(
        retention="As long as the person has an account; an address that is never verified, seven days.",
        export="The person's own data.",
        erasure=WITH_ACCOUNT,
    )

    class Meta:
        db_table = "identity_user"


class SecondFactor(models.Model):
    """The seeds behind a user's codes, and what was tried. Its key is the user's: a seed opens in its own row only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    totp_seed = SealedTextField(purpose=Purpose.IDENTITY, null=True)
    recovery_seed = SealedTextField(purpose=Purpose.IDENTITY, null=True)
    # A code is good once: the time step of the last one that was accepted.
    last_counter = models.BigIntegerField(default=0)
    wrong_in_all = models.IntegerField(default=0)

    data_rule = DataRule(
        retention="As long as the second factor is enrolled.",
        export="Not exported: a secret of the person's authenticator.",
        erasure=WITH_ACCOUNT,
    )

    class Meta:
        db_table = "identity_secondfactor"


class Session(models.Model):
    """A browser that was let in. The cookie's key is kept as a digest, and what it remembers is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    user_id = models.UUIDField(null=True)
    chosen = models.UUIDField(null=True)
    factor = models.CharField(max_length=16, default="")
    must_rotate = models.BooleanField(default=False)
    data = SealedJSONField(purpose=Purpose.IDENTITY)
    agent = models.CharField(max_length=40, default="")
    address = SealedTextField(purpose=Purpose.IDENTITY, null=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    data_rule = DataRule(
        retention="Until sign-out, at most twelve hours after the last change; swept every night.",
        export="Not exported: it would open the account.",
        erasure="Deleted with the account, and at once when the membership ends.",
    )

    class Meta:
        db_table = "identity_session"
        indexes: ClassVar = [
            models.Index(fields=["user_id"], name="identity_session_user"),
            models.Index(fields=["expires_at"], name="identity_session_expiry"),
        ]


class RateLimit(models.Model):
    """When something was last tried. The key is a digest, so the table names nobody."""

    key = models.BinaryField(primary_key=True, max_length=32)
    hits = ArrayField(models.DateTimeField())
    was_allowed = models.BooleanField(default=True)
    expires_at = models.DateTimeField()

    data_rule = DataRule(
        retention="As long as the limit's span, at most a day; swept every night.",
        export="Not exported: digests and times only.",
        erasure="Leaves by itself.",
    )

    class Meta:
        db_table = "identity_ratelimit"
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="identity_ratelimit_expiry")]


class Link(models.Model):
    """A one-time link from the console: into the demo, or to make the first owner. Kept as a digest."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    kind = models.CharField(max_length=16)
    target = models.UUIDField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    data_rule = DataRule(
        retention="A day after it expired.",
        export="Not exported: says nothing about a person.",
        erasure="Leaves by itself.",
    )

    class Meta:
        db_table = "identity_link"


class SignUp(models.Model):
    """A pilot that somebody asked for and that is made once their address is verified. Its key is the user's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wishes = SealedJSONField(purpose=Purpose.IDENTITY)
    created_at = models.DateTimeField()

    data_rule = DataRule(
        retention="Until the address is verified, at most seven days.",
        export="Not exported: it becomes the workspace's profile.",
        erasure=WITH_ACCOUNT,
    )

    class Meta:
        db_table = "identity_signup"


class Member(WorkspaceRow):
    """A user in a workspace, with one role."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    name = SealedTextField(purpose=Purpose.IDENTITY, null=True)
    role = models.CharField(max_length=16, choices=ROLES)
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
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace_id", "user"], name="identity_member_once")]
        indexes: ClassVar = [models.Index(fields=["user"], name="identity_member_user")]


class Invitation(WorkspaceRow):
    """Somebody was asked to join. The link in the mail is kept as a digest."""

    email = SealedTextField(purpose=Purpose.IDENTITY)
    role = models.CharField(max_length=16, choices=ROLES)
    digest = models.BinaryField(max_length=32)
    invited_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    read_by_reader = False
    data_rule = DataRule(
        retention="Ninety days after it was accepted, withdrawn or expired.",
        export="Yes.",
        erasure=WITH_WORKSPACE,
    )

    class Meta:
        db_table = "identity_invitation"


class ApiToken(WorkspaceRow):
    """A key for a program. Shown once, kept as a digest; its holder may at most what its member may."""

    member_id = models.UUIDField()
    name = SealedTextField(purpose=Purpose.IDENTITY)
    digest = models.BinaryField(max_length=32)
    prefix = models.CharField(max_length=16)
    scopes = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    read_by_reader = False
    data_rule = DataRule(
        retention="Ninety days after it expired or was revoked.",
        export="Yes, without the digest.",
        erasure=WITH_WORKSPACE,
    )

    class Meta:
        db_table = "identity_apitoken"
        indexes: ClassVar = [
            models.Index(fields=["digest"], name="identity_apitoken_digest"),
            models.Index(fields=["workspace_id", "member_id"], name="identity_apitoken_member"),
        ]


class WorkspaceProfile(WorkspaceRow):
    """What a workspace is called and how it counts; one row each."""

    name = SealedTextField(purpose=Purpose.PREFERENCES)
    settings = SealedJSONField(purpose=Purpose.PREFERENCES)

    read_by_reader = False
    data_rule = DataRule(retention="As long as the workspace.", export="Yes.", erasure=WITH_WORKSPACE)

    class Meta:
        db_table = "identity_workspaceprofile"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id"], name="identity_workspaceprofile_once")
        ]


class Reply(WorkspaceRow):
    """The answer to a write of the API, kept for a day so that a repeated key gets it again."""

    token_id = models.UUIDField()
    key = models.BinaryField(max_length=32)
    request = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    content_type = models.CharField(max_length=80)
    body = SealedTextField(purpose=Purpose.CRM)
    created_at = models.DateTimeField()

    read_by_reader = False
    data_rule = DataRule(retention="24 hours.", export="No: a copy of an answer.", erasure=WITH_WORKSPACE)

    class Meta:
        db_table = "identity_reply"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "token_id", "key"], name="identity_reply_once")
        ]
