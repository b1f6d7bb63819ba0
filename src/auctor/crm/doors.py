"""The guarded ways from an id to a row. What is not yours and what is not there give the same answer."""

from typing import ClassVar, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from auctor.crm.models.deals import Deal
from auctor.crm.models.people import Company, Contact, Owner
from auctor.kit.errors import AuctorError
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission, Role
from auctor.tenancy.records import Actor
from auctor.tenancy.rows import WorkspaceRow

Row = TypeVar("Row", bound=WorkspaceRow)


class NoDeal(AuctorError):
    """There is no such deal, or not for you."""

    code: ClassVar[str] = "crm.no_deal"
    status: ClassVar[int] = 404


class NoContact(AuctorError):
    """There is no such contact, or not for you."""

    code: ClassVar[str] = "crm.no_contact"
    status: ClassVar[int] = 404


class NoOwner(AuctorError):
    """There is no such owner of deals."""

    code: ClassVar[str] = "crm.no_owner"
    status: ClassVar[int] = 404


class NoCompany(AuctorError):
    """There is no such company, or not for you."""

    code: ClassVar[str] = "crm.no_company"
    status: ClassVar[int] = 404


def access_deal_row(actor: Actor, deal_id: UUID, *, to_change: bool = False) -> Deal:
    """The row, locked when it is to be changed. Raises `NoDeal`, `Forbidden`."""
    require(actor, Permission.DEAL_WRITE if to_change else Permission.DEAL_READ)
    return _row(Deal, deal_id, to_change=to_change, missing=NoDeal("There is no such deal."))


def seen(actor: Actor, rows: QuerySet[Deal]) -> QuerySet[Deal]:
    """The deals of the rows that a member sees, in words that follow an index; others see all.

    The wall behind it says the same in words that no index can follow: it alone would read the whole pipeline.
    """
    return rows.filter(owner_member_id=actor.member_id) if actor.role is Role.MEMBER else rows


def access_contact_row(actor: Actor, contact_id: UUID, *, to_change: bool = False) -> Contact:
    """The row, locked when it is to be changed. Raises `NoContact`, `Forbidden`."""
    require(actor, Permission.CONTACT_WRITE if to_change else Permission.CONTACT_READ)
    return _row(Contact, contact_id, to_change=to_change, missing=NoContact("There is no such contact."))


def access_company_row(actor: Actor, company_id: UUID, *, to_change: bool = False) -> Company:
    """The row, locked when it is to be changed. Raises `NoCompany`, `Forbidden`."""
    require(actor, Permission.CONTACT_WRITE if to_change else Permission.CONTACT_READ)
    return _row(Company, company_id, to_change=to_change, missing=NoCompany("There is no such company."))


def access_owner_row(actor: Actor, owner_id: UUID, *, to_change: bool = False) -> Owner:
    """The row, locked when it is to be changed. Raises `NoOwner`, `Forbidden`."""
    require(actor, Permission.MEMBER_WRITE if to_change else Permission.DEAL_READ)
    return _row(Owner, owner_id, to_change=to_change, missing=NoOwner("There is no such owner of deals."))


def _row(model: type[Row], row_id: UUID, *, to_change: bool, missing: AuctorError) -> Row:
    rows = model.objects.select_for_update() if to_change else model.objects
    found: Row | None = rows.filter(id=row_id).first()
    if found is None:
        raise missing
    return found
