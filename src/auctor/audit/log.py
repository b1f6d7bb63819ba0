"""Record: one entry in the transaction of the change, so that neither exists without the other."""

from datetime import datetime
from typing import Unpack
from uuid import UUID

from django.db import connection, transaction

from auctor.audit import wait
from auctor.audit.body import What, compose
from auctor.audit.tags import SEALED_BEFORE_ANSWER, AuditTag
from auctor.tenancy.records import INSTANCE_ID, Actor


def record(actor: Actor, tag: AuditTag, *, now: datetime, **what: Unpack[What]) -> UUID:
    """Insert one entry for the actor's workspace (else for the installation) and return its id.

    Sensitive acts are sealed before they are answered: after the commit this waits for the sealer, one second at
    most. Raises `EntryRefused` for text that is no id, number or word of a closed list, and above 16 KiB.
    """
    workspace_id = actor.workspace_id or INSTANCE_ID
    body = compose(actor, tag, what, now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit.entry (workspace_id, body) VALUES (%s, %s) RETURNING id, xid::text::bigint",
            [workspace_id, body],
        )
        entry_id, xid = cursor.fetchone()
    if tag in SEALED_BEFORE_ANSWER:
        transaction.on_commit(lambda: wait.until_sealed(xid))
    return UUID(str(entry_id))
