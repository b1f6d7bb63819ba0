"""Activities and who took part."""

from dataclasses import replace

import polars as pl

from auctor.crm import bulk
from auctor.crm.importing.file import File, Folder
from auctor.crm.loading.people import load_addresses
from auctor.crm.loading.run import Run
from auctor.crm.models.activities import Activity, Participant
from auctor.crm.shaping import activities as shaping
from auctor.crm.vocabulary import FILES, ActivityKind, PointKind

NAMED = {"id": pl.String, "remote_id": pl.String, "deal_id": pl.String}
COLUMNS = {
    "deal_id": ("deal_id",),
    "kind": ("kind",),
    "label": ("label", "label_code", "is_absence"),
    "direction": ("flow",),
    "occurred_at": ("occurred_at",),
    "ended_at": ("ended_at",),
    "recorded_at": ("recorded_at",),
    "state": ("state",),
    "due_at": ("due_at",),
    "owner_id": ("owner_id",),
    "thread_id": ("thread",),
}


STAYS_AUTOMATIC = "crm_activity.is_automatic OR excluded.is_automatic"


def load_activities(run: Run, folder: Folder) -> None:
    """Activities of the file, then their participants."""
    shaped = pl.DataFrame(schema=NAMED)
    if "activities" in folder:
        every = shaping.activities(folder["activities"], run.keys, now=run.now)
        told = _without_known_clocks(run, folder["activities"], run.sort_out("activities", Activity, every))
        rows = _without_moved(run, told)
        run.touch(rows["deal_id"])
        shaped = every.select(list(NAMED))
        _write(run, folder, rows)
    if "activity_participants" in folder:
        _load_participants(run, folder, shaped)


def _without_known_clocks(run: Run, file: File, rows: pl.DataFrame) -> pl.DataFrame:
    """Without those whose only news is when they were recorded, if that is what was concluded before.

    Whoever does not say when an activity was recorded is answered by our own conclusion, which an export writes down.
    """
    changed = rows.filter(~pl.col("is_new") & pl.col("recorded_at").is_not_null())
    if not changed.height or "recorded_at" not in file.given:
        return rows
    bare = shaping.contents_without_clock(file, changed["remote_id"], run.keys)
    asked = changed.select("id", "remote_id", "recorded_at").join(bare, on="remote_id")
    kinds = {"id": "uuid", "recorded_at": "timestamptz", "content": "bytea"}
    bulk.stage_rows("activities_changed", kinds, asked)
    same = bulk.read(
        "SELECT a.id FROM crm_activity a JOIN activities_changed n ON n.id = a.id AND n.content = a.content"
        " AND n.recorded_at = a.recorded_at WHERE a.workspace_id = %s",
        [run.workspace_id],
        {"id": pl.String},
    )
    run.found_unchanged("activities", same.height)
    return rows.join(same, on="id", how="anti", maintain_order="left")


