"""What people say of deals, as a program says it for them."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from auctor.kit.ids import uuid7
from auctor.risk import scan
from auctor.tenancy import scope
from auctor.tenancy.permissions import Permission
from tests.api.calling import Program, body_of, program_of
from tests.cast import NOW, Company
from tests.risk.world import bring_in


@pytest.fixture
def program(committed: None, acme: Company, tmp_path: Path) -> Program:
    """Alice's program in a workspace with judged deals."""
    bring_in(acme, tmp_path, deals=60)
    with scope.enter(acme.system), transaction.atomic():
        scan.scan_open(acme.system, now=NOW)
    return program_of(acme.owner)


class TestSnoozeDeal:
    def test_takes_a_deal_aside_and_back(self, program: Program) -> None:
        deal, other = (one["deal_id"] for one in body_of(program.call("GET", "/risks?limit=2"))["items"])
        on = (NOW + timedelta(days=9)).date().isoformat()
        made = program.call("POST", f"/deals/{deal}/snooze", {"until": "date", "on": on})
        assert made.status_code == 201
        aside = [one["deal_id"] for one in body_of(program.call("GET", "/risks?view=snoozed"))["items"]]
        assert aside == [deal]
        assert program.call("DELETE", f"/decisions/{body_of(made)['id']}").status_code == 200
        assert body_of(program.call("GET", f"/deals/{deal}/decisions"))[0]["ending"] == "undone"
        assert program.call("POST", f"/deals/{other}/known").status_code == 201
        told = {"reason": "agreed", "note": "By phone."}
        assert body_of(program.call("POST", f"/deals/{other}/not-a-risk", told))["note"] == "By phone."
        rated = program.call("POST", f"/deals/{deal}/signals/stage_stall/rating", {"is_right": True})
        assert rated.status_code in {201, 422}
        dismissed = program.call("POST", f"/deals/{deal}/signals/stage_stall/not-a-risk", {"reason": "other"})
        assert dismissed.status_code in {201, 422}
        for answer in (rated, dismissed):
            if answer.status_code == 201:
                program.call("DELETE", f"/feedback/{body_of(answer)['id']}")
        assert program.call("GET", f"/deals/{deal}/feedback").status_code == 200

    @pytest.mark.parametrize("body", [{}, {"until": "date"}, {"until": "never"}, {"until": "date", "on": "soon"}])
    def test_refuses_what_does_not_fit(self, acme: Company, body: object) -> None:
        found = program_of(acme.owner).call("POST", f"/deals/{uuid7()}/snooze", body)
        assert found.status_code in {404, 422}


class TestUndoDecision:
    def test_is_the_same_answer_for_what_is_not_there(self, acme: Company) -> None:
        program = program_of(acme.owner)
        assert program.call("DELETE", f"/decisions/{uuid7()}").status_code == 404
        assert program.call("DELETE", f"/feedback/{uuid7()}").status_code == 404


class TestAcknowledgeDeal:
    def test_is_not_for_a_token_without_it(self, acme: Company) -> None:
        program = program_of(acme.owner, {Permission.RISK_READ})
        assert program.call("POST", f"/deals/{uuid7()}/known").status_code == 403
