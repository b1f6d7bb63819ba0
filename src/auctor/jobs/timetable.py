"""Everything that happens by the clock, on one page. Times are UTC.

The worker enqueues each entry when its time has come, once for every open workspace or once for the installation.
A machine that was off catches up on what it missed during the last 26 hours, once.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A job, its times in cron's notation, for whom, and what for."""

    job: str
    cron: str
    purpose: str
    workspaces: bool = True
    installation: bool = False


TIMETABLE: tuple[Entry, ...] = (
    Entry("jobs.prune", "17 3 * * *", "Forget jobs that ended long ago, and their failures.", installation=True),
    Entry("vault.back_up", "23 2 * * *", "Copy the keystore; keep a week.", workspaces=False, installation=True),
    Entry(
        "audit.prune",
        "3 * * * *",
        "Let the days leave the audit log that are ninety days old.",
        workspaces=False,
        installation=True,
    ),
    Entry("audit.mail_checkpoint", "12 5 * * *", "Mail the day's signed checkpoint to the owners."),
    Entry("crm.snapshot", "4 * * * *", "Keep how every open deal stood at the end of the workspace's yesterday."),
    Entry("crm.sweep_uploads", "26 * * * *", "Remove uploaded files that nobody confirmed.", installation=True),
    Entry("identity.end_pilot", "7 * * * *", "Mark pilots whose time is over as read-only."),
    Entry(
        "identity.erase",
        "52 3 * * *",
        "Erase workspaces that were closed thirty days ago.",
        workspaces=False,
        installation=True,
    ),
    Entry("identity.sweep", "41 3 * * *", "Drop sessions, limits, links and tokens that ended.", installation=True),
    Entry("risk.learn", "31 4 * * 0", "Learn probabilities anew from the closed deals."),
    Entry("risk.track_record", "37 1 * * 0", "Measure every signal on the deals that ended in the last two years."),
    Entry("risk.scan_nightly", "9 * * * *", "Judge all open deals once on each of the workspace's days."),
)
