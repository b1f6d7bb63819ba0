"""Risks as a program sees them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import transaction

from auctor.kit.ids import uuid7
from auctor.risk import scan
from auctor.tenancy import scope
from tests.api.calling import body_of, program_of
from tests.cast import NOW, Company
from tests.risk.world import bring_in


@pytest.fixture
def judged(committed: None, acme: Company, tmp_path: Path) -> Company:
    """Acme with judged deals."""
    bring_in(acme, tmp_path, deals=60)
    with scope.enter(acme.system), transaction.atomic():
        scan.scan_open(acme.system, now=NOW)
    return acme


class TestListRisks:
    def test_tells_the_judgement_s_parts_and_how_it_was_before(self, judged: Company) -> None:
        program = program_of(judged.owner)
        page = body_of(program.call("GET", "/risks?limit=1"))
        (first,) = page["items"]
        assert page["next_cursor"]
        assert len(first["findings"]) == 12
        summary = body_of(program.call("GET", "/risks/summary"))
        assert summary["open"] > 1
        address = f"/deals/{first['deal_id']}"
        now = body_of(program.call("GET", f"{address}/judgement"))
        assert (now["score"], now["revenue"]) == (first["score"], first["revenue"])
        before = quote((datetime.now(UTC) - timedelta(days=30)).isoformat())
        then = body_of(program.call("GET", f"{address}/judgement?at={before}"))
        assert then["deal_id"] == first["deal_id"]
        ahead = quote((datetime.now(UTC) + timedelta(days=1)).isoformat())
        assert body_of(program.call("GET", f"{address}/judgement?at={ahead}"))["code"] == "api.moment_ahead"
        (point,) = body_of(program.call("GET", f"{address}/scores"))
        assert point["score"] == pytest.approx(first["score"])
        assert body_of(program.call("GET", f"{address}/scores?since=2199-01-01")) == []


class TestReadJudgement:
    def test_is_the_same_answer_for_what_is_not_there_and_not_yours(self, acme: Company) -> None:
        program = program_of(acme.owner)
        assert program.call("GET", f"/deals/{uuid7()}/judgement").status_code == 404
        assert program.call("GET", f"/deals/{uuid7()}/scores").status_code == 404


class TestReadRiskSummary:
    def test_is_nothing_at_the_beginning(self, acme: Company) -> None:
        found = body_of(program_of(acme.manager).call("GET", "/risks/summary"))
        assert (found["open"], found["at_risk"]) == (0, 0)
