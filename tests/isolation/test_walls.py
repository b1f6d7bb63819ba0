"""Every table, every operation, every role: no foreign row is read or changed, with and without the first wall.

The tables come from the catalogue, so a new one is tried without anybody thinking of it. Acme's rows are foreign;
whoever tries stands in Borealis, or nowhere.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from psycopg import sql

from auctor.kit.ids import uuid7
from auctor.tenancy import context, roles, scope
from auctor.tenancy.permissions import Permission, Role
from auctor.tenancy.records import Actor, ActorKind
from auctor.tenancy.rows import WorkspaceRow
from tests.cast import Company
from tests.conftest import superuser
from tests.isolation.rows import Table, fill, list_tables

ROLES = ("auctor_app", "auctor_reader", "auctor_retention", "auctor_broker")
TRIERS: dict[str, Callable[[Company], Actor | None]] = {
    **{role.value: lambda company, role=role: company.of(role) for role in Role},  # type: ignore[misc]
    "token": lambda company: replace(
        company.owner, kind=ActorKind.TOKEN, token_id=uuid7(), scopes=frozenset(Permission)
    ),
    "system of another workspace": lambda company: company.system,
    "system of none": lambda _company: Actor.system(None, "test"),
    "person of none": lambda company: replace(company.owner, workspace_id=None, member_id=None, role=None),
    "anonymous": lambda _company: Actor.anonymous(),
    "nobody": lambda _company: None,
}


@pytest.fixture
def tables(committed: None, acme: Company, borealis: Company) -> list[Table]:
    with superuser() as admin:
        found = list_tables(admin)
        for company in (acme, borealis):
            fill(admin, found, company.workspace_id)
    return found


@contextmanager
def connected(role: str, actor: Actor | None) -> Iterator[psycopg.Connection]:
    """A connection of a database role without Django, in one transaction with the actor's signed context."""
    dsn = roles.dsn(settings.AUCTOR_SERVER, role, settings.AUCTOR_DATA)
    with psycopg.connect(dsn) as connection, connection.transaction(force_rollback=True):
        if actor is not None:
            value = context.sign(actor, settings.AUCTOR_CONTEXT_KEY)
            connection.execute(sql.SQL("SET LOCAL app.ctx = {}").format(sql.Literal(value)))
        yield connection


def attempt(connection: psycopg.Connection, statement: sql.Composed) -> int | None:
    """The number of rows a statement touched; None when the database refused it."""
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(statement).rowcount
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation):
        return None


def statements(table: Table, foreign: UUID, own: UUID) -> dict[str, sql.Composed]:
    """What a thief would send, written without any thought of walls."""
    words = {"table": table.quoted, "foreign": sql.Literal(foreign), "own": sql.Literal(own)}
    found = {
        "select": "SELECT FROM {table} WHERE workspace_id = {foreign}",
        "update": "UPDATE {table} SET workspace_id = workspace_id WHERE workspace_id = {foreign}",
        "take over": "UPDATE {table} SET workspace_id = {own} WHERE workspace_id = {foreign}",
        "give away": "UPDATE {table} SET workspace_id = {foreign} WHERE workspace_id = {own}",
        "delete": "DELETE FROM {table} WHERE workspace_id = {foreign}",
    }
    written = {name: sql.SQL(text).format(**words) for name, text in found.items()}
    return {**written, "insert": table.insert(table.values(foreign))}


def granted(connection: psycopg.Connection, table: Table, workspace_id: UUID) -> dict[str, object]:
    """A row of those columns only that the role may write, so that no missing grant hides a missing policy."""
    may = "SELECT has_column_privilege(%s, %s, 'INSERT')"
    values = table.values(workspace_id)
    name = f"{table.schema}.{table.name}"
    kept = {one: value for one, value in values.items() if connection.execute(may, [name, one]).fetchone() == (True,)}
    return kept or values


class TestSecondWall:
    """Plain SQL on connections of each database role: nothing of ours stands in between."""

    @pytest.mark.parametrize("role", ROLES)
    @pytest.mark.parametrize("trier", list(TRIERS))
    def test_gives_no_foreign_row_to(
        self, tables: list[Table], acme: Company, borealis: Company, trier: str, role: str
    ) -> None:
        leaks, tried = [], 0
        with connected(role, TRIERS[trier](borealis)) as connection:
            for table in tables:
                made = statements(table, acme.workspace_id, borealis.workspace_id)
                made["insert what is granted"] = table.insert(granted(connection, table, acme.workspace_id))
                for name, statement in made.items():
                    tried += 1
                    if attempt(connection, statement):
                        leaks.append(f"{name} {table.schema}.{table.name}")
        assert not leaks
        assert tried == len(tables) * 7

    def test_gives_the_sealer_nothing_but_the_log(self, tables: list[Table], acme: Company, borealis: Company) -> None:
        with connected("auctor_sealer", borealis.system) as connection:
            for table in tables:
                if table.schema != "audit":
                    made = statements(table, acme.workspace_id, borealis.workspace_id)
                    assert {attempt(connection, statement) for statement in made.values()} == {None}, table.name

    def test_stands_although_own_rows_are_seen(self, tables: list[Table], borealis: Company) -> None:
        seen = []
        with connected("auctor_app", borealis.owner) as connection:
            for table in tables:
                own = sql.SQL("SELECT FROM {} WHERE workspace_id = {}")
                seen.append(attempt(connection, own.format(table.quoted, sql.Literal(borealis.workspace_id))))
        assert all(seen), [t.name for t, rows in zip(tables, seen, strict=True) if not rows]

    def test_is_not_opened_by_an_unsigned_context(self, tables: list[Table], acme: Company) -> None:
        with connected("auctor_app", None) as connection:
            for table in tables:
                forged = f"{acme.workspace_id}...owner.99999999999.{'0' * 64}"
                statement = sql.SQL("SET LOCAL app.ctx = {}; SELECT FROM {}").format(sql.Literal(forged), table.quoted)
                with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                    connection.execute(statement)

    def test_shows_a_member_no_more_than_a_stranger_of_other_workspaces(
        self, tables: list[Table], acme: Company, borealis: Company
    ) -> None:
        with connected("auctor_app", borealis.owner) as connection:
            for table in tables:
                every = sql.SQL("SELECT DISTINCT workspace_id FROM {}").format(table.quoted)
                found = {row[0] for row in connection.execute(every).fetchall()}
                assert found <= {borealis.workspace_id}, table.name


class TestFirstWall:
    """The scoped managers of the models, and what they refuse."""

    @pytest.mark.parametrize("trier", [name for name in TRIERS if name != "nobody"])
    def test_names_the_workspace(self, tables: list[Table], acme: Company, borealis: Company, trier: str) -> None:
        actor = TRIERS[trier](borealis)
        assert actor is not None
        with scope.enter(actor), transaction.atomic():
            for model in scoped_models():
                if actor.workspace_id is None:
                    with pytest.raises(scope.NoScope):
                        model.objects.count()
                else:
                    assert model.objects.filter(workspace_id=acme.workspace_id).count() == 0
                assert model.unscoped.filter(workspace_id=acme.workspace_id).count() == 0

    def test_refuses_to_answer_nobody(self, tables: list[Table]) -> None:
        for model in scoped_models():
            with pytest.raises(scope.NoScope):
                model.objects.count()


def scoped_models() -> list[type[WorkspaceRow]]:
    return [model for model in apps.get_models() if issubclass(model, WorkspaceRow)]
