"""`auctor judge`."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from auctor.cli.deals import DealUnclear
from auctor.risk import scan
from auctor.risk.operations import JudgementRefused, NoDecision, TooLateToUndo
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.cli.running import ask, refused, run
from tests.risk.world import bring_in


@pytest.fixture
def queue(acme: Company, tmp_path: Path) -> list[dict[str, Any]]:
    """What wants a decision in Acme."""
    bring_in(acme, tmp_path, deals=30)
    with scope.enter(acme.system), transaction.atomic():
        scan.scan_open(acme.system, now=NOW)
    found: list[dict[str, Any]] = ask("risks", "-w", acme.workspace_id)
    return found


def decided(company: Company, deal: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask("judge", "list", deal["deal_id"], "-w", company.workspace_id)
    return found


@pytest.mark.usefixtures("committed")
class TestSnooze:
    def test_puts_a_deal_aside_until_a_day(self, acme: Company, queue: list[dict[str, Any]]) -> None:
        first, day = queue[0], (NOW + timedelta(days=9)).date()
        made = ask("judge", "snooze", first["source_id"], "-w", acme.workspace_id, "--on", day)
        assert (made["said"], made["until"]) == ("snoozed", "date")
        assert first["deal_id"] not in {one["deal_id"] for one in ask("risks", "-w", acme.workspace_id)}
        aside = ask("risks", "-w", acme.workspace_id, "--view", "snoozed")
        assert [one["deal_id"] for one in aside] == [first["deal_id"]]
        assert decided(acme, first) == [made]

    @pytest.mark.parametrize("until", ["stage", "worse"])
    def test_puts_it_aside_until_something_happens(
        self, acme: Company, queue: list[dict[str, Any]], until: str
    ) -> None:
        done = run("judge", "snooze", queue[0]["deal_id"], "-w", acme.workspace_id, "--until", until)
        assert f"Snoozed until {until}" in done.output, done.exception

    def test_wants_a_day_to_come(self, acme: Company, queue: list[dict[str, Any]]) -> None:
        words = ("judge", "snooze", queue[0]["deal_id"], "-w", acme.workspace_id)
        for more in ((), ("--on", "2001-01-01"), ("--on", NOW.date())):
            assert isinstance(refused(*words, *more), JudgementRefused)
        assert run(*words, "--on", "0000-99-99").exit_code == 2
        assert run(*words, "--until", "spring").exit_code == 2

    def test_knows_no_deal_by_any_name(self, acme: Company, queue: list[dict[str, Any]]) -> None:
        assert isinstance(refused("judge", "snooze", "nobody", "-w", acme.workspace_id), DealUnclear)


@pytest.mark.usefixtures("committed")
class TestUndo:
    def test_takes_back_what_was_said_and_brings_back_what_was_before(
        self, acme: Company, queue: list[dict[str, Any]]
    ) -> None:
        deal, where = queue[0], ("-w", acme.workspace_id)
        ask("judge", "known", deal["deal_id"], *where)
        note = ("--reason", "usual-here", "--note", "=cmd|' /C calc'!A0")
        made = ask("judge", "not-a-risk", deal["deal_id"], *where, *note)
        assert (made["said"], made["reason"], made["note"]) == ("not-a-risk", "usual-here", "=cmd|' /C calc'!A0")
        assert ask("judge", "undo", made["id"], *where)["ending"] == "undone"
        assert [(one["said"], one["ended_at"] is None) for one in decided(acme, deal)] == [
            ("not-a-risk", False),
            ("known", True),
        ]
        assert isinstance(refused("judge", "undo", made["id"], *where), TooLateToUndo)

    def test_is_not_for_another_workspace(self, acme: Company, borealis: Company, queue: list[dict[str, Any]]) -> None:
        made = ask("judge", "known", queue[0]["deal_id"], "-w", acme.workspace_id)
        assert isinstance(refused("judge", "undo", made["id"], "-w", borealis.workspace_id), NoDecision)
