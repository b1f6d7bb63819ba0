"""Connections, what was registered for them, and what opens them.

`Secret` and `Grant` hold what only the broker's database role may read: the web server and the worker may not even
select the column. Everything of a connection that a person may see stands in the other tables.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Index, UniqueConstraint

from auctor.tenancy.data import WITH_WORKSPACE, DataRule
from auctor.tenancy.rows import WorkspaceRow
from auctor.vault.fields import SealedTextField
from auctor.vault.keyring import Purpose

Moment = models.DateTimeField
Uuid = models.UUIDField


class Client(WorkspaceRow):
    """The installation's own client at a vendor: its public id, and which secret belongs to it."""

    vendor = models.CharField(max_length=16)
    client_id = models.CharField(max_length=200)
    # A data centre's key, or the customer's own domain at the vendor, which names the customer.
    site = SealedTextField(purpose=Purpose.CRM)
    plan = models.CharField(max_length=32, default="")
    secret_id = Uuid(null=True)
    registered_at = Moment()

    data_rule = DataRule(
        "As long as the workspace, or until another one is registered in its place.",
        "Not exported: the client belongs to the installation's address.",
        WITH_WORKSPACE,
    )

    class Meta:
        db_table = "connectors_client"
        constraints: ClassVar = [UniqueConstraint(fields=["workspace_id", "vendor"], name="connectors_client_once")]


class Secret(WorkspaceRow):
    """A client's secret, a pasted token, or the verifier of a sign-in under way. Written here, read by the broker."""

    kind = models.CharField(max_length=16)
    sealed = models.BinaryField()
    kept_at = Moment()

    data_rule = DataRule(
        "A client's secret as long as the client; a verifier at most an hour.",
        "Not exported: it opens the vendor's door.",
        WITH_WORKSPACE,
    )

    class Meta:
        db_table = "connectors_secret"


class Connection(WorkspaceRow):
    """A workspace's link to a vendor, as people see it."""

    vendor = models.CharField(max_length=16)
    client_id = Uuid(null=True)
    site = SealedTextField(purpose=Purpose.CRM)
    state = models.CharField(max_length=16)
    reason = models.CharField(max_length=16)
    scopes = ArrayField(models.CharField(max_length=80), default=list)
    plan = models.CharField(max_length=32, default="")
    account_id = models.CharField(max_length=80, default="")
    account_name = SealedTextField(purpose=Purpose.CRM, null=True)
    made_by = Uuid(null=True)
    made_at = Moment()
    changed_at = Moment()
    checked_at = Moment(null=True)
    error_code = models.CharField(max_length=64, default="")
    error_words = SealedTextField(purpose=Purpose.CRM, null=True)
    error_at = Moment(null=True)
    confirmed = models.JSONField(default=dict)
    lives_until = Moment(null=True)

    data_rule = DataRule(
        "As long as the workspace: the rows that came through it name it.",
        "Vendor, state and moments; never what opens it.",
        WITH_WORKSPACE,
    )

    class Meta:
        db_table = "connectors_connection"
        indexes: ClassVar = [Index(fields=["workspace_id", "vendor"], name="connectors_connection_vendor")]


class Attempt(WorkspaceRow):
    """A sign-in at a vendor under way: its state is good once, for one browser session, one vendor, ten minutes."""

    connection_id = Uuid()
    vendor = models.CharField(max_length=16)
    state = models.BinaryField(max_length=32)
    session = models.BinaryField(max_length=32)
    redirect = models.CharField(max_length=400)
    verifier_id = Uuid(null=True)
    member_id = Uuid(null=True)
    made_at = Moment()
    expires_at = Moment()
    used_at = Moment(null=True)

    data_rule = DataRule(
        "A day: long enough to tell a second use from a wrong one.",
        "Not exported: digests and moments only.",
        WITH_WORKSPACE,
    )

    class Meta:
        db_table = "connectors_attempt"
        constraints: ClassVar = [UniqueConstraint(fields=["workspace_id", "state"], name="connectors_attempt_state")]


class Grant(WorkspaceRow):
    """The tokens of a connection; its key is the connection's. Only the broker writes and reads them.

    `version` grows with every new pair of tokens, so that whoever waited for the lock sees that another was first.
    `former` is the refresh token before this one, kept for a day.
    """

    state = models.CharField(max_length=16)
    version = models.IntegerField()
    sealed = models.BinaryField(null=True)
    former = models.BinaryField(null=True)
    former_until = Moment(null=True)
    obtained_at = Moment()
    due_at = Moment(null=True)
    expires_at = Moment(null=True)

    data_rule = DataRule(
        "Until the connection ends; the former refresh token one day.",
        "Not exported: it opens the customer's CRM.",
        WITH_WORKSPACE,
    )

    class Meta:
        db_table = "connectors_grant"


class Refresh(WorkspaceRow):
    """A refresh that was begun and has not come to its end; its key is the connection's.

    It is written before the vendor is asked and taken away with the answer's storing. One that is found by the next
    refresh was cut in between: the vendor may have given out a token that nobody has.
    """

    version = models.IntegerField()
    begun_at = Moment()

    data_rule = DataRule("Seconds.", "Not exported: a moment.", WITH_WORKSPACE)

    class Meta:
        db_table = "connectors_refresh"


class Budget(models.Model):
    """What was used of a quota or a number of calls. The key is a digest: an account may serve two workspaces."""

    key = models.BinaryField(primary_key=True, max_length=32)
    began_at = Moment()
    spent = models.BigIntegerField()
    blocked_until = Moment(null=True)

    data_rule = DataRule(
        "A day after its window.", "Not exported: digests and numbers.", "Leaves by itself: it names nobody."
    )

    class Meta:
        db_table = "connectors_budget"
        indexes: ClassVar = [Index(fields=["began_at"], name="connectors_budget_began")]
