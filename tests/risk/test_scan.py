"""The scan: all open deals, or some, by the same code."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction

from auctor.crm import operations
from auctor.crm.models.deals import Deal
from auctor.risk import scan
from auctor.risk.models import Judgement, Scan, ScoreDay
from auctor.risk.records import ScanRecord
from auctor.signals.vocabulary import StageKind
from auctor.tenancy import scope
from auctor.tenancy.records import Actor
from tests.cast import NOW, Company
from tests.risk.world import bring_in


def rows(actor: Actor) -> dict[UUID, tuple[object, ...]]:
    with scope.enter(actor), transaction.atomic():
        columns = ("score", "coverage", "band", "states", "severities", "reasons", "evidence", "priority")
        return {row[0]: row[1:] for row in Judgement.objects.values_list("id", *columns)}


class TestScanOpen:
    def test_judges_every_open_deal_and_keeps_the_day(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        with scope.enter(acme.system), transaction.atomic():
            found = scan.scan_open(acme.system, now=NOW)
            assert found.deals == Judgement.objects.count() == ScoreDay.objects.count() > 2
            assert found.judged > 2
            assert Scan.objects.count() == 1

    def test_gives_one_deal_what_the_scan_of_that_deal_gives(
        self, committed: None, acme: Company, tmp_path: Path
    ) -> None:
        bring_in(acme, tmp_path)
        with scope.enter(acme.system), transaction.atomic():
            scan.scan_open(acme.system, now=NOW)
        full = rows(acme.system)
        with scope.enter(acme.system), transaction.atomic():
            for deal_id in full:
                one = scan.scan_deals(acme.system, [deal_id], now=NOW)
                assert (one.deals, one.is_full) == (1, False)
        assert rows(acme.system) == full


# Yesterday's norms make a scan a full one: the day must not end between two scans of a test.
AT = NOW + timedelta(hours=1) if NOW.hour == 23 else NOW


class TestScanTouched:
    def test_judges_what_was_never_judged_and_then_nothing(
        self, committed: None, acme: Company, tmp_path: Path
    ) -> None:
        bring_in(acme, tmp_path)
        first = touched(acme.system, AT)
        assert first is not None
        assert first.deals == len(rows(acme.system)) > 2
        assert touched(acme.system, AT + timedelta(minutes=1)) is None

    def test_judges_the_deals_whose_clock_moved_and_no_other(
        self, committed: None, acme: Company, tmp_path: Path
    ) -> None:
        bring_in(acme, tmp_path)
        touched(acme.system, AT)
        before = rows(acme.system)
        later = AT + timedelta(minutes=5)
        dearest = max(before, key=lambda deal: float(str(before[deal][-1])))
        with scope.enter(acme.owner), transaction.atomic():
            operations.override_amount(acme.owner, deal_id=dearest, minor=1, now=later)
        found = touched(acme.system, later)
        assert found is not None
        assert (found.deals, found.is_full) == (1, False)
        changed = {key for key, row in rows(acme.system).items() if row != before[key]}
        assert changed == {dearest}

    def test_forgets_a_deal_that_was_closed(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        touched(acme.system, AT)
        closed, later = next(iter(rows(acme.system))), AT + timedelta(minutes=5)
        with scope.enter(acme.system), transaction.atomic():
            Deal.objects.filter(id=closed).update(stage_kind=StageKind.LOST, touched_at=later)
        found = touched(acme.system, later)
        assert found is not None
        assert found.deals == 0
        assert closed not in rows(acme.system)
        assert touched(acme.system, later + timedelta(minutes=1)) is None

    def test_finds_what_was_stored_while_nobody_worked(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        touched(acme.system, AT)
        stored, back = AT + timedelta(minutes=5), AT + timedelta(minutes=50)
        with scope.enter(acme.system), transaction.atomic():
            Deal.objects.filter(id=next(iter(rows(acme.system)))).update(touched_at=stored)
        found = touched(acme.system, back)
        assert found is not None
        assert found.deals == 1

    def test_follows_an_import_that_began_before_the_last_scan(
        self, committed: None, acme: Company, tmp_path: Path
    ) -> None:
        bring_in(acme, tmp_path)
        touched(acme.system, AT)
        with scope.enter(acme.system), transaction.atomic():
            chosen = next(iter(Judgement.objects.values_list("id", flat=True)))
            Deal.objects.filter(id=chosen).update(touched_at=AT - timedelta(minutes=40))
        found = touched(acme.system, AT + timedelta(minutes=1))
        assert found is not None
        assert found.deals == 1


def touched(actor: Actor, now: datetime) -> ScanRecord | None:
    """One scan of what was touched, committed."""
    with scope.enter(actor), transaction.atomic():
        return scan.scan_touched(actor, now=now)
