"""Replays as a program sees them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from auctor.kit.ids import uuid7
from auctor.risk import replay_runs, track_records
from auctor.signals.catalog import KEYS
from auctor.tenancy import scope
from auctor.tenancy.permissions import Role
from tests.api.calling import Program, body_of, program_of
from tests.cast import NOW, Company
from tests.risk.world import bring_in

LAST = (NOW - timedelta(days=1)).date()
PLAN = {"first_on": str(LAST - timedelta(days=120)), "last_on": str(LAST), "band": "low"}
TRIED = {**PLAN, "thresholds": {"champion.usual_days": 9.0}, "muted": ["stage_stall"], "late_from": 0.7}


def order(program: Program, body: object = PLAN) -> Any:
    answer = program.call("POST", "/replays", body)
    assert answer.status_code == 202, answer.content
    return body_of(answer)


def run(company: Company, replay: Any) -> None:
    """What the worker does."""
    with scope.enter(company.system), transaction.atomic():
        replay_runs.run_replay(company.system, run_id=replay["id"], now=NOW)


class TestStartReplay:
    @pytest.mark.parametrize("role", list(Role))
    def test_is_for_those_who_lead(self, acme: Company, role: Role) -> None:
        may = role in (Role.OWNER, Role.ADMIN, Role.MANAGER)
        assert program_of(acme.of(role)).call("POST", "/replays", PLAN).status_code == (202 if may else 403)

    def test_tries_settings_without_changing_any(self, acme: Company) -> None:
        program = program_of(acme.manager)
        made = order(program, TRIED)
        assert (made["state"], made["thresholds"], made["policy_number"]) == ("waiting", TRIED["thresholds"], None)
        assert (made["muted"], made["late_from"]) == (["stage_stall"], 0.7)
        assert body_of(program.call("GET", "/signal-policy"))["number"] == 0
        assert body_of(program.call("GET", "/replays")) == [made]

    @pytest.mark.parametrize(
        "odd",
        [
            {"first_on": "0001-01-01"},
            {"first_on": "0001-01-01", "last_on": "0001-01-03"},
            {"last_on": "9999-12-31"},
            {"first_on": PLAN["last_on"], "last_on": PLAN["first_on"]},
            {"first_on": "yesterday"},
            {"band": "clear"},
            {"thresholds": {"champion.usual_days": 1e308}},
            {"thresholds": {"champion.usual_days": float("nan")}},
            {"thresholds": {"no.such": 1}},
            {"muted": ["no_such"]},
            {"late_from": float("inf")},
            {"more": 1},
        ],
    )
    def test_refuses_what_cannot_be_replayed(self, acme: Company, odd: dict[str, object]) -> None:
        program = program_of(acme.owner)
        assert program.call("POST", "/replays", {**PLAN, **odd}).status_code == 422
        assert body_of(program.call("GET", "/replays")) == []

    def test_orders_once_for_the_same_key(self, acme: Company) -> None:
        program = program_of(acme.owner)
        answers = [program.call("POST", "/replays", PLAN, key="once") for _ in range(2)]
        assert answers[0].content == answers[1].content
        assert len(body_of(program.call("GET", "/replays"))) == 1
        assert program.call("POST", "/replays", TRIED, key="once").status_code == 422


class TestReadReplay:
    def test_is_not_for_strangers_nor_for_those_who_see_their_own(
        self, committed: None, acme: Company, borealis: Company
    ) -> None:
        replay = order(program_of(acme.owner))
        for actor in (acme.member, borealis.owner):
            program = program_of(actor)
            for key in (replay["id"], uuid7()):
                assert program.call("GET", f"/replays/{key}").status_code == 404
                assert program.call("GET", f"/replays/{key}/deals").status_code == 404
        assert body_of(program_of(acme.viewer).call("GET", f"/replays/{replay['id']}")) == replay


class TestCompareReplays:
    def test_sets_two_side_by_side(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        program = program_of(acme.owner)
        first, second = order(program), order(program, {**PLAN, "band": "high"})
        address = f"/replays/{first['id']}/comparison?other={second['id']}"
        assert set(body_of(program.call("GET", address))["changes"].values()) == {None}
        for one in (first, second):
            run(acme, one)
        found = body_of(program.call("GET", address))
        results = [found[name]["result"] for name in ("first", "second")]
        assert found["changes"]["caught"] == results[1]["caught"] - results[0]["caught"] < 0
        assert found["changes"]["lost"] == 0
        assert program.call("GET", f"{address}&third=x").status_code == 400
        assert program.call("GET", f"/replays/{first['id']}/comparison?other={uuid7()}").status_code == 404

        shown: list[Any] = []
        cursor = ""
        while True:
            answer = program.call("GET", f"/replays/{first['id']}/deals?kind=caught&limit=2&cursor={cursor}")
            page = body_of(answer)
            shown += page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                break
        assert len({one["deal_id"] for one in shown}) == page["total"] == results[0]["caught"]
        assert program.call("GET", f"/replays/{first['id']}/deals?cursor=x").status_code == 400


class TestForgetReplay:
    def test_deletes_one_s_own(self, acme: Company) -> None:
        own, other = order(program_of(acme.manager)), order(program_of(acme.owner))
        manager = program_of(acme.manager)
        assert manager.call("DELETE", f"/replays/{other['id']}").status_code == 403
        assert [manager.call("DELETE", f"/replays/{own['id']}").status_code for _ in range(2)] == [204, 404]
        assert program_of(acme.viewer).call("DELETE", f"/replays/{other['id']}").status_code == 403


class TestListTrackRecords:
    def test_shows_every_signal_once_it_was_measured(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        program = program_of(acme.viewer)
        assert body_of(program.call("GET", "/track-records")) == []
        with scope.enter(acme.system), transaction.atomic():
            track_records.measure_signals(acme.system, now=NOW)
        found = body_of(program.call("GET", "/track-records"))
        assert [one["signal"] for one in found] == list(KEYS)
        assert all(one["fired_lost"] <= one["fired"] <= one["judged"] for one in found)


class TestMeasureSignals:
    def test_is_asked_for_by_those_who_lead(self, acme: Company) -> None:
        assert [program_of(acme.of(role)).call("POST", "/track-records").status_code for role in Role] == [
            202,
            202,
            202,
            403,
            403,
        ]
