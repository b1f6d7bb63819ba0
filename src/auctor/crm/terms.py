"""How a workspace counts: its currency, zone, days off and periods, and the one `today`."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm.keys import Keys
from auctor.crm.models.pipelines import Terms
from auctor.crm.vocabulary import FILES
from auctor.identity.queries import get_profile
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

# An id that was derived without the workspace's salt never reaches the database.
REHEARSAL_SALT = "rehearsal"


@dataclass(frozen=True, slots=True)
class Counting:
    """How the workspace counts."""

    currency: str
    zone: str
    holidays: frozenset[date]
    year_begins_in: int

    def today(self, now: datetime) -> date:
        """The civil day of a moment, in the workspace's zone."""
        return now.astimezone(ZoneInfo(self.zone)).date()


def get_counting(actor: Actor) -> Counting:
    """How the actor's workspace counts."""
    profile = get_profile(actor)
    row = Terms.objects.first()
    return Counting(
        currency=profile.currency,
        zone=profile.time_zone,
        holidays=frozenset(row.holidays) if row else frozenset(),
        year_begins_in=profile.year_begins_in,
    )


def get_currency(actor: Actor) -> str:
    """The ISO code of the currency that the actor's workspace counts in."""
    return get_profile(actor).currency


def find_keys(connection_id: UUID = FILES) -> Keys:
    """The keys of the workspace that was entered; those of a rehearsal when it has none yet. Writes nothing."""
    row = Terms.objects.first()
    return Keys(row.salt if row else REHEARSAL_SALT, connection_id)


def ensure_keys(workspace_id: UUID, connection_id: UUID = FILES) -> Keys:
    """The keys of the workspace, whose salt is made at first use. Raises nothing when two make it at once."""
    row = Terms.objects.first() or _make(workspace_id)
    return Keys(row.salt, connection_id)


def set_holidays(actor: Actor, *, days: Iterable[date], now: datetime) -> Counting:
    """Replace the workspace's days off."""
    require(actor, Permission.SETTING_WRITE)
    assert actor.workspace_id is not None
    row = Terms.objects.first() or _make(actor.workspace_id)
    row.holidays = sorted(set(days))
    row.save(update_fields=["holidays"])
    log.record(actor, AuditTag.SETTING_CHANGED, subject_kind="terms", fields=["holidays"], now=now)
    return get_counting(actor)


def _make(workspace_id: UUID) -> Terms:
    row = Terms(workspace_id=workspace_id, salt=secrets.token_hex(32))
    row.save()
    return row
