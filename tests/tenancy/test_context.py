"""The signed context: Python signs, PostgreSQL checks."""

import hashlib
import hmac
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from auctor.tenancy import context, roles
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import Actor, ActorKind


def read(value: str) -> tuple[object, ...]:
    """What the database makes of a context, as the running role."""
    dsn = roles.dsn(settings.AUCTOR_SERVER, "auctor_app", settings.AUCTOR_DATA)
    with psycopg.connect(dsn) as connection:
        connection.execute("SELECT set_config('app.ctx', %s, true)", [value])
        row = connection.execute(
            "SELECT auctor.ctx_workspace(), auctor.ctx_user(), auctor.ctx_member(), auctor.ctx_role()"
        ).fetchone()
    assert row is not None
    return row


PERSON = Actor(kind=ActorKind.PERSON, workspace_id=uuid4(), user_id=uuid4(), member_id=uuid4(), role=Role.MANAGER)
NOTHING = (None, None, None, None)


class TestSign:
    """What is signed is believed; nothing else is."""

    def test_is_believed_by_the_database(self, committed: None) -> None:
        value = context.sign(PERSON, settings.AUCTOR_CONTEXT_KEY)
        assert read(value) == (PERSON.workspace_id, PERSON.user_id, PERSON.member_id, "manager")

    def test_names_the_product_itself_system(self, committed: None) -> None:
        value = context.sign(Actor.system(PERSON.workspace_id, "worker"), settings.AUCTOR_CONTEXT_KEY)
        assert read(value) == (PERSON.workspace_id, None, None, "system")

    def test_ends_with_its_time(self, committed: None) -> None:
        assert read(context.sign(PERSON, settings.AUCTOR_CONTEXT_KEY, now=1_000_000)) == NOTHING

    def test_gives_nothing_without_a_context(self, committed: None) -> None:
        assert read("") == NOTHING

    @pytest.mark.parametrize("field", [0, 1, 2, 3, 4, 5])
    def test_is_refused_when_any_field_was_changed(self, committed: None, field: int) -> None:
        parts = context.sign(PERSON, settings.AUCTOR_CONTEXT_KEY).split(".")
        parts[field] = {3: "owner", 4: "99999999999", 5: "0" * 64}.get(field, str(uuid4()))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not signed"):
            read(".".join(parts))

    def test_is_refused_when_another_key_signed(self, committed: None) -> None:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not signed"):
            read(context.sign(PERSON, b"another key of thirty-two bytes!"))

    def test_is_refused_when_it_is_malformed(self, committed: None) -> None:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not signed"):
            read("owner")

    def test_key_is_hidden_from_every_running_role(self, committed: None) -> None:
        for role in roles.LOGIN_ROLES:
            dsn = roles.dsn(settings.AUCTOR_SERVER, role, settings.AUCTOR_DATA)
            with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SELECT * FROM auctor.context_key")


class TestSaysSomething:
    def test_is_true_of_people_programs_and_the_product(self) -> None:
        assert context.says_something(PERSON)
        assert context.says_something(Actor.system(None, "worker"))
        assert context.says_something(replace(PERSON, workspace_id=None, member_id=None, role=None))

    def test_is_false_of_nobody(self) -> None:
        assert not context.says_something(None)
        assert not context.says_something(Actor.anonymous())


class TestPadded:
    """The two keys make RFC 2104 out of plain SHA-256."""

    def test_agrees_with_the_standard_library(self) -> None:
        key, message = b"k" * 32, b"message"
        inner, outer = context.padded(key)
        ours = hashlib.sha256(outer + hashlib.sha256(inner + message).digest()).digest()
        assert ours == hmac.new(key, message, hashlib.sha256).digest()
