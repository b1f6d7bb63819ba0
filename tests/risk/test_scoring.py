"""Scores of past moments, by what had been learnt until then."""

import csv
from datetime import timedelta
from pathlib import Path

import numpy as np
from django.db import transaction

from auctor.crm import standing
from auctor.risk.asking import read_asked, write_scores
from auctor.risk.scoring import score_at
from auctor.signals.catalog import KEYS
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.risk.world import bring_in


class TestScoreAt:
    def test_answers_every_row_in_the_order_of_the_file(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        asked_path, out = tmp_path / "asked.csv", tmp_path / "out.csv"
        with scope.enter(acme.system), transaction.atomic():
            known = standing.list_remote_ids(acme.system)
            names = sorted(known)[:20]
            lines = [f"{name},{(NOW - timedelta(days=day)).isoformat()}" for day in (5, 40) for name in names]
            asked_path.write_text("\n".join(["deal_id,at", *lines]))
            asked = read_asked(asked_path, known)
            found = score_at(
                acme.system, deals=asked.deals, moments=asked.moments, learn_until=NOW - timedelta(days=30)
            )
        write_scores(out, asked, found)
        with out.open() as source:
            rows = list(csv.DictReader(source))
        assert [row["deal_id"] for row in rows] == names * 2
        assert list(rows[0]) == ["deal_id", "at", "p_win", "risk_score", "coverage", *KEYS]
        assert any(row["risk_score"] for row in rows)
        assert all(bool(row["p_win"]) == found.model.is_used for row in rows)

    def test_leaves_empty_what_is_asked_of_a_deal_before_it_began(
        self, committed: None, acme: Company, tmp_path: Path
    ) -> None:
        bring_in(acme, tmp_path, deals=400)
        with scope.enter(acme.system), transaction.atomic():
            deal = next(iter(standing.list_remote_ids(acme.system).values()))
            moments = [NOW - timedelta(days=1200), NOW]
            found = score_at(acme.system, deals=[deal, deal], moments=moments, learn_until=NOW)
        assert np.isnan(found.p_win[0])
        assert np.isnan(found.p_win[1]) != found.model.is_used
