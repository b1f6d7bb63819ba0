"""What row-level security costs: the same queries on the same rows, with and without the walls.

Two tables with equal rows and equal indexes, asked by the running role through Django, as the pages ask. On the plain
one the query names its workspace, as a careful programmer would. Rounds alternate, so that a noisy machine harms both
alike; the figure of a query is the ratio of the lower quartiles. Also told: what the walls add to one bare statement.
"""

import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg

from bench.support.cluster import product

WORKSPACES = 200
ROWS = 1_000_000
ROUNDS = 81
LIMIT = 1.3
WORKSPACE = UUID(bytes=hashlib.md5(b"w7", usedforsecurity=False).digest())

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

Query = Callable[[Any, UUID], Any]


def queries() -> dict[str, Query]:
    """Name -> what is asked of a queryset; the id is one of the workspace's rows."""
    from django.db.models import Count, Sum

    return {
        "one row by id": lambda rows, key: rows.get(id=key),
        "a page, newest first": lambda rows, _key: list(rows.order_by("-changed_at")[:50]),
        "filter and sort": lambda rows, _key: list(
            rows.filter(stage=3, closes_on__lt="2026-03-01").order_by("closes_on")[:50]
        ),
        "count": lambda rows, _key: rows.count(),
        "sum by stage": lambda rows, _key: list(rows.values("stage").annotate(Sum("amount"), Count("id"))),
        "filter without an index": lambda rows, _key: rows.filter(amount__gt=900_000).count(),
        "update one row": lambda rows, key: rows.filter(id=key).update(stage=4),
        "insert one row": lambda rows, _key: rows.model.objects.create(**new_row()),
    }


def new_row() -> dict[str, object]:
    """A row of the workspace."""
    return {
        "id": uuid4(),
        "workspace_id": WORKSPACE,
        "stage": 1,
        "amount": 1,
        "closes_on": "2026-01-01",
        "changed_at": "2026-01-01T00:00:00Z",
    }


def main() -> None:
    """Print the ratios; exit code 1 when one is above the limit."""
    with product() as data:
        from django.conf import settings

        prepare(settings.AUCTOR_SERVER.admin_dsn())
        figures = measure()
        added = measure_bare_statement(data)
    print(
        json.dumps(
            {
                "rows": ROWS,
                "workspaces": WORKSPACES,
                "queries": figures,
                "limit": LIMIT,
                "added_to_one_statement_us": added,
            }
        )
    )
    sys.exit(any(figure["ratio"] > LIMIT for figure in figures.values()))


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


def model_of(table: str) -> Any:
    """A Django model over one of the tables."""
    from django.db import models

    fields = {
        "id": models.UUIDField(primary_key=True),
        "workspace_id": models.UUIDField(),
        "owner_member_id": models.UUIDField(null=True),
        "stage": models.SmallIntegerField(),
        "amount": models.BigIntegerField(),
        "closes_on": models.DateField(),
        "changed_at": models.DateTimeField(),
        "Meta": type("Meta", (), {"app_label": "bench", "db_table": table, "managed": False}),
        "__module__": __name__,
    }
    return type(table.capitalize(), (models.Model,), fields)


def measure() -> dict[str, dict[str, float]]:
    """Milliseconds of each query on both tables and their ratio."""
    from auctor.tenancy import scope
    from auctor.tenancy.permissions import Role
    from auctor.tenancy.records import Actor, ActorKind

    plain, walled = model_of("plain"), model_of("walled")
    actor = Actor(ActorKind.PERSON, workspace_id=WORKSPACE, user_id=uuid4(), member_id=uuid4(), role=Role.OWNER)
    figures = {}
    with scope.enter(actor):
        key = once(lambda rows, _key: rows.first().id, plain.objects.filter(workspace_id=WORKSPACE), uuid4())[1]
        for name, query in queries().items():
            times: dict[str, list[float]] = {"plain": [], "walled": []}
            for _ in range(ROUNDS):
                times["plain"].append(once(query, plain.objects.filter(workspace_id=WORKSPACE), key)[0])
                times["walled"].append(once(query, walled.objects.all(), key)[0])
            without, held = (statistics.quantiles(times[t], n=4)[0] * 1000 for t in ("plain", "walled"))
            figures[name] = {
                "plain_ms": round(without, 3),
                "walled_ms": round(held, 3),
                "ratio": round(held / without, 3),
            }
    return figures


def once(query: Query, rows: Any, key: UUID) -> tuple[float, Any]:
    """Seconds of one query in a transaction that says for whom it runs, and its answer; rolled back."""
    from django.db import transaction

    with transaction.atomic():
        began = time.perf_counter()
        answer = query(rows, key)
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took, answer


def measure_bare_statement(data: Any) -> float:
    """Microseconds that checking the signed context adds to one statement, without Django around it."""
    from django.conf import settings

    from auctor.tenancy import context, roles
    from auctor.tenancy.records import Actor

    value = context.sign(Actor.system(WORKSPACE, "bench"), roles.context_key(data))
    times: dict[str, list[float]] = {"SELECT 1": [], "SELECT auctor.ctx_workspace()": []}
    with psycopg.connect(roles.dsn(settings.AUCTOR_SERVER, "auctor_app", data)) as connection:
        for _ in range(400):
            for statement in times:
                connection.execute(f"SET LOCAL app.ctx = '{value}'")
                began = time.perf_counter()
                connection.execute(statement).fetchall()
                times[statement].append(time.perf_counter() - began)
                connection.rollback()
    bare, checked = (statistics.quantiles(t, n=4)[0] for t in times.values())
    return round((checked - bare) * 1e6, 1)


if __name__ == "__main__":
    main()
