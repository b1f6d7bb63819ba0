"""The daily mail that carries a checkpoint out of the machine, to those who may need it later."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.core.mail import EmailMessage

from auctor.audit import log
from auctor.audit.queries import find_signed_head, to_proof
from auctor.audit.records import SignedHead
from auctor.audit.tags import AuditTag
from auctor.tenancy.records import Actor

# Addresses of the owners of an actor's workspace. People stand above this package: identity says how to find them.
FindOwners = Callable[[Actor], Sequence[str]]

TEXT = """Keep this message.

The attached file is a signed checkpoint of your workspace's audit log: {size} entries, sealed at {at} UTC.
With it you can prove later that nothing before that moment was changed or removed, also against whoever runs
this installation. To check, export the log and run

    python verify.py EXPORT --keep {name}

Key of the log: {key}
"""


class _Owners:
    def __init__(self) -> None:
        self.find: FindOwners | None = None


_owners = _Owners()


def install(find_owners: FindOwners | None) -> None:
    """Say how this process finds the mail addresses of a workspace's owners."""
    _owners.find = find_owners


def installed() -> FindOwners | None:
    """How this process finds owners, so that whoever exchanges it can put it back."""
    return _owners.find


def mail_checkpoint(actor: Actor, *, now: datetime) -> int:
    """Send the newest checkpoint of the workspace to each of its owners; returns the number of mails.

    The checkpoint at the end of the last day, when there is one: it can be placed even after its entries have left.
    """
    workspace_id = actor.workspace_id
    if workspace_id is None or _owners.find is None:
        return 0
    signed = find_signed_head(workspace_id, at_day_end=True) or find_signed_head(workspace_id)
    owners = _owners.find(actor)
    if signed is None or not owners:
        return 0
    for address in owners:
        _message(workspace_id, signed, address, now=now).send()
    details = {"round": signed.round_id, "size": signed.head.size, "mails": len(owners)}
    log.record(actor, AuditTag.AUDIT_CHECKPOINT_MAILED, now=now, details=details)
    return len(owners)


def _message(workspace_id: UUID, signed: SignedHead, address: str, *, now: datetime) -> EmailMessage:
    name = f"checkpoint-{now:%Y-%m-%d}.txt"
    sealed_at = datetime.fromtimestamp(signed.head.time / 1_000_000, tz=now.tzinfo)
    text = TEXT.format(size=signed.head.size, at=f"{sealed_at:%Y-%m-%d %H:%M:%S}", name=name, key=signed.key)
    message = EmailMessage(f"Audit checkpoint of {now:%Y-%m-%d}", text, to=[address])
    message.attach(name, to_proof(workspace_id, signed), "text/plain")
    return message
