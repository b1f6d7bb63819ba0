"""What stands behind the ids and codes of facts: names of stages and custom fields, values, labels of activities.

Opened from the seal one by one, for whoever may see a row that holds them; members find those of their own deals.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from auctor.crm.doors import seen
from auctor.crm.models.activities import Activity
from auctor.crm.models.deals import CustomField, CustomValue, Deal
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission, Role
from auctor.tenancy.records import Actor


def find_field_names(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What custom fields are called."""
    require(actor, Permission.DEAL_READ)
    return {row.id: row.name for row in CustomField.objects.filter(id__in=list(ids))}


def find_values(actor: Actor, codes: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], str]:
    """The texts of values by their field and code; missing where no deal that may be seen has them."""
    require(actor, Permission.DEAL_READ)
    rows = _of_seen(actor, CustomValue.objects.filter(value__isnull=False))
    asked = [rows.filter(field_id=field_id, code=code) for field_id, code in codes]
    return {(row.field_id, row.code): row.value for row in _first_of_each(asked)}


def find_labels(actor: Actor, codes: Iterable[int]) -> dict[int, str]:
    """The labels of activities by their codes; missing where no activity that may be seen has them."""
    require(actor, Permission.DEAL_READ)
    rows = _of_seen(actor, Activity.objects.filter(label__isnull=False))
    return {row.label_code: row.label for row in _first_of_each([rows.filter(label_code=code) for code in codes])}


def _of_seen(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    if actor.role is not Role.MEMBER:
        return rows
    own = seen(actor, Deal.objects.all()).values_list("id", flat=True)
    return rows.filter(deal_id__in=list(own))


def _first_of_each(asked: Sequence[QuerySet[Any]]) -> list[Any]:
    """Any one row of each question, in one statement. What is asked for is frequent, so that each ends soon."""
    if not asked:
        return []
    first, *others = [rows.order_by()[:1] for rows in asked]
    return list(first.union(*others, all=True)) if others else list(first)
