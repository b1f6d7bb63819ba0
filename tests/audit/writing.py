"""Entries for tests of the sealer and of what comes after it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from auctor.audit.log import record
from auctor.audit.tags import AuditTag
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.conftest import superuser


def write(company: Company, count: int = 1, *, tag: AuditTag = AuditTag.DEAL_READ) -> list[UUID]:
    """Entries in one transaction."""
    with scope.enter(company.owner), transaction.atomic():
        return [record(company.owner, tag, details={"n": n}, now=NOW) for n in range(count)]


def write_at(company: Company, moment: datetime, count: int = 1) -> None:
    """Entries of another day, which only a superuser can make."""
    with superuser() as admin:
        for later in range(5):
            admin.execute("SELECT audit.create_day((%s AT TIME ZONE 'UTC')::date + %s)", [moment, later])
        admin.execute(
            "INSERT INTO audit.entry (at, workspace_id, body)"
            """ SELECT %s, %s, '{"action":"deal:read","n":' || n || '}' FROM generate_series(1, %s) n""",
            [moment, company.workspace_id, count],
        )
