"""The demo company comes into its workspace, so that a newcomer sees risks in the first minute."""

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from auctor.crm import operations, standing
from auctor.crm.import_folder import import_folder
from auctor.crm.records import ImportReport
from auctor.jobs.queue import defer
from auctor.tenancy.records import Actor
from auctor.twins.company import tables

OWN: Final = "EUR"
LEARN: Final = "risk.learn"


def bring_demo(actor: Actor, *, now: datetime) -> ImportReport | None:
    """Import the demo company as of `now` with its rates; None where any deal is there already.

    The import asks for the scan that follows it.
    """
    if standing.has_open(actor):
        return None
    for currency, rate in tables.RATES.items():
        if currency != OWN:
            since = date(now.year - tables.YEARS - 1, 1, 1)
            operations.set_rate(actor, currency=currency, on_day=since, rate=1 / rate, now=now)
    with TemporaryDirectory(prefix="auctor-demo-") as folder:
        tables.write(Path(folder), tables.build(now))
        report = import_folder(actor, folder=Path(folder), now=now)
    defer(actor, LEARN)
    return report
