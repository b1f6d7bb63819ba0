"""What keeps open deals from being judged."""

from pathlib import Path

import pytest
from django.db import transaction

from auctor.risk import gaps, scan
from auctor.risk.models import Judgement
from auctor.signals.catalog import KEYS
from auctor.signals.score import Band
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.risk.world import bring_in


@pytest.fixture
def judged(committed: None, acme: Company, tmp_path: Path) -> Company:
    """Acme with a judged pipeline, of which too little is known of three deals."""
    bring_in(acme, tmp_path, deals=60)
    with scope.enter(acme.system), transaction.atomic():
        scan.scan_open(acme.system, now=NOW)
        few = list(Judgement.objects.order_by("id").values_list("id", flat=True)[:3])
        Judgement.objects.filter(id__in=few).update(band=Band.NOT_JUDGED)
    return acme


class TestListGaps:
    def test_counts_a_deal_once_for_each_reason(self, judged: Company) -> None:
        with scope.enter(judged.owner), transaction.atomic():
            found = gaps.list_gaps(judged.owner)
            blind = Judgement.objects.filter(band=Band.NOT_JUDGED).count()
        counts = [gap.deals for gap in found]
        assert counts == sorted(counts, reverse=True)
        assert all(0 < count <= blind for count in counts)
        assert len({(gap.why, gap.mend) for gap in found}) == len(found)
        assert not any(gap.why.startswith("Not judged") for gap in found)


class TestListTallies:
    def test_adds_up_to_the_open_deals_for_every_signal(self, judged: Company, borealis: Company) -> None:
        with scope.enter(judged.owner), transaction.atomic():
            deals = Judgement.objects.count()
            found = gaps.list_tallies(judged.owner)
        assert tuple(one.signal for one in found) == KEYS
        assert {one.fired + one.ok + one.unknown for one in found} == {deals}
        with scope.enter(borealis.owner), transaction.atomic():
            assert {one.fired + one.ok + one.unknown for one in gaps.list_tallies(borealis.owner)} == {0}
            assert gaps.list_gaps(borealis.owner) == []
