"""Deals by their scores."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from auctor.kit.ids import uuid7
from auctor.risk import ranking, scan
from auctor.risk.models import Judgement
from auctor.risk.queries import InboxCursorWrong
from auctor.signals.score import Band
from auctor.tenancy import scope
from auctor.tenancy.records import Actor
from tests.cast import NOW, Company
from tests.risk.world import bring_in


@pytest.fixture
def judged(committed: None, acme: Company, tmp_path: Path) -> Company:
    """Acme with a judged pipeline."""
    bring_in(acme, tmp_path)
    with scope.enter(acme.system), transaction.atomic():
        scan.scan_open(acme.system, now=NOW)
        # Equal scores and none: what pages are most likely to lose or to show twice.
        ids = list(Judgement.objects.order_by("id").values_list("id", flat=True))
        Judgement.objects.filter(id__in=ids[3:7]).update(score=50.0)
        Judgement.objects.filter(id__in=ids[:3]).update(score=None, band=Band.NOT_JUDGED)
    return acme


def every(actor: Actor, **words: Any) -> list[UUID]:
    found: list[UUID] = []
    cursor = ""
    while True:
        page = ranking.list_ranked(actor, cursor=cursor, **words)
        found += page.ids
        cursor = page.next_cursor
        if not cursor:
            assert len(found) == page.total
            return found


class TestListRanked:
    def test_shows_every_deal_once_in_the_order_of_scores(self, judged: Company) -> None:
        with scope.enter(judged.owner), transaction.atomic():
            scores = dict(Judgement.objects.values_list("id", "score"))
            for falls in (True, False):
                found = every(judged.owner, falls=falls)
                assert sorted(found) == sorted(scores)
                known = [scores[key] for key in found if scores[key] is not None]
                assert known == sorted(known, reverse=falls)
                assert all(scores[key] is None for key in found[len(known) :])

    def test_keeps_to_bands_and_to_the_ids_that_are_asked_for(self, judged: Company) -> None:
        with scope.enter(judged.owner), transaction.atomic():
            bands = dict(Judgement.objects.values_list("id", "band"))
            chosen = [key for key, band in bands.items() if band == Band.NOT_JUDGED]
            assert sorted(every(judged.owner, falls=True, bands=[Band.NOT_JUDGED])) == sorted(chosen)
            assert sorted(ranking.list_ids(judged.owner, bands=[Band.NOT_JUDGED])) == sorted(chosen)
            assert every(judged.owner, falls=True, ids=[chosen[0], uuid7()]) == [chosen[0]]
            assert every(judged.owner, falls=True, ids=[]) == []

    @pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "=", "é", "WyJhIiwgImIiXQ"])
    def test_refuses_a_cursor_that_it_did_not_make(self, judged: Company, cursor: str) -> None:
        with scope.enter(judged.owner), transaction.atomic(), pytest.raises(InboxCursorWrong):
            ranking.list_ranked(judged.owner, falls=True, cursor=cursor)

    def test_shows_members_their_own_and_strangers_nothing(self, judged: Company, borealis: Company) -> None:
        for actor in (judged.member, borealis.owner):
            with scope.enter(actor), transaction.atomic():
                assert every(actor, falls=True) == []
