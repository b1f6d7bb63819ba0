"""Deals, their contacts, custom values, changes, and where history says that they stand."""

from dataclasses import replace

import polars as pl
from django.db import connection

from auctor.crm import bulk
from auctor.crm.importing.file import File, Folder
from auctor.crm.importing.form import CUSTOM
from auctor.crm.importing.history import stage_intervals, standing
from auctor.crm.loading.bursts import mark_bulk_edits
from auctor.crm.loading.pipelines import stage_kinds
from auctor.crm.loading.run import Run
from auctor.crm.models.deals import CustomField, CustomValue, Deal, DealChange, DealContact, StageInterval
from auctor.crm.shaping import deals as shaping
from auctor.crm.vocabulary import Basis, ChangedField, Entity

COLUMNS = {
    "name": ("name",),
    "company_id": ("company_id",),
    "owner_id": ("owner_id", "owner_member_id"),
    "pipeline_id": ("pipeline_id",),
    "created_at": ("created_at",),
    "amount": ("amount",),
    "currency": ("currency",),
    "close_date": ("close_on", "close_zone"),
    "forecast_category": ("forecast",),
    "next_step": ("next_step",),
    "next_step_on": ("next_step_on",),
}
STANDING = ("stage_id", "stage_since", "stage_kind", "closed_at", "is_close_inferred")
MOMENT = pl.Datetime("us", "UTC")
PRESENT: bulk.Schema = {"id": pl.String, "created_at": MOMENT, "stage_id": pl.String, "close_on": pl.Date}
# A value that is told again as it was keeps the moment at which it was first seen.
SEEN_SINCE = {
    "observed_at": "CASE WHEN crm_customvalue.code IS NOT DISTINCT FROM excluded.code THEN"
    " crm_customvalue.observed_at ELSE excluded.observed_at END"
}
STAGE_CHANGES: bulk.Schema = {
    "deal_id": pl.String,
    "changed_at": MOMENT,
    "place": pl.Int32,
    "old_ref": pl.String,
    "new_ref": pl.String,
}


def load_deals(run: Run, folder: Folder, *, zone: str) -> None:
    """Deals with where they stand, their changes and intervals. `zone` is where their close dates were meant."""
    deals = run.sort_out("deals", Deal, shaping.deals(_told_by_history(folder), run.keys))
    changes = _new_changes(run, folder)
    moved = pl.concat([deals["id"], changes["deal_id"].alias("id")]).unique()
    intervals, stands = _history(run, folder, deals, changes, moved)
    run.touch(moved)
    if run.is_rehearsal:
        return
    _write_deals(run, folder["deals"], deals, stands, zone)
    _write_standing(stands.filter(~pl.col("deal_id").is_in(deals["id"].implode())))
    _load_custom(run, folder, deals)
    seen = changes.with_columns(observed_at=run.moment, basis=pl.lit(int(Basis.IMPORT), pl.Int16))
    run.write(DealChange, seen)
    if changes.height:
        mark_bulk_edits(run, changes)
    _write_intervals(run, moved, intervals)


def load_deal_contacts(run: Run, folder: Folder) -> None:
    """Contacts on deals. Those that the file does not name stay: it never says that it is complete."""
    if "deal_contacts" not in folder:
        return
    file = folder["deal_contacts"]
    every = shaping.deal_contacts(file, run.keys)
    rows = _without_known_clocks(run, file, every, run.sort_out("deal_contacts", DealContact, every))
    run.touch(rows["deal_id"])
    seen = rows.with_columns(first_seen_at=run.moment, last_confirmed_at=run.moment)
    run.write(DealContact, seen, updates=("content", "last_confirmed_at", "since", "until", "ended_at"))