def _without_moved(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """An activity that belongs to another deal now has another id; the row under its old deal goes."""
    new = rows.filter("is_new")
    if not new.height or not Activity.objects.exists():
        return rows
    bulk.stage_rows("activities_new", {"id": "uuid", "remote_id": "varchar"}, new)
    moved = bulk.read(
        "SELECT a.id, a.deal_id FROM crm_activity a JOIN activities_new n ON n.remote_id = a.remote_id AND n.id <> a.id"
        " WHERE a.workspace_id = %s AND a.connection_id = %s",
        [run.workspace_id, FILES],
        {"id": pl.String, "deal_id": pl.String},
    )
    if moved.height:
        count = run.counts["activities"]
        run.counts["activities"] = replace(
            count, create=count.create - moved.height, update=count.update + moved.height
        )
        run.touch(moved["deal_id"])
        if not run.is_rehearsal:
            Participant.objects.filter(activity_id__in=moved["id"].to_list()).delete()
            Activity.objects.filter(id__in=moved["id"].to_list()).delete()
    return rows


def _write(run: Run, folder: Folder, rows: pl.DataFrame) -> None:
    """Rows of a deal are stored side by side, because they are read together."""
    given = [ours for theirs, columns in COLUMNS.items() if theirs in folder["activities"].given for ours in columns]
    seen = rows.with_columns(observed_at=run.moment).sort("deal_id", "occurred_at")
    if "activity_participants" in folder:
        people = shaping.participants(folder["activity_participants"], rows.select(list(NAMED)), run.keys)
        machines = shaping.written_by_machines(people)
        automatic = pl.col("id").is_in(machines.implode()) & (pl.col("kind") == int(ActivityKind.EMAIL))
        seen = seen.with_columns(is_automatic=automatic | pl.col("is_absence"))
    # Who sent it is told by another file, which need not come along.
    merges = {} if "activity_participants" in folder else {"is_automatic": STAYS_AUTOMATIC}
    given += ["is_automatic"] if not merges else []
    run.write(Activity, seen, updates=("content", "observed_at", *given), merges=merges)


def _load_participants(run: Run, folder: Folder, shaped: pl.DataFrame) -> None:
    file = folder["activity_participants"]
    rows = shaping.participants(file, _named(run, file, shaped), run.keys)
    new = run.sort_out("activity_participants", Participant, rows, compare="reply")
    run.touch(new["deal_id"])
    met = new.filter(pl.col("email").is_not_null()).select(
        "address_id", kind=pl.lit(int(PointKind.EMAIL), pl.Int16), value="email"
    )
    load_addresses(run, met)
    people = _with_persons(run, new.drop("email")) if not run.is_rehearsal else new
    # Nobody tells when somebody answered; an answer that was another one before was given by now.
    people = people.with_columns(replied_at=pl.when(~pl.col("is_new")).then(run.moment))
    run.write(Participant, people.sort("deal_id", "activity_id"), updates=("reply", "replied_at"))


def _with_persons(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """Who somebody is as far as we know: one of ours, else the contact, else the address alone."""
    bulk.stage_ids("addresses_met", rows["address_id"].drop_nulls().unique())
    schema: bulk.Schema = {"address_id": pl.String, "met": pl.String}
    owners = bulk.read(
        "SELECT o.address_id, min(o.id::text) FROM crm_owner o JOIN addresses_met m ON m.id = o.address_id"
        " WHERE o.workspace_id = %s GROUP BY 1",
        [run.workspace_id],
        schema,
    )
    contacts = bulk.read(
        "SELECT p.address_id, replace(min(p.contact_id::text), '-', '') FROM crm_contactpoint p JOIN addresses_met m"
        " ON m.id = p.address_id WHERE p.workspace_id = %s AND p.ended_at IS NULL GROUP BY 1",
        [run.workspace_id],
        schema,
    )
    told = rows.join(owners.rename({"met": "by_owner"}), on="address_id", how="left", maintain_order="left")
    told = told.join(contacts.rename({"met": "by_contact"}), on="address_id", how="left", maintain_order="left")
    is_ours = pl.col("owner_id").is_not_null() | (pl.col("by_owner").is_not_null() & pl.col("contact_id").is_null())
    person = pl.when(~is_ours).then(pl.coalesce("contact_id", "by_contact", "address_id"))
    return told.with_columns(is_ours=is_ours, person_id=person).drop("by_owner", "by_contact")


def _named(run: Run, file: File, shaped: pl.DataFrame) -> pl.DataFrame:
    """The activities that participants name: of the folder, else of the workspace."""
    named = file.frame.select(remote_id="activity_id").drop_nulls().unique()
    wanted = named.join(shaped, on="remote_id", how="anti")
    if not wanted.height:
        return shaped
    bulk.stage_rows("activities_named", {"remote_id": "varchar"}, wanted)
    known = bulk.read(
        "SELECT a.id, a.remote_id, a.deal_id FROM crm_activity a JOIN activities_named n"
        " ON n.remote_id = a.remote_id WHERE a.workspace_id = %s AND a.connection_id = %s",
        [run.workspace_id, FILES],
        NAMED,
    )
    return pl.concat([shaped, known])
