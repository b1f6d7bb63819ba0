"""Merging records and taking merges apart again.

A merge moves no fact: it says that one record is now part of another, and readers follow it. So undoing it is one
deleted row. Chains are allowed, circles are not.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm.doors import access_company_row, access_contact_row, access_deal_row
from auctor.crm.import_folder import FOLLOW_UP
from auctor.crm.models.deals import Deal, DealContact
from auctor.crm.models.people import Company, Contact
from auctor.crm.models.sources import Merge
from auctor.crm.rules import merged_roots
from auctor.crm.vocabulary import Basis, Entity, RecordState
from auctor.jobs.queue import defer
from auctor.kit.errors import AuctorError
from auctor.tenancy.records import Actor

DOORS = {Entity.COMPANY: access_company_row, Entity.CONTACT: access_contact_row, Entity.DEAL: access_deal_row}
MODELS: dict[Entity, type[models.Model]] = {Entity.COMPANY: Company, Entity.CONTACT: Contact, Entity.DEAL: Deal}
TAGS = {
    Entity.COMPANY: AuditTag.CONTACT_CHANGED,
    Entity.CONTACT: AuditTag.CONTACT_CHANGED,
    Entity.DEAL: AuditTag.DEAL_CHANGED,
}


class MergeRefused(AuctorError):
    """A merge that would be a circle, or that is not there."""

    code: ClassVar[str] = "crm.merge_refused"
    status: ClassVar[int] = 409


def merge(actor: Actor, *, kind: Entity, loser_id: UUID, survivor_id: UUID, now: datetime) -> UUID:
    """Make the loser part of the survivor; returns the record in which the chain ends.

    Raises `MergeRefused` for a circle and for a loser that is merged already, and what the doors raise.
    """
    loser, survivor = (DOORS[kind](actor, one, to_change=True) for one in sorted([loser_id, survivor_id]))
    if loser.id != loser_id:
        loser, survivor = survivor, loser
    edges = dict(Merge.objects.filter(kind=kind).values_list("loser_id", "survivor_id"))
    if loser_id in edges:
        raise MergeRefused("This record is part of another one already.", mend="Take that merge apart first.")
    roots = merged_roots({**edges, loser_id: survivor_id})
    if roots is None:
        raise MergeRefused("The survivor is itself part of the other record: this would be a circle.")
    Merge.objects.create(
        workspace_id=loser.workspace_id,
        kind=kind,
        loser_id=loser_id,
        survivor_id=survivor_id,
        root_id=roots[loser_id],
        basis=Basis.HISTORY,
        merged_at=now,
        observed_at=now,
        member_id=actor.member_id,
    )
    _settle(kind, roots, loser_id, RecordState.MERGED)
    return _told(actor, kind, loser_id, roots[loser_id], now=now)


def undo_merge(actor: Actor, *, kind: Entity, loser_id: UUID, now: datetime) -> UUID:
    """Take a merge apart: the loser is a record of its own again. Raises `MergeRefused` when it was not merged."""
    DOORS[kind](actor, loser_id, to_change=True)
    gone, _ = Merge.objects.filter(kind=kind, loser_id=loser_id).delete()
    if not gone:
        raise MergeRefused("This record is not part of another one.")
    edges = dict(Merge.objects.filter(kind=kind).values_list("loser_id", "survivor_id"))
    _settle(kind, merged_roots(edges) or {}, loser_id, RecordState.ACTIVE)
    return _told(actor, kind, loser_id, loser_id, now=now)


def _settle(kind: Entity, roots: dict[UUID, UUID], loser_id: UUID, state: RecordState) -> None:
    """Every chain of this kind ends where it now ends."""
    for row in Merge.objects.filter(kind=kind):
        if row.root_id != roots[row.loser_id]:
            Merge.objects.filter(id=row.id).update(root_id=roots[row.loser_id])
    MODELS[kind]._default_manager.filter(id=loser_id).update(record_state=state)


def _told(actor: Actor, kind: Entity, loser_id: UUID, root_id: UUID, *, now: datetime) -> UUID:
    """The deals around both are judged again; the entry is written."""
    both = [loser_id, root_id]
    around = {
        Entity.COMPANY: models.Q(company_id__in=both),
        Entity.CONTACT: models.Q(id__in=_deals_of_contacts(both)),
        Entity.DEAL: models.Q(id__in=both),
    }[kind]
    Deal.objects.filter(around).update(touched_at=now)
    log.record(
        actor,
        TAGS[kind],
        subject=loser_id,
        subject_kind=kind.name.lower(),
        fields=["merged_into"],
        details={"survivor": str(root_id)},
        now=now,
    )
    defer(actor, FOLLOW_UP)
    return root_id


def _deals_of_contacts(contacts: list[UUID]) -> list[UUID]:
    return list(DealContact.objects.filter(contact_id__in=contacts).values_list("deal_id", flat=True))
