"""Rows reach the table as they were, behind the wall."""

from datetime import UTC, date, datetime
from uuid import uuid4

import polars as pl
import pytest
from django.db import Error, connection, transaction

from auctor.crm import bulk
from auctor.crm.binary import array_bytes
from auctor.crm.models.activities import Activity
from auctor.tenancy import scope
from tests.cast import NOW, Company

KINDS = {
    "small": "smallint",
    "whole": "integer",
    "large": "bigint",
    "share": "double precision",
    "is_so": "boolean",
    "on_day": "date",
    "at": "timestamptz",
    "key": "uuid",
    "digest": "bytea",
    "name": "varchar",
    "numbers": "bigint[]",
}
ROWS = pl.DataFrame(
    {
        "small": [-1, None, 3],
        "whole": [2**31 - 1, None, 0],
        "large": [-(2**63), None, 2**63 - 1],
        "share": [0.1, None, -1e300],
        "is_so": [True, None, False],
        "on_day": [date(1970, 1, 1), None, date(2199, 12, 31)],
        "at": [datetime(1999, 12, 31, 23, 59, 59, 999_999, UTC), None, NOW],
        "key": [uuid4().hex, None, uuid4().hex],
        "digest": ["00ff", None, ""],
        "name": ["Zoë, “quoted”\n", None, ""],
        "numbers": [array_bytes([-1, 2]), None, array_bytes([])],
    }
)


def activities(company: Company, count: int) -> pl.DataFrame:
    """Rows of `crm_activity`."""
    return pl.DataFrame(
        {
            "id": [uuid4().hex for _ in range(count)],
            "remote_id": [f"a{number}" for number in range(count)],
            "label": [f"Call {number}" if number % 2 else None for number in range(count)],
            "recorded_at": [NOW] * count,
            "observed_at": [NOW] * count,
            "kind": [1] * count,
            "flow": [1] * count,
            "state": [2] * count,
        }
    )


class TestStageRows:
    def test_keeps_every_kind_of_value(self, db: None) -> None:
        bulk.stage_rows("everything", KINDS, ROWS)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM everything")
            rows = cursor.fetchall()
        for number, row in enumerate(rows):
            told = dict(zip(KINDS, row, strict=True))
            for name in ("small", "whole", "large", "share", "is_so", "on_day", "at", "name"):
                assert told[name] == ROWS[name][number], name
        assert rows[0][7].hex == ROWS["key"][0]
        assert (bytes(rows[0][8]), bytes(rows[2][8])) == (b"\0\xff", b"")
        assert [row[10] for row in rows] == [[-1, 2], None, []]


class TestWrite:
    def test_seals_texts_for_their_own_rows(self, acme: Company) -> None:
        with scope.enter(acme.admin):
            bulk.write(Activity, activities(acme, 4), workspace_id=acme.workspace_id)
            labels = {row.remote_id: row.label for row in Activity.objects.all()}
        assert labels == {"a0": None, "a1": "Call 1", "a2": None, "a3": "Call 3"}

    def test_writes_portion_by_portion(self, acme: Company) -> None:
        count = bulk.PORTION * 2 + 1
        with scope.enter(acme.admin):
            bulk.write(Activity, activities(acme, count).drop("label"), workspace_id=acme.workspace_id)
            assert Activity.objects.count() == count

    def test_writes_what_all_rows_share_and_what_they_do_not(self, acme: Company) -> None:
        count = bulk.PORTION + 3
        shared = {"owner_id": uuid4(), "occurred_at": NOW, "thread": None, "kind": 1, "is_automatic": True}
        rows = activities(acme, count).with_columns(
            pl.lit(shared["owner_id"].hex).alias("owner_id"),  # type: ignore[attr-defined]
            pl.lit(NOW).dt.cast_time_unit("us").alias("occurred_at"),
            pl.lit(None, pl.Int64).alias("thread"),
            pl.lit(value=True).alias("is_automatic"),
            pl.when(pl.int_range(pl.len()) == 1).then(4).otherwise(2).alias("state"),
            pl.when(pl.int_range(pl.len()) != 2).then(7).alias("label_code"),
        )
        with scope.enter(acme.admin):
            bulk.write(Activity, rows, workspace_id=acme.workspace_id)
            assert Activity.objects.filter(**shared).count() == count
            assert list(Activity.objects.exclude(state=2).values_list("remote_id", "state")) == [("a1", 4)]
            assert Activity.objects.get(label_code=None).remote_id == "a2"

    def test_updates_only_the_columns_named(self, acme: Company) -> None:
        rows = activities(acme, 2)
        with scope.enter(acme.admin):
            bulk.write(Activity, rows, workspace_id=acme.workspace_id)
            changed = rows.with_columns(state=pl.lit(1), kind=pl.lit(5))
            bulk.write(Activity, changed, workspace_id=acme.workspace_id, updates=("state",))
            assert set(Activity.objects.values_list("state", "kind")) == {(1, 1)}

    def test_is_held_by_the_wall(self, acme: Company, borealis: Company) -> None:
        refused = pytest.raises(Error, match="row-level security")
        with scope.enter(acme.admin), refused, transaction.atomic():
            bulk.write(Activity, activities(acme, 1).drop("label"), workspace_id=borealis.workspace_id)


class TestClassify:
    def test_tells_new_changed_and_unchanged_rows(self, acme: Company) -> None:
        rows = activities(acme, 3).with_columns(content=pl.Series(["aa", "bb", "cc"]))
        with scope.enter(acme.admin):
            bulk.write(Activity, rows.head(2), workspace_id=acme.workspace_id)
            asked = rows.with_columns(content=pl.Series(["aa", "ff", "cc"]))
            told = bulk.classify(Activity, asked, workspace_id=acme.workspace_id)
        assert told.select("is_new", "is_changed").rows() == [(False, False), (False, True), (True, False)]
