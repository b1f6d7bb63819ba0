"""What the vault does by the clock."""

from datetime import datetime

from auctor.jobs.declare import job
from auctor.jobs.retry import Retry
from auctor.tenancy.records import Actor
from auctor.vault import keyring


@job("vault.back_up", retry=Retry.NONE)
def back_up(_actor: Actor, *, now: datetime) -> None:
    """Copy the keystore beside itself; copies older than a week leave."""
    keyring.current().keystore.backup(now=now)
