"""The lint finds what it is for: each rule is broken once, in a transaction that is thrown away."""

from collections.abc import Iterator

import psycopg
import pytest

from auctor.tenancy import lint
from tests.conftest import superuser

BREACHES = {
    "Row-level security is enabled and forced, also on each partition": (
        "ALTER TABLE identity_member NO FORCE ROW LEVEL SECURITY"
    ),
    "A granted command has a policy": "DROP POLICY workspace_read ON identity_member",
    "A policy names the workspace of the signed context, once for a query": (
        "CREATE POLICY all_of_it ON identity_member FOR SELECT TO auctor_app USING (true)"
    ),
    "A primary key begins with workspace_id": (
        "ALTER TABLE identity_invitation DROP CONSTRAINT identity_invitation_pkey, ADD PRIMARY KEY (id)"
    ),
    "A unique index begins with workspace_id": "CREATE UNIQUE INDEX leak ON identity_apitoken (digest)",
    "A foreign key begins with workspace_id": (
        "CREATE UNIQUE INDEX leak ON identity_member (id);"
        " ALTER TABLE identity_apitoken ADD FOREIGN KEY (member_id) REFERENCES identity_member (id)"
    ),
    "A view runs as whoever asks": "CREATE VIEW leak AS SELECT * FROM identity_member",
    "Nobody reads a materialized view or a partition directly": (
        "CREATE MATERIALIZED VIEW leak AS SELECT * FROM identity_member; GRANT SELECT ON leak TO auctor_app"
    ),
    "Nobody may truncate": "GRANT TRUNCATE ON identity_member TO auctor_app",
    "Nothing is granted to everybody": "GRANT SELECT ON identity_user TO PUBLIC",
    "The reader changes nothing": "GRANT UPDATE ON identity_member TO auctor_reader",
    "A running role owns nothing": "ALTER TABLE identity_link OWNER TO auctor_app",
    "A running role has no right beyond its grants": "GRANT auctor_owner TO auctor_app",
    "The owner has no login and walks through no wall": "ALTER ROLE auctor_owner BYPASSRLS",
    "A function that runs as its owner fixes its search path": (
        "CREATE FUNCTION leak() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"
    ),
    "A function that runs as its owner is not for everybody": (
        "CREATE FUNCTION leak() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1'"
    ),
}


@pytest.fixture
def admin(db: None) -> Iterator[psycopg.Connection]:
    with superuser() as connection, connection.transaction(force_rollback=True):
        yield connection


class TestFindBreaches:
    @pytest.mark.parametrize("rule", list(lint.RULES))
    def test_finds_a_breach_of(self, admin: psycopg.Connection, rule: str) -> None:
        before = {finding.rule for finding in lint.find_breaches(admin.cursor())}
        assert rule not in before
        for statement in BREACHES[rule].split(";"):
            admin.execute(statement.strip().encode())
        found = [finding for finding in lint.find_breaches(admin.cursor()) if finding.rule == rule]
        assert len(found) >= 1

    def test_has_an_example_of_every_rule(self) -> None:
        assert set(BREACHES) == set(lint.RULES)


class TestFindRuleless:
    def test_names_tables_without_a_rule(self) -> None:
        assert [finding.where for finding in lint.find_ruleless(["a", "b"], {})] == ["a", "b"]
