"""What leaves by an export and comes in elsewhere has equal risks: every signal, score and band of every deal."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from auctor.crm import operations
from auctor.crm.export import export_folder
from auctor.crm.import_folder import import_folder
from auctor.crm.models.deals import Deal
from auctor.kit.ids import uuid7
from auctor.risk import scan
from auctor.risk.models import Judgement
from auctor.tenancy import scope
from auctor.tenancy.models import Workspace
from auctor.tenancy.records import Actor
from auctor.twins.company import tables
from tests.cast import NOW, Company
from tests.crm import made_folders
from tests.risk.world import bring_in

LATER = NOW + timedelta(minutes=50)
EXACT = ("band", "states", "severities", "values", "thresholds", "norm_levels", "norm_counts", "reasons", "lead")
WEIGHED = ("score", "coverage", "amount", "at_risk", "close_on", "urgency", "priority", "details")


def risks(actor: Actor, *, now: datetime) -> dict[str, dict[str, Any]]:
    """What is said of every deal, by what its source calls it."""
    with scope.enter(actor), transaction.atomic():
        scan.scan_open(actor, now=now)
    with scope.enter(actor), transaction.atomic():
        names = dict(Deal.objects.values_list("id", "remote_id"))
        return {names[row.id]: {name: told(getattr(row, name)) for name in (*EXACT, *WEIGHED)} for row in rows()}


def rows() -> list[Judgement]:
    return list(Judgement.objects.all())


def told(value: Any) -> Any:
    """Equal where it reads equal: NaN is NaN."""
    return repr(value)


def room() -> Actor:
    """The product itself in an empty workspace."""
    actor = Actor.system(uuid7(), "test")
    with transaction.atomic(), scope.enter(actor):
        Workspace.objects.create(id=actor.workspace_id, kind="real", state="active", created_at=NOW)
    return actor


def carry(giver: Actor, taker: Actor, folder: Path, *, now: datetime) -> None:
    with scope.enter(giver), transaction.atomic():
        left = export_folder(giver, folder=folder, now=now)
    with scope.enter(taker), transaction.atomic():
        report = import_folder(taker, folder=folder, now=now)
    assert not report.is_refused, [str(one) for one in report.problems]
    assert {name: count.create for name, count in report.files.items()} == left


class TestExportFolder:
    @pytest.mark.usefixtures("committed")
    def test_gives_the_demo_company_equal_risks_elsewhere(
        self, acme: Company, borealis: Company, tmp_path: Path
    ) -> None:
        bring_in(acme, tmp_path / "in", deals=150)
        for company in (acme, borealis):
            with scope.enter(company.owner), transaction.atomic():
                for currency, rate in tables.RATES.items():
                    if currency != "EUR":
                        day = NOW.date().replace(year=NOW.year - 4, day=1)
                        operations.set_rate(company.owner, currency=currency, on_day=day, rate=1 / rate, now=NOW)
        carry(acme.owner, borealis.owner, tmp_path / "out", now=NOW)
        here, there = risks(acme.system, now=NOW), risks(borealis.system, now=NOW)
        assert len(here) > 10
        assert here == there

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(made=made_folders.folders(now=NOW))
    def test_gives_any_small_pipeline_equal_risks_elsewhere(
        self, committed: None, made: dict[str, list[made_folders.Row]]
    ) -> None:
        giver, taker = room(), room()
        with tempfile.TemporaryDirectory() as name:
            folder = made_folders.write(Path(name) / "in", made)
            with scope.enter(giver), transaction.atomic():
                report = import_folder(giver, folder=folder, now=NOW)
            assert not report.is_refused, [str(one) for one in report.problems]
            carry(giver, taker, Path(name) / "out", now=LATER)
        assert risks(giver, now=LATER) == risks(taker, now=LATER)
