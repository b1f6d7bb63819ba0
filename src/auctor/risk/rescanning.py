"""Asking for a scan instead of waiting for one."""

from auctor.jobs.queue import defer
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor


def ask_for_scan(actor: Actor) -> int:
    """Have all open deals judged anew in the background; returns the number of the job. Needs `signal:write`."""
    require(actor, Permission.SIGNAL_WRITE)
    return defer(actor, "risk.rescan")
