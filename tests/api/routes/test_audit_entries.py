"""The audit log as a program sees it."""

from uuid import uuid4

import pytest

from tests.api.calling import Program, body_of, program_of, token_for
from tests.cast import Company


class TestListEntries:
    def test_shows_the_workspace_s_own(self, acme: Company, borealis: Company) -> None:
        program_of(borealis.owner).call("GET", "/workspace")
        made = token_for(acme.owner)
        program = Program(made.secret)
        program.call("GET", "/workspace")
        found = body_of(program.call("GET", "/audit/entries"))["items"]
        assert [one["action"] for one in found] == ["api:called", "token:made"]
        assert found[0]["details"]["operation"] == "read_workspace"

    def test_goes_on_where_a_page_ended(self, acme: Company) -> None:
        program = program_of(acme.owner)
        for _ in range(3):
            program.call("GET", "/workspace")
        first = body_of(program.call("GET", "/audit/entries?limit=2"))
        rest = body_of(program.call("GET", f"/audit/entries?limit=200&cursor={first['next_cursor']}"))
        ids = [one["id"] for one in first["items"] + rest["items"]]
        assert len(ids) == len(set(ids)) == 4
        assert rest["next_cursor"] == ""

    def test_narrows(self, acme: Company) -> None:
        program = program_of(acme.owner)
        program.call("GET", "/workspace")

        def count(query: str) -> int:
            return len(body_of(program.call("GET", f"/audit/entries?{query}"))["items"])

        assert count("action=token:made") == 1
        assert count(f"actor_id={uuid4()}") == 0
        assert count("until=2000-01-01T00:00:00Z") == 0
        assert count(f"subject={acme.workspace_id}") == 0

    @pytest.mark.parametrize("query", ["since=0", "since=2026-03-02", "actor_id=x", "limit=-1", "action=" + "a" * 65])
    def test_refuses(self, acme: Company, query: str) -> None:
        assert program_of(acme.owner).call("GET", f"/audit/entries?{query}").status_code == 422
