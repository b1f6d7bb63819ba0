"""What row-level security costs: the same queries on the same rows, with and without the walls.

Two tables with equal rows and equal indexes; the running role reads and writes both. On the plain one the query names
its workspace, as a careful programmer would. Rounds alternate, so that a noisy machine harms both alike; the figure of a
query is the ratio of the medians.
"""

import json
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from bench.support.cluster import product

WORKSPACES = 200
ROWS = 1_000_000
ROUNDS = 41
LIMIT = 1.3

TABLE = """
CREATE TABLE {name} (
    id uuid NOT NULL CONSTRAINT {name}_pkey PRIMARY KEY, workspace_id uuid NOT NULL, owner_member_id uuid,
    stage smallint NOT NULL, amount bigint NOT NULL, closes_on date NOT NULL, changed_at timestamptz NOT NULL
)
"""
INDEXES = """
CREATE INDEX ON {name} (workspace_id, stage, closes_on);
CREATE INDEX ON {name} (workspace_id, changed_at DESC);
CREATE INDEX ON {name} (workspace_id) INCLUDE (owner_member_id);
"""
FILL = """
INSERT INTO {name}
SELECT md5('d' || n)::uuid, md5('w' || n % {workspaces})::uuid, md5('m' || n % 1000)::uuid, n % 7, n * 17 % 1000003,
       date '2026-01-01' + (n % 365)::int, timestamptz '2026-01-01' + n * interval '1 second'
FROM generate_series(1, {rows}) AS n
"""
QUERIES = {
    "one row by id": "SELECT * FROM {t} WHERE {ws} id = %(id)s",
    "a page, newest first": "SELECT * FROM {t} WHERE {ws} true ORDER BY changed_at DESC LIMIT 50",
    "filter and sort": "SELECT * FROM {t} WHERE {ws} stage = 3 AND closes_on < '2026-03-01'"
    " ORDER BY closes_on LIMIT 50",
    "count": "SELECT count(*) FROM {t} WHERE {ws} true",
    "sum by stage": "SELECT stage, sum(amount), count(*) FROM {t} WHERE {ws} true GROUP BY stage",
    "filter without an index": "SELECT count(*) FROM {t} WHERE {ws} amount > 900000",
    "update one row": "UPDATE {t} SET amount = amount + 1 WHERE {ws} id = %(id)s",
    "insert one row": "INSERT INTO {t} VALUES (%(new)s, %(workspace)s, NULL, 1, 1, '2026-01-01', now())",
}


def main() -> None:
    """Print the ratios; exit code 1 when one is above the limit."""
    with product() as data:
        from django.conf import settings

        from auctor.tenancy import roles

        prepare(settings.AUCTOR_SERVER.admin_dsn())
        figures = measure(roles.dsn(settings.AUCTOR_SERVER, "auctor_app", data), data)
    ratios = {name: figure["ratio"] for name, figure in figures.items()}
    print(json.dumps({"rows": ROWS, "workspaces": WORKSPACES, "queries": figures, "limit": LIMIT}))
    sys.exit(any(ratio > LIMIT for ratio in ratios.values()))


def prepare(dsn: str) -> None:
    """Both tables, filled, indexed, analysed; the walls around one of them."""
    from auctor.tenancy.policy import ProtectTable

    with psycopg.connect(dsn, autocommit=True) as admin:
        for name in ("plain", "walled"):
            admin.execute(TABLE.format(name=name))
            admin.execute(FILL.format(name=name, workspaces=WORKSPACES, rows=ROWS))
            if name == "walled":
                for statement in ProtectTable(name, owner_column="owner_member_id").forwards():
                    admin.execute(statement)
            else:
                admin.execute("ALTER TABLE plain DROP CONSTRAINT plain_pkey, ADD PRIMARY KEY (workspace_id, id)")
                admin.execute("GRANT ALL ON plain TO auctor_app")
            admin.execute(INDEXES.format(name=name))
            admin.execute(f"VACUUM ANALYZE {name}")


def measure(dsn: str, data: Path) -> dict[str, dict[str, float]]:
    """Milliseconds of each query on both tables and their ratio."""
    from auctor.tenancy import context, roles
    from auctor.tenancy.permissions import Role
    from auctor.tenancy.records import Actor, ActorKind

    workspace = UUID(bytes=__import__("hashlib").md5(b"w7", usedforsecurity=False).digest())
    actor = Actor(ActorKind.PERSON, workspace_id=workspace, user_id=uuid4(), member_id=uuid4(), role=Role.OWNER)
    value = context.sign(replace(actor), roles.context_key(data))
    figures = {}
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT id FROM plain WHERE workspace_id = %s LIMIT 1", [workspace]).fetchone()
        assert row is not None
        for name, query in QUERIES.items():
            times: dict[str, list[float]] = {"plain": [], "walled": []}
            for _ in range(ROUNDS):
                for table in times:
                    times[table].append(once(connection, query, table, value, {"id": row[0], "workspace": workspace}))
            plain, walled = (statistics.median(times[t]) * 1000 for t in ("plain", "walled"))
            figures[name] = {
                "plain_ms": round(plain, 3),
                "walled_ms": round(walled, 3),
                "ratio": round(walled / plain, 3),
            }
    return figures


def once(connection: psycopg.Connection, query: str, table: str, value: str, words: dict[str, UUID]) -> float:
    """Seconds of one execution in a transaction of its own that says for whom it runs; rolled back."""
    named = "workspace_id = %(workspace)s AND" if table == "plain" else ""
    statement = query.format(t=table, ws=named)
    connection.execute(f"SET LOCAL app.ctx = '{value}'")
    began = time.perf_counter()
    cursor = connection.execute(statement, {**words, "new": uuid4()})
    if cursor.description:
        cursor.fetchall()
    took = time.perf_counter() - began
    connection.rollback()
    return took


if __name__ == "__main__":
    main()
