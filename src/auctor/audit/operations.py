"""What an administrator of the installation does to the log: begin a new epoch after a restore."""

from datetime import datetime

import psycopg
from django.conf import settings

from auctor.audit import log
from auctor.audit.checkpoint import Publisher
from auctor.audit.epoch import start_after_restore
from auctor.audit.tags import AuditTag
from auctor.tenancy import roles, scope
from auctor.tenancy.records import INSTANCE_ID, Actor


def begin_after_restore(*, now: datetime) -> str:
    """Let the log go on after the database was restored from a backup, and say so for ever; returns the new origin.

    Run from the command line with the product stopped and the administrator's words at hand; call inside a
    transaction. Raises `NothingRestored` when the database holds everything that was published.
    """
    with psycopg.connect(settings.AUCTOR_SERVER.admin_dsn(role=roles.OWNER), autocommit=True) as connection:
        origin = start_after_restore(connection, Publisher(settings.AUCTOR_DATA), now=now)
    actor = Actor.system(INSTANCE_ID, "cli")
    with scope.enter(actor):
        log.record(actor, AuditTag.AUDIT_EPOCH_STARTED, subject=origin, now=now)
    return origin
