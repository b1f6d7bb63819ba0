"""Activities and who took part. Pure."""

from dataclasses import replace
from datetime import datetime

import polars as pl

from auctor.crm.absence import is_away
from auctor.crm.importing.file import File
from auctor.crm.keys import SPLIT, Keys
from auctor.crm.shaping.people import address_ids, identified, told
from auctor.crm.vocabulary import ActivityKind, ActivityState, Entity, Flow, PointKind, Reply

# An exported thread is its number in hex: thread ids of vendors are not kept.
THREAD = r"^~[0-9a-f]{16}$"
MACHINES = r"^(no.?reply|do.?not.?reply|mailer-daemon|postmaster|bounces?)([+.@-]|$)"


def activities(file: File, keys: Keys, *, now: datetime) -> pl.DataFrame:
    """Rows of `crm_activity`. What was never said to be recorded counts as recorded when it happened, else now."""
    frame = _numbered(file.frame, keys)
    said = replace(file, frame=frame)
    deal = keys.ids(Entity.DEAL, frame["deal_id"])
    away = [label for label in frame["label"].drop_nulls().unique().to_list() if is_away(label)]
    is_absence = (
        pl.col("label").is_in(away)
        & (pl.col("kind") == int(ActivityKind.EMAIL))
        & (pl.col("direction") + 1).is_in([int(Flow.OUT), int(Flow.INTERNAL)]).not_().fill_null(value=True)
    ).fill_null(value=False)
    happened = pl.when(pl.col("occurred_at") <= now).then("occurred_at")
    return identified(said, keys, Entity.ACTIVITY, "activity_id").select(
        keys.beside(Entity.ACTIVITY, frame["activity_id"], deal).alias("id"),
        "remote_id",
        "content",
        deal.alias("deal_id"),
        keys.ids(Entity.OWNER, frame["owner_id"]).alias("owner_id"),
        "occurred_at",
        "ended_at",
        "due_at",
        "thread",
        "kind",
        "label",
        keys.numbers(frame["label"], b"label").alias("label_code"),
        recorded_at=pl.coalesce("recorded_at", happened, pl.lit(now)),
        flow=(pl.col("direction") + 1).fill_null(int(Flow.UNKNOWN)),
        state=(pl.col("state") + 1).fill_null(int(ActivityState.UNKNOWN)),
        is_automatic=is_absence,
        is_absence=is_absence,
    )


def contents_without_clock(file: File, ids: pl.Series, keys: Keys) -> pl.DataFrame:
    """`remote_id` of the named activities, with the digest of what the file says but for when they were recorded."""
    frame = file.frame.filter(pl.col("activity_id").is_in(ids.implode()))
    bare = told(_numbered(frame, keys).drop("recorded_at"))
    return frame.select(remote_id="activity_id", content=pl.Series(keys.contents(bare), dtype=pl.String))


def _numbered(frame: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    return frame.with_columns(thread=threads(frame["thread_id"], keys)).drop("thread_id")


def threads(ids: pl.Series, keys: Keys) -> pl.Series:
    """A number for each thread."""
    exported = ids.str.contains(THREAD)
    numbers = keys.numbers(ids.set(exported, None), b"thread")
    return pl.select(pl.when(exported).then(_from_hex(ids.set(~exported, None))).otherwise(numbers)).to_series()


def to_thread_id(number: int) -> str:
    """How a thread's number is written in an export."""
    return f"~{number & 0xFFFF_FFFF_FFFF_FFFF:016x}"


def participants(file: File, activities: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """Rows of `crm_participant`, with `email`. `activities`: their `remote_id`, `id` and `deal_id`."""
    theirs = activities.select(activity_id="remote_id", activity="id", deal="deal_id")
    frame = file.frame.join(theirs, on="activity_id", how="left", maintain_order="left")
    kinds = pl.Series([int(PointKind.EMAIL)] * frame.height, dtype=pl.Int16)
    parts = [pl.col(name).cast(pl.String).fill_null("") for name in ("activity_id", "role", "email", "contact_id")]
    named = frame.select(pl.concat_str([*parts, pl.col("owner_id").fill_null("")], separator=SPLIT)).to_series()
    return frame.select(
        keys.beside(Entity.PARTICIPANT, named, frame["deal"]).alias("id"),
        pl.col("activity").alias("activity_id"),
        pl.col("deal").alias("deal_id"),
        keys.ids(Entity.CONTACT, frame["contact_id"]).alias("contact_id"),
        keys.ids(Entity.OWNER, frame["owner_id"]).alias("owner_id"),
        address_ids(keys, kinds, frame["email"]).alias("address_id"),
        "email",
        part=pl.col("role") + 1,
        reply=pl.col("response").fill_null(int(Reply.UNKNOWN)),
    )


def written_by_machines(participants: pl.DataFrame) -> pl.Series:
    """The ids of activities whose sender is no person."""
    senders = participants.filter(pl.col("part") == 1)
    return senders.filter(pl.col("email").str.contains(MACHINES))["activity_id"].unique()


def _from_hex(ids: pl.Series) -> pl.Series:
    made = {text: int.from_bytes(bytes.fromhex(text[1:]), signed=True) for text in ids.drop_nulls().unique().to_list()}
    return ids.replace_strict(made, default=None, return_dtype=pl.Int64) if made else ids.cast(pl.Int64)
