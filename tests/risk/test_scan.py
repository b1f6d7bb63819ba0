"""The scan: all open deals, or some, by the same code."""

from pathlib import Path
from uuid import UUID

from django.db import transaction

from auctor.risk import scan
from auctor.risk.models import Judgement, Scan, ScoreDay
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
            assert found.deals == Judgement.objects.count() == ScoreDay.objects.count() > 10
            assert found.judged > 10
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
