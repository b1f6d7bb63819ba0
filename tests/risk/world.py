"""A small part of the demo company, imported into Acme."""

from datetime import datetime
from functools import cache
from pathlib import Path

from django.db import transaction

from auctor.crm.import_folder import import_folder
from auctor.tenancy import scope
from auctor.twins.company import tables
from tests.cast import NOW, Company

MANY = 400


def bring_in(company: Company, folder: Path, *, deals: int = 120, today: datetime = NOW) -> None:
    """Import so many deals of the demo company, and commit."""
    tables.write(folder, _told(today, deals))
    with scope.enter(company.system), transaction.atomic():
        report = import_folder(company.system, folder=folder, now=today)
    assert not report.is_refused, report.problems


@cache
def _told(today: datetime, deals: int) -> tables.Tables:
    """The same rows for every test of a process: telling them takes as long as importing half of them.

    One deal in twelve is open. Of a small part a third is, as far as there are such, so that no test leans on the day
    on which it runs.
    """
    if deals >= MANY:
        return tables.build(today, deals=deals)
    told = tables.build(today, deals=4 * deals)
    ended = {row["stage_id"] for row in told["stages"] if row["category"] != "open"}
    open_ones = [row["deal_id"] for row in told["deals"] if row["stage_id"] not in ended][: deals // 3]
    others = [row["deal_id"] for row in told["deals"] if row["deal_id"] not in set(open_ones)]
    chosen = {*open_ones, *others[: deals - len(open_ones)]}
    return {name: [row for row in rows if _belongs(row, chosen)] for name, rows in told.items()}


def _belongs(row: tables.Row, deals: set[str]) -> bool:
    """Rows of these deals, and rows of none; participants name the activity, whose name begins with the deal's."""
    deal = row.get("deal_id") or row.get("activity_id", "").rpartition("-")[0]
    return not deal or deal in deals
