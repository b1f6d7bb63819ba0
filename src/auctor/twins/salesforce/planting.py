"""Rows as of a moment of the past, with the stamps that the vendor would have set then."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from auctor.twins.salesforce.org import Org
from auctor.twins.salesforce.store import Row, stamp


def add(org: Org, kind: str, values: Mapping[str, Any], at: datetime, user_id: str = "") -> Row:
    """One row as of a moment."""
    moment, user = stamp(at), user_id or org.user_id
    system = {
        "IsDeleted": False, "CreatedDate": moment, "CreatedById": user, "LastModifiedDate": moment,
        "LastModifiedById": user, "SystemModstamp": moment,
    }  # fmt: skip
    return org.store.add(kind, org.kinds[kind.lower()].prefix, {**system, **values})


def long_ago(org: Org) -> datetime:
    """When the organisation began."""
    return org.clock.now() - timedelta(days=1_200)
