"""A small part of the demo company, imported into Acme."""

from datetime import datetime
from functools import cache
from pathlib import Path

from django.db import transaction

from auctor.crm.import_folder import import_folder
from auctor.tenancy import scope
from auctor.twins.company import tables
from tests.cast import NOW, Company


def bring_in(company: Company, folder: Path, *, deals: int = 120, today: datetime = NOW) -> None:
    """Import so many deals of the demo company, and commit."""
    tables.write(folder, _told(today, deals))
    with scope.enter(company.system), transaction.atomic():
        report = import_folder(company.system, folder=folder, now=today)
    assert not report.is_refused, report.problems


@cache
def _told(today: datetime, deals: int) -> tables.Tables:
    """The same rows for every test of a process: telling them takes as long as importing half of them."""
    return tables.build(today, deals=deals)
