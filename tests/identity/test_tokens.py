"""API tokens."""

from datetime import timedelta

import pytest
from django.db import connection

from auctor.identity import limits, members, tokens, workspaces
from auctor.identity.models import ApiToken
from auctor.identity.records import NewToken
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden, Permission
from auctor.tenancy.records import Actor, ActorKind
from tests.cast import NOW, Company

READ = frozenset({Permission.DEAL_READ})


def make(actor: Actor, *, scopes: frozenset[Permission] = READ, days: int = 30) -> NewToken:
    with scope.enter(actor):
        return tokens.create_token(actor, name="Nightly export", scopes=scopes, days=days, now=NOW)


class TestCreateToken:
    def test_keeps_a_digest_only(self, acme: Company) -> None:
        made = make(acme.member)
        with scope.enter(acme.member), connection.cursor() as cursor:
            cursor.execute("SELECT t::text FROM identity_apitoken t")
            text = cursor.fetchone()[0]
        assert made.secret not in text
        assert "Nightly" not in text
        assert made.secret.startswith(made.record.prefix)

    def test_gives_no_more_than_the_member_holds(self, acme: Company) -> None:
        with pytest.raises(tokens.TokenRefused, match="key:rotate"):
            make(acme.admin, scopes=frozenset({Permission.KEY_ROTATE}))
        assert make(acme.owner, scopes=frozenset({Permission.KEY_ROTATE}))

    @pytest.mark.parametrize("days", [0, 366, -1])
    def test_refuses_a_life_of(self, acme: Company, days: int) -> None:
        with pytest.raises(tokens.TokenRefused):
            make(acme.member, days=days)

    def test_refuses_an_empty_one(self, acme: Company) -> None:
        with pytest.raises(tokens.TokenRefused):
            make(acme.member, scopes=frozenset())

    def test_makes_no_token_for_a_token(self, acme: Company) -> None:
        actor = tokens.authenticate_token(make(acme.owner, scopes=frozenset({Permission.TOKEN_WRITE})).secret, now=NOW)
        assert actor is not None
        with pytest.raises(tokens.TokenRefused):
            make(actor)


class TestAuthenticateToken:
    def test_becomes_the_member_narrowed(self, acme: Company) -> None:
        made = make(acme.owner, scopes=frozenset({Permission.DEAL_READ, Permission.DEAL_WRITE}))
        actor = tokens.authenticate_token(made.secret, now=NOW, request_id="r", address="192.0.2.1")
        assert actor == Actor(
            kind=ActorKind.TOKEN,
            workspace_id=acme.workspace_id,
            user_id=acme.owner.user_id,
            member_id=acme.owner.member_id,
            role=acme.owner.role,
            token_id=made.record.id,
            scopes=frozenset({Permission.DEAL_READ, Permission.DEAL_WRITE}),
            request_id="r",
            address="192.0.2.1",
        )

    def test_reads_through_the_reader_when_it_may_only_read(self, acme: Company) -> None:
        actor = tokens.authenticate_token(make(acme.owner).secret, now=NOW)
        assert actor is not None
        assert actor.reads_only

    def test_notes_its_last_use_to_the_minute(self, acme: Company) -> None:
        made = make(acme.member)
        for seconds in (0, 30, 90):
            assert tokens.authenticate_token(made.secret, now=NOW + timedelta(seconds=seconds))
        with scope.enter(acme.member):
            assert ApiToken.objects.get().last_used_at == NOW + timedelta(seconds=90)

    @pytest.mark.parametrize("raw", ["", "auctor_", "auctor_wrong", "Bearer", "auctor_" + "x" * 500, "auctor_ä"])
    def test_knows_nobody_by(self, db: None, raw: str) -> None:
        assert tokens.authenticate_token(raw, now=NOW, address="192.0.2.1") is None

    def test_ends_with_its_time(self, acme: Company) -> None:
        made = make(acme.member, days=1)
        assert tokens.authenticate_token(made.secret, now=NOW + timedelta(hours=23))
        assert tokens.authenticate_token(made.secret, now=NOW + timedelta(days=1), address="a") is None

    def test_ends_with_its_member(self, acme: Company) -> None:
        made = make(acme.member)
        assert acme.member.member_id
        with scope.enter(acme.owner):
            members.deactivate_member(acme.owner, member_id=acme.member.member_id, now=NOW)
        assert tokens.authenticate_token(made.secret, now=NOW, address="a") is None

    def test_ends_with_the_workspace(self, acme: Company) -> None:
        made = make(acme.member)
        with scope.enter(acme.owner):
            workspaces.close_workspace(acme.owner, now=NOW)
        assert tokens.authenticate_token(made.secret, now=NOW, address="a") is None

    def test_limits_an_address_that_guesses(self, db: None) -> None:
        for _ in range(limits.WRONG_TOKEN_BY_ADDRESS.amount):
            assert tokens.authenticate_token("auctor_wrong", now=NOW, address="192.0.2.1") is None
        with pytest.raises(limits.TooManyTries):
            tokens.authenticate_token("auctor_wrong", now=NOW, address="192.0.2.1")
        assert tokens.authenticate_token("auctor_wrong", now=NOW, address="192.0.2.2") is None


class TestCountCall:
    def test_limits_the_calls_of_a_token(self, acme: Company) -> None:
        actor = tokens.authenticate_token(make(acme.member).secret, now=NOW)
        assert actor is not None
        for _ in range(limits.TOKEN.amount):
            tokens.count_call(actor, now=NOW)
        with pytest.raises(limits.TooManyTries) as caught:
            tokens.count_call(actor, now=NOW)
        assert caught.value.retry_after == 10


class TestRevokeToken:
    def test_works_at_once(self, acme: Company) -> None:
        made = make(acme.member)
        with scope.enter(acme.member):
            assert tokens.revoke_token(acme.member, token_id=made.record.id, now=NOW).revoked_at == NOW
        assert tokens.authenticate_token(made.secret, now=NOW, address="a") is None

    def test_is_refused_for_somebody_elses(self, acme: Company, borealis: Company) -> None:
        made = make(acme.member)
        for actor in (acme.manager, borealis.owner):
            with scope.enter(actor), pytest.raises(tokens.NoToken):
                tokens.revoke_token(actor, token_id=made.record.id, now=NOW)
        with scope.enter(acme.admin):
            tokens.revoke_token(acme.admin, token_id=made.record.id, now=NOW)

    def test_answers_a_foreign_id_like_a_random_one(self, acme: Company) -> None:
        with scope.enter(acme.owner), pytest.raises(tokens.NoToken):
            tokens.revoke_token(acme.owner, token_id=uuid7(), now=NOW)


class TestListTokens:
    def test_shows_ones_own(self, acme: Company) -> None:
        make(acme.member)
        with scope.enter(acme.manager):
            assert tokens.list_tokens(acme.manager) == []
            with pytest.raises(Forbidden):
                tokens.list_tokens(acme.manager, of_all=True)
        with scope.enter(acme.admin):
            assert [one.name for one in tokens.list_tokens(acme.admin, of_all=True)] == ["Nightly export"]
