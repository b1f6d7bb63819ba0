"""Reads of judgements."""

from pathlib import Path

import pytest
from django.db import transaction

from auctor.crm import operations, standing
from auctor.crm.queries import list_lines, list_owners
from auctor.risk import look_back, queries, scan
from auctor.risk.models import Judgement
from auctor.risk.queries import InboxCursorWrong
from auctor.risk.records import View
from auctor.signals.catalog import KEYS
from auctor.signals.score import Band
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.risk.world import bring_in


@pytest.fixture
def judged(committed: None, acme: Company, tmp_path: Path) -> Company:
    """Acme with a judged pipeline; Bob is the owner of some deals."""
    bring_in(acme, tmp_path)
    with scope.enter(acme.system), transaction.atomic():
        owned = {one.id: 0 for one in list_owners(acme.system)}
        lines = list_lines(acme.system, [one.id for one in standing.list_open(acme.system)], now=NOW)
        for line in lines.values():
            if line.owner_id:
                owned[line.owner_id] += 1
        busiest = max(owned, key=lambda one: owned[one])
        operations.link_owner(acme.system, owner_id=busiest, member_id=acme.member.member_id, now=NOW)
    with scope.enter(acme.system), transaction.atomic():
        scan.scan_open(acme.system, now=NOW)
    return acme


class TestListInbox:
    def test_pages_through_the_whole_queue_in_its_order(self, judged: Company) -> None:
        with scope.enter(judged.owner), transaction.atomic():
            seen, cursor = [], ""
            while True:
                page = queries.list_inbox(judged.owner, cursor=cursor, limit=5)
                seen += [one.deal_id for one in page.rows]
                if not (cursor := page.next_cursor):
                    break
            wanted = Judgement.objects.filter(band__gte=Band.LOW).order_by("-priority", "id")
            assert seen == list(wanted.values_list("id", flat=True))
            assert len(seen) == queries.count_inbox(judged.owner).open

    def test_shows_a_member_own_deals_only(self, judged: Company) -> None:
        with scope.enter(judged.member), transaction.atomic():
            mine = queries.list_inbox(judged.member, limit=100).rows
            counts = queries.count_inbox(judged.member)
            assert 0 < len(mine) == counts.open == counts.mine
        with scope.enter(judged.owner), transaction.atomic():
            everything = queries.count_inbox(judged.owner)
            hidden = [one for one in queries.list_inbox(judged.owner, limit=100).rows if one not in mine]
            assert everything.open > len(mine)
        with scope.enter(judged.member), transaction.atomic():
            assert queries.find_judgement(judged.member, hidden[0].deal_id) is None
            assert queries.list_scores(judged.member, hidden[0].deal_id) == []

    def test_keeps_deals_of_which_too_little_is_known_apart(self, judged: Company) -> None:
        with scope.enter(judged.owner), transaction.atomic():
            deal_id = queries.list_inbox(judged.owner).rows[0].deal_id
            Judgement.objects.filter(id=deal_id).update(band=Band.NOT_JUDGED)
            assert [one.deal_id for one in queries.list_inbox(judged.owner, view=View.NOT_JUDGED).rows] == [deal_id]
            assert deal_id not in [one.deal_id for one in queries.list_inbox(judged.owner, limit=100).rows]

    def test_refuses_a_cursor_of_somebody_else(self, judged: Company) -> None:
        with scope.enter(judged.owner), transaction.atomic(), pytest.raises(InboxCursorWrong):
            queries.list_inbox(judged.owner, cursor="bm9uc2Vuc2U")


class TestFindJudgement:
    def test_explains_every_point_of_the_score(self, judged: Company) -> None:
        with scope.enter(judged.owner), transaction.atomic():
            for row in queries.list_inbox(judged.owner, limit=5).rows:
                found = queries.find_judgement(judged.owner, row.deal_id)
                assert found is not None
                assert [one.key for one in found.findings] == list(KEYS)
                points = sum(one.points or 0 for one in found.findings)
                assert found.score == pytest.approx((found.average_score or 0) + points, abs=1e-6)
                assert found.steps[0].before == pytest.approx(found.score)

    def test_is_what_a_look_back_at_that_moment_finds(self, judged: Company) -> None:
        with scope.enter(judged.owner), transaction.atomic():
            stored = queries.find_judgement(judged.owner, queries.list_inbox(judged.owner).rows[0].deal_id)
            assert stored is not None
            again = look_back.judge_at(judged.owner, stored.deal_id, at=NOW)
            assert again.findings == stored.findings
            assert again.score == pytest.approx(stored.score)