def _without_known_clocks(run: Run, file: File, every: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Without those whose only news is since when they are on the deal, if that is when they were first seen here.

    Whoever does not say it is answered by our own clock, which an export writes down.
    """
    if "from" not in file.given or rows["is_new"].all():
        return rows
    bare = pl.Series("content", shaping.contacts_without_clock(file, run.keys), dtype=pl.String)
    told = every.select("id", "since", bare)
    asked = told.filter(pl.col("since").is_not_null()).join(rows.filter(~pl.col("is_new")), on="id", how="semi")
    bulk.stage_rows("contacts_changed", {"id": "uuid", "since": "timestamptz", "content": "bytea"}, asked)
    same = bulk.read(
        "SELECT c.id FROM crm_dealcontact c JOIN contacts_changed n ON n.id = c.id AND n.content = c.content"
        " AND n.since = c.first_seen_at WHERE c.workspace_id = %s AND c.since IS NULL",
        [run.workspace_id],
        {"id": pl.String},
    )
    run.found_unchanged("deal_contacts", same.height)
    return rows.join(same, on="id", how="anti", maintain_order="left")


def _told_by_history(folder: Folder) -> File:
    """The deals file without the stages that `deal_changes` knows better."""
    file = folder["deals"]
    if "deal_changes" not in folder:
        return file
    moved = folder["deal_changes"].frame.filter(pl.col("field") == int(ChangedField.STAGE))["deal_id"].unique()
    stage = pl.when(~pl.col("deal_id").is_in(moved.implode())).then("stage_id")
    return replace(file, frame=file.frame.with_columns(stage_id=stage))


def _new_changes(run: Run, folder: Folder) -> pl.DataFrame:
    if "deal_changes" not in folder:
        return bulk.empty({"deal_id": pl.String, "field": pl.Int16, **_refs()})
    rows = shaping.changes(folder["deal_changes"], run.keys)
    return run.sort_out("deal_changes", DealChange, rows, compare="")


def _refs() -> bulk.Schema:
    return {"effective_at": MOMENT, "place": pl.Int32, "old_ref": pl.String, "new_ref": pl.String}


def _history(
    run: Run, folder: Folder, deals: pl.DataFrame, changes: pl.DataFrame, moved: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The intervals of the deals that moved, and where these stand; known changes and new ones together."""
    present, former = _known_history(run, moved)
    told = deals.select("id", "created_at", "stage_id", "close_on")
    there = pl.concat([told, present]).group_by("id").agg(pl.all().drop_nulls().first())
    new = changes.filter(pl.col("field") == int(ChangedField.STAGE)).select(
        "deal_id", "place", "old_ref", "new_ref", changed_at="effective_at"
    )
    every = pl.concat([former, new.select(former.columns)])
    begun = there.select("created_at", "stage_id", deal_id="id")
    intervals = stage_intervals(begun, every)
    stands = standing(intervals, stage_kinds(run, folder)).join(
        there.select("close_on", deal_id="id"), on="deal_id", how="left"
    )
    # Nobody knows when such a deal was closed; its close date is the best guess, and is labelled as one.
    guess = pl.when(pl.col("close_on") <= run.now.date()).then(pl.col("close_on").cast(MOMENT))
    closed = pl.when("is_close_inferred").then(guess).otherwise("closed_at")
    return intervals, stands.with_columns(closed_at=closed).drop("close_on")


def _known_history(run: Run, moved: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    bulk.stage_ids("deals_moved", moved)
    present = bulk.read(
        "SELECT d.id, d.created_at, d.stage_id, d.close_on FROM crm_deal d JOIN deals_moved m ON m.id = d.id"
        " WHERE d.workspace_id = %s",
        [run.workspace_id],
        PRESENT,
    )
    if not present.height:
        return present, bulk.empty(STAGE_CHANGES)
    former = bulk.read(
        "SELECT c.deal_id, c.effective_at, c.place, c.old_ref, c.new_ref FROM crm_dealchange c"
        " JOIN deals_moved m ON m.id = c.deal_id WHERE c.workspace_id = %s AND c.field = %s",
        [run.workspace_id, int(ChangedField.STAGE)],
        STAGE_CHANGES,
    )
    return present, former


def _write_deals(run: Run, file: File, deals: pl.DataFrame, stands: pl.DataFrame, zone: str) -> None:
    members = bulk.read(
        "SELECT id, member_id FROM crm_owner WHERE workspace_id = %s AND member_id IS NOT NULL",
        [run.workspace_id],
        {"owner_id": pl.String, "owner_member_id": pl.String},
    )
    rows = (
        deals.drop("stage_id")
        .join(stands.rename({"deal_id": "id"}), on="id", how="left", maintain_order="left")
        .join(members, on="owner_id", how="left", maintain_order="left")
        .with_columns(
            first_seen_at=run.moment,
            observed_at=run.moment,
            touched_at=run.moment,
            close_zone=pl.when(pl.col("close_on").is_not_null()).then(pl.lit(zone)),
        )
    )
    given = [ours for theirs, columns in COLUMNS.items() if theirs in file.given for ours in columns]
    updates = ("content", "record_state", "observed_at", "touched_at", *STANDING, *given)
    merges = {"known": "crm_deal.known | excluded.known"}
    bulk.write(Deal, rows, workspace_id=run.workspace_id, updates=updates, merges=merges, told=run.watch.advance)


def _write_standing(stands: pl.DataFrame) -> None:
    """Deals of which the folder told changes only."""
    for row in stands.iter_rows(named=True):
        Deal.objects.filter(id=row["deal_id"]).update(**{name: row[name] for name in STANDING})


def _load_custom(run: Run, folder: Folder, deals: pl.DataFrame) -> None:
    file = folder["deals"]
    names = [name.removeprefix(CUSTOM) for name in file.custom]
    if "deal_changes" in folder:
        names += folder["deal_changes"].frame["custom"].drop_nulls().unique().to_list()
    fields = shaping.custom_fields(names, run.keys)
    missing = bulk.find_missing(CustomField, fields, workspace_id=run.workspace_id)
    run.write(CustomField, missing.with_columns(first_seen_at=run.moment))
    if file.custom:
        values = shaping.custom_values(file, run.keys).join(deals.select(deal_id="id"), on="deal_id", how="semi")
        updates = ("value", "number", "code")
        run.write(CustomValue, values.with_columns(observed_at=run.moment), updates=updates, merges=SEEN_SINCE)


def _write_intervals(run: Run, moved: pl.Series, intervals: pl.DataFrame) -> None:
    """Derived, so the old ones simply go."""
    if not moved.len():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM crm_stageinterval WHERE workspace_id = %s AND deal_id IN (SELECT id FROM deals_moved)",
            [run.workspace_id],
        )
    named = intervals.select(pl.concat_str("deal_id", pl.col("place").cast(pl.String), separator=" ")).to_series()
    ids = run.keys.beside(Entity.INTERVAL, named, intervals["deal_id"])
    run.write(StageInterval, intervals.with_columns(id=ids, is_new=pl.lit(value=True)).sort("id"))
