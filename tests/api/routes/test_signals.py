"""Signals and scans as a program sees them."""

import pytest

from auctor.signals.catalog import KEYS
from auctor.tenancy.permissions import Role
from tests.api.calling import body_of, program_of
from tests.cast import Company


class TestListSignals:
    def test_lists_the_catalog(self, acme: Company) -> None:
        found = body_of(program_of(acme.viewer).call("GET", "/signals"))
        assert tuple(one["key"] for one in found) == KEYS


class TestStartScan:
    def test_asks_once_for_the_same(self, acme: Company) -> None:
        program = program_of(acme.owner)
        first = program.call("POST", "/scans")
        assert first.status_code == 202
        assert body_of(program.call("POST", "/scans")) == body_of(first)

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.MANAGER, Role.ANALYST])
    def test_is_for_admins(self, acme: Company, role: Role) -> None:
        assert program_of(acme.of(role)).call("POST", "/scans").status_code == 403


class TestListScans:
    @pytest.mark.parametrize(("query", "status"), [("", 200), ("?limit=0", 422), ("?limit=201", 422)])
    def test_shows_so_many(self, acme: Company, query: str, status: int) -> None:
        assert program_of(acme.manager).call("GET", f"/scans{query}").status_code == status


class TestTuneSignals:
    def test_makes_a_version_and_goes_back(self, acme: Company) -> None:
        program = program_of(acme.owner)
        made = body_of(program.call("PATCH", "/signal-policy", {"late_from": 0.6}))
        assert (made["number"], made["late_from"]) == (1, 0.6)
        assert body_of(program.call("GET", "/signal-policy")) == made
        assert [one["number"] for one in body_of(program.call("GET", "/signal-policies"))] == [1]

    @pytest.mark.parametrize("body", [{"thresholds": {"no.such": 1}}, {"late_from": 7}, {"late_from": "x"}, {"x": 1}])
    def test_refuses_what_no_signal_has(self, acme: Company, body: object) -> None:
        assert program_of(acme.owner).call("PATCH", "/signal-policy", body).status_code == 422


class TestMuteSignal:
    def test_lets_a_signal_count_no_more_and_again(self, acme: Company) -> None:
        program = program_of(acme.owner)
        made = body_of(program.call("POST", "/signals/stage_stall/mute", {"reason": "does-not-fit"}))
        assert [one["signal"] for one in made["mutes"]] == ["stage_stall"]
        assert body_of(program.call("DELETE", "/signals/stage_stall/mute"))["mutes"] == []
        assert program.call("DELETE", "/signals/stage_stall/mute").status_code == 422
        assert program.call("POST", "/signals/no_such/mute", {"reason": "other"}).status_code == 404
