"""The guarded ways from an id to a row. What is not yours and what is not there give the same answer."""

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet

from auctor.crm.models.deals import Deal
from auctor.crm.models.people import Company, Contact, Owner
from auctor.kit.errors import AuctorError
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission, Role
from auctor.tenancy.records import Actor


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
    rows = Deal.objects.select_for_update() if to_change else Deal.objects
    found: Deal | None = rows.filter(id=deal_id).first()
    if found is None:
        raise NoDeal("There is no such deal.")
    return found


def seen(actor: Actor, rows: QuerySet[Deal]) -> QuerySet[Deal]:
    """The deals of the rows that a member sees, in words that follow an index; others see all.

    The wall behind it says the same in words that no index can follow: it alone would read the whole pipeline.
    """
    return rows.filter(owner_member_id=actor.member_id) if actor.role is Role.MEMBER else rows


def access_contact_row(actor: Actor, contact_id: UUID, *, to_change: bool = False) -> Contact:
    """The row, locked when it is to be changed. Raises `NoContact`, `Forbidden`."""
    require(actor, Permission.CONTACT_WRITE if to_change else Permission.CONTACT_READ)
    rows = Contact.objects.select_for_update() if to_change else Contact.objects
    found: Contact | None = rows.filter(id=contact_id).first()
    if found is None:
        raise NoContact("There is no such contact.")
    return found


def access_company_row(actor: Actor, company_id: UUID, *, to_change: bool = False) -> Company:
    """The row, locked when it is to be changed. Raises `NoCompany`, `Forbidden`."""
    require(actor, Permission.CONTACT_WRITE if to_change else Permission.CONTACT_READ)
    rows = Company.objects.select_for_update() if to_change else Company.objects
    found: Company | None = rows.filter(id=company_id).first()
    if found is None:
        raise NoCompany("There is no such company.")
    return found


def access_owner_row(actor: Actor, owner_id: UUID, *, to_change: bool = False) -> Owner:
    """The row, locked when it is to be changed. Raises `NoOwner`, `Forbidden`."""
    require(actor, Permission.MEMBER_WRITE if to_change else Permission.DEAL_READ)
    rows = Owner.objects.select_for_update() if to_change else Owner.objects
    found: Owner | None = rows.filter(id=owner_id).first()
    if found is None:
        raise NoOwner("There is no such owner of deals.")
    return found
