"""How fast a real history comes in, and how fast activities are written under row-level security.

The folder is the loan applications beside the repository. Activities are written by the import's own writer into the
indexed table, without labels and with sealed ones. The peer is a table of the same columns and indexes without walls,
into which the same rows go by a bare binary COPY; rounds alternate, so that a noisy machine harms both alike. Each
figure is the best of the rounds, because a busy machine can only make it worse.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import polars as pl

from bench.support.cluster import product

LOANS = Path(__file__).resolve().parents[2] / "shared" / "data" / "loans-2012"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
ROWS = 200_000
ROUNDS = 5
DEALS = 20_000
LIMITS = {"import_seconds": 10.0, "rows_per_second": 200_000.0}


def main() -> None:
    """Print the figures; exit code 1 when one misses its limit."""
    with product() as data:
        from auctor.vault.startup import prepare

        prepare(data)
        figures: dict[str, float] = {**measure_import(), **measure_writes()}
    print(json.dumps({"figures": figures, "limits": LIMITS, "rows": ROWS, "rounds": ROUNDS}))
    missed = figures["import_seconds"] > LIMITS["import_seconds"]
    sys.exit(missed or figures["rows_per_second"] < LIMITS["rows_per_second"])


def workspace() -> UUID:
    """A workspace of its own."""
    from django.db import transaction

    from auctor.tenancy import scope
    from auctor.tenancy.models import Workspace
    from auctor.tenancy.records import Actor

    made = uuid4()
    with transaction.atomic(), scope.enter(Actor.system(made, "bench")):
        Workspace.objects.create(id=made, kind="real", state="active", created_at=NOW)
    return made


def measure_import() -> dict[str, float]:
    """Seconds of the first import, and of a second one that finds nothing to do."""
    from django.db import transaction

    from auctor.crm.import_folder import import_folder
    from auctor.tenancy import scope
    from auctor.tenancy.records import Actor

    figures = {}
    actor = Actor.system(workspace(), "bench")
    for name in ("import", "second_import"):
        began, worked = time.perf_counter(), time.process_time()
        with transaction.atomic(), scope.enter(actor):
            report = import_folder(actor, folder=LOANS, now=NOW)
        assert not report.is_refused, report.problems
        figures[f"{name}_seconds"] = round(time.perf_counter() - began, 2)
        figures[f"{name}_own_processor_seconds"] = round(time.process_time() - worked, 2)
    return figures


def measure_writes() -> dict[str, float]:
    """Rows a second: ours, the peer's in the same rounds, ours with a sealed label in each row."""
    import psycopg
    from django.conf import settings

    made, ours, peer = workspace(), [], []
    with psycopg.connect(settings.AUCTOR_SERVER.admin_dsn(), autocommit=True) as admin:
        admin.execute("CREATE TABLE peer (LIKE crm_activity INCLUDING INDEXES INCLUDING DEFAULTS)")
        for number in range(ROUNDS):
            frame = activities(number)
            peer.append(write_peer(admin, made, frame))
            ours.append(write(made, frame, labels=False))
    labelled = max(write(made, activities(ROUNDS + number), labels=True) for number in range(2))
    return {
        "rows_per_second": round(max(ours)),
        "peer_rows_per_second": round(max(peer)),
        "ratio_to_peer": round(max(ours) / max(peer), 2),
        "rows_per_second_with_sealed_labels": round(labelled),
    }


def write_peer(admin: Any, workspace_id: UUID, frame: pl.DataFrame) -> float:
    """Rows a second of a bare COPY of rows that were encoded before."""
    from auctor.crm import binary
    from auctor.crm.models.activities import Activity

    usual = {field.name: field.get_default() for field in Activity._meta.concrete_fields if field.has_default()}
    said = {"workspace_id": workspace_id, **usual}
    rows = frame.drop("is_new").with_columns(
        pl.lit(value.hex if isinstance(value, UUID) else value).alias(name)
        for name, value in said.items()
        if name not in frame.columns
    )
    types = dict(
        admin.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'peer'::regclass"
        ).fetchall()
    )
    order, content = binary.encode(rows, {name: types[name] for name in rows.columns})
    began = time.perf_counter()
    with admin.cursor().copy(f"COPY peer ({', '.join(order)}) FROM STDIN (FORMAT binary)") as copy:
        copy.write(content)
    return frame.height / (time.perf_counter() - began)


def activities(number: int) -> pl.DataFrame:
    """One portion, sorted by deal as the import sorts; ids begin as their deals' do, as the import makes them."""
    made = [uuid4().hex for _ in range(DEALS)]
    deals = pl.Series("deal_id", [made[n % DEALS] for n in range(ROWS)])
    keys = pl.Series("id", [made[n % DEALS][:12] + uuid4().hex[12:] for n in range(ROWS)])
    moments = pl.datetime_range(
        NOW - timedelta(seconds=ROWS * (number + 1)), NOW, "1s", time_zone="UTC", eager=True
    ).head(ROWS)
    frame = pl.DataFrame({"id": keys, "deal_id": deals, "occurred_at": moments.dt.cast_time_unit("us")})
    return frame.with_columns(
        recorded_at="occurred_at",
        observed_at=pl.lit(NOW),
        owner_id=pl.lit(uuid4().hex),
        thread=pl.int_range(pl.len()) * 7919,
        kind=pl.lit(1),
        flow=pl.lit(1),
        state=pl.lit(2),
        remote_id=pl.col("id").str.head(12),
        content="id",
        is_new=pl.lit(value=True),
    ).sort("deal_id", "occurred_at")


def write(workspace_id: UUID, frame: pl.DataFrame, *, labels: bool) -> float:
    """Rows a second, the commit included."""
    from django.db import transaction

    from auctor.crm import bulk
    from auctor.crm.models.activities import Activity
    from auctor.tenancy import scope
    from auctor.tenancy.records import Actor

    if labels:
        frame = frame.with_columns(label=pl.lit("Call about the offer ") + pl.col("remote_id"))
    began = time.perf_counter()
    with transaction.atomic(), scope.enter(Actor.system(workspace_id, "bench")):
        bulk.write(Activity, frame, workspace_id=workspace_id, updates=("content",))
    return frame.height / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
