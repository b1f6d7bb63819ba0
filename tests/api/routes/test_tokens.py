"""Tokens as a program sees them."""

from tests.api.calling import Program, body_of, program_of, token_for
from tests.cast import Company


class TestListTokens:
    def test_shows_no_secret(self, acme: Company) -> None:
        made = token_for(acme.member)
        response = Program(made.secret).call("GET", "/tokens")
        assert made.secret not in response.content.decode()
        assert [one["id"] for one in body_of(response)] == [str(made.record.id)]

    def test_shows_everybody_s_to_those_who_manage_members(self, acme: Company, borealis: Company) -> None:
        token_for(acme.member)
        token_for(borealis.member)
        assert len(body_of(program_of(acme.admin).call("GET", "/tokens?of_all=true"))) == 2
        assert program_of(acme.member).call("GET", "/tokens?of_all=true").status_code == 403


class TestRevokeToken:
    def test_ends_the_one_that_asks(self, acme: Company) -> None:
        made = token_for(acme.member)
        program = Program(made.secret)
        assert program.call("DELETE", f"/tokens/{made.record.id}").status_code == 200
        assert program.call("GET", "/tokens").status_code == 401

    def test_does_not_end_another_member_s(self, acme: Company) -> None:
        other = token_for(acme.manager)
        assert program_of(acme.member).call("DELETE", f"/tokens/{other.record.id}").status_code == 404
        assert Program(other.secret).call("GET", "/tokens").status_code == 200
