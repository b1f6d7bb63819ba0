"""Entries of the audit log in words."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from auctor.audit.records import EntryRecord
from auctor.web import entries

ALICE, MAX = UUID(int=1), UUID(int=2)
NAMES = {ALICE: "Alice", MAX: "Max"}


def entry(**words: Any) -> EntryRecord:
    usual: dict[str, Any] = {
        "id": uuid4(),
        "at": datetime(2026, 3, 2, tzinfo=UTC),
        "action": "role:changed",
        "outcome": "ok",
        "actor_kind": "person",
        "actor_id": ALICE,
        "actor_name": "",
        "subject": str(MAX),
        "subject_kind": "member",
        "fields": (),
        "details": {},
        "request_id": "",
        "address": "",
        "body": "{}",
        "index": 3,
        "round_id": 9,
    }
    return EntryRecord(**{**usual, **words})


class TestToRow:
    def test_says_nothing_of_an_outcome_that_is_usual(self) -> None:
        assert (entries.to_row(entry(), NAMES).outcome, entries.to_row(entry(), NAMES).tone) == ("", "")

    @pytest.mark.parametrize(("outcome", "tone"), [("refused", "medium"), ("failed", "high"), ("odd", "medium")])
    def test_marks_any_other(self, outcome: str, tone: str) -> None:
        row = entries.to_row(entry(outcome=outcome), NAMES)
        assert (row.outcome, row.tone) == (outcome, tone)


class TestToHappening:
    @pytest.mark.parametrize(
        ("tag", "words"),
        [("role:changed", "Role changed"), ("api:called", "API called"), ("sign_in:limited", "Sign in limited")],
    )
    def test_reads_a_tag_as_words(self, tag: str, words: str) -> None:
        assert entries.to_happening(tag) == words


class TestToWho:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ({}, ("Alice", "")),
            ({"actor_kind": "token"}, ("Alice", "by API token")),
            ({"actor_kind": "system", "actor_name": "demo_link"}, ("auctor", "demo link")),
            ({"actor_kind": "anonymous", "actor_id": None}, ("Nobody signed in", "")),
            ({"actor_id": UUID(int=7)}, ("Somebody …00000007", "")),
        ],
    )
    def test_names_people_and_parts_of_the_product(self, words: dict[str, Any], said: tuple[str, str]) -> None:
        assert entries.to_who(entry(**words), NAMES) == said


class TestToAbout:
    def test_names_people_and_shortens_other_ids(self) -> None:
        assert entries.to_about(entry(), NAMES) == "Max"
        assert entries.to_about(entry(subject=str(UUID(int=9)), subject_kind="deal"), NAMES) == "Deal …00000009"
        assert entries.to_about(entry(subject="17", subject_kind="job"), NAMES) == "Job 17"
        assert entries.to_about(entry(subject="", subject_kind=""), NAMES) == ""


class TestToNotes:
    def test_puts_fields_and_details_on_one_line(self) -> None:
        told = entry(fields=("time_zone", "name"), details={"size": 1204, "by_link": True, "member": str(MAX)})
        assert entries.to_notes(told, NAMES) == "time zone, name · size: 1,204 · by link: yes · member: Max"

    def test_shows_a_change_as_one(self) -> None:
        assert entries.to_notes(entry(details={"after": "admin", "before": "member"}), NAMES) == "member → admin"
