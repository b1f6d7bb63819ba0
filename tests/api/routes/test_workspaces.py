"""The workspace as a program sees it."""

import pytest

from tests.api.calling import body_of, program_of
from tests.cast import Company


class TestChangeWorkspace:
    def test_changes_what_was_said_and_nothing_else(self, acme: Company) -> None:
        program = program_of(acme.owner)
        body_of(program.call("PATCH", "/workspace", {"name": "Acme Ltd", "currency": "USD"}))
        found = body_of(program.call("PATCH", "/workspace", {"time_zone": "Europe/Berlin", "currency": None}))
        assert (found["name"], found["currency"], found["time_zone"]) == ("Acme Ltd", "USD", "Europe/Berlin")
        assert body_of(program.call("GET", "/workspace")) == found

    @pytest.mark.parametrize(
        "body",
        [
            {"name": ""},
            {"name": " "},
            {"name": "a\0b"},
            {"name": "a\nb"},
            {"name": "a" * 81},
            {"currency": "eur"},
            {"currency": "EURO"},
            {"time_zone": "Mars/Base"},
            {"year_begins_in": 0},
            {"year_begins_in": 13},
            {"state": "closed"},
        ],
    )
    def test_refuses(self, acme: Company, body: object) -> None:
        program = program_of(acme.owner)
        program.call("PATCH", "/workspace", {"name": "Acme Ltd"})
        before = body_of(program.call("GET", "/workspace"))
        assert program.call("PATCH", "/workspace", body).status_code == 422
        assert body_of(program.call("GET", "/workspace")) == before
