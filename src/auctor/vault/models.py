"""What the database knows about its keystore."""

from django.db import models

from auctor.kit.ids import uuid7
from auctor.tenancy.data import DataRule
from auctor.vault.fields import SealedTextField
from auctor.vault.keyring import Purpose


class Fingerprint(models.Model):
    """One row: the keystore that belongs to this database, and a known value sealed with it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    only_row = models.BooleanField(default=True, unique=True)
    keystore = models.CharField(max_length=32)
    known = SealedTextField(purpose=Purpose.IDENTITY)

    data_rule = DataRule(
        retention="As long as the installation.",
        export="Not exported: says nothing about a workspace.",
        erasure="Never: it names no one.",
    )

    class Meta:
        db_table = "vault_fingerprint"
        constraints = [models.CheckConstraint(condition=models.Q(only_row=True), name="vault_fingerprint_only_row")]
