"""What the database remembers of its vault, and the end of a workspace's keys."""

from datetime import datetime
from uuid import UUID

from auctor.vault import keyring
from auctor.vault.models import Fingerprint


def remember_keystore() -> None:
    """Write down which keystore belongs to this database, unless it is known. Call it after migrations."""
    if not Fingerprint.objects.exists():
        Fingerprint.objects.create(keystore=keyring.current().keystore.identity(), known="auctor")


def are_keys_destroyed(workspace_id: UUID) -> bool:
    """Whether the keys of a workspace were destroyed for good."""
    return keyring.current().keystore.is_destroyed(workspace_id)


def destroy_keys(workspace_id: UUID, *, now: datetime) -> None:
    """Destroy every key of a closed workspace, here and in the keystore's backups. Nothing undoes it.

    It is no part of the database's transaction: call it after the commit that closed the workspace.
    """
    ring = keyring.current()
    ring.keystore.destroy(workspace_id, now=now)
    ring.forget(workspace_id)
