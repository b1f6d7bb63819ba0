"""Members and invitations as a program sees them."""

import pytest

from auctor.tenancy.permissions import Permission
from tests.api.calling import body_of, program_of
from tests.cast import Company


class TestListMembers:
    def test_shows_everybody_in_pages(self, acme: Company, borealis: Company) -> None:
        program = program_of(acme.viewer)
        seen: list[str] = []
        cursor = ""
        for size in (2, 2, 1):
            page = body_of(program.call("GET", f"/members?limit=2&cursor={cursor}"))
            assert len(page["items"]) == size
            seen += [one["email"] for one in page["items"]]
            cursor = page["next_cursor"]
        assert cursor == ""
        assert sorted(seen) == [f"{name}@acme.example" for name in ("alice", "bob", "max", "mia", "vera")]

    @pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=b_w", "cursor=" + "a" * 201])
    def test_refuses_a_page_that_is_none(self, acme: Company, query: str) -> None:
        response = program_of(acme.owner).call("GET", f"/members?{query}")
        assert response.status_code in {400, 422}
        assert body_of(response)["code"] in {"api.cursor_wrong", "api.invalid"}


class TestInviteMember:
    @pytest.mark.parametrize(
        "body",
        [
            {},
            [],
            "x",
            {"email": "erin@acme.example"},
            {"email": "erin@acme.example", "role": "king"},
            {"email": "erin@acme.example", "role": "member", "colour": "red"},
            {"email": "erin\0@acme.example", "role": "member"},
            {"email": "e" * 250 + "@acme.example", "role": "member"},
            {"email": "erin", "role": "member"},
            {"email": 7, "role": "member"},
        ],
    )
    def test_refuses_a_body_that_does_not_fit(self, acme: Company, body: object) -> None:
        response = program_of(acme.owner).call("POST", "/invitations", body)
        assert response.status_code == 422
        assert "erin" not in response.content.decode()

    @pytest.mark.parametrize("raw", ["", "{", '{"email": NaN}', "\xff", '{"a":' * 5000])
    def test_refuses_what_is_no_json(self, acme: Company, raw: str) -> None:
        found = program_of(acme.owner).generic(
            "POST", "/api/v1/invitations", raw.encode("latin-1"), "application/json", secure=True
        )
        assert found.status_code in {400, 422}
        assert found["Content-Type"].startswith("application/problem+json")

    def test_lets_only_owners_invite_owners(self, acme: Company) -> None:
        body = {"email": "erin@acme.example", "role": "owner"}
        assert program_of(acme.admin).call("POST", "/invitations", body).status_code == 403
        assert program_of(acme.owner).call("POST", "/invitations", body).status_code == 201

    def test_never_answers_with_the_link(self, acme: Company) -> None:
        response = program_of(acme.owner).call("POST", "/invitations", {"email": "e@acme.example", "role": "member"})
        assert set(body_of(response)) == {"id", "email", "role", "created_at", "expires_at"}


class TestWithdrawInvitation:
    def test_ends_it_once(self, acme: Company) -> None:
        program = program_of(acme.owner, {Permission.MEMBER_WRITE, Permission.MEMBER_READ})
        made = body_of(program.call("POST", "/invitations", {"email": "e@acme.example", "role": "member"}))
        assert program.call("DELETE", f"/invitations/{made['id']}").status_code == 204
        assert program.call("DELETE", f"/invitations/{made['id']}").status_code == 404
        assert body_of(program.call("GET", "/invitations")) == []
