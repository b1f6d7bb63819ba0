"""Messages, meetings, tasks and roles as the signals take them. Pure."""

import polars as pl

from auctor.crm.frame_tables import CODE, Codes, number_of
from auctor.crm.vocabulary import ActivityState, Flow, Part, Reply
from auctor.signals.vocabulary import NEVER, Answer, Direction

ANSWERS = {
    int(Reply.ACCEPTED): int(Answer.ACCEPTED),
    int(Reply.DECLINED): int(Answer.DECLINED),
    int(Reply.TENTATIVE): int(Answer.TENTATIVE),
}
DIRECTIONS = {
    int(Flow.IN): int(Direction.IN),
    int(Flow.OUT): int(Direction.OUT),
    int(Flow.INTERNAL): int(Direction.OTHER),
}


def parts(activities: pl.DataFrame, participants: pl.DataFrame, codes: Codes) -> pl.DataFrame:
    """Participants of these activities: `row` of the activity, `part`, `is_ours`, `person` by number, `reply`."""
    numbered = activities.select(activity_id="id").with_row_index("row")
    met = participants.join(numbered, on="activity_id", how="inner")
    return met.select(
        pl.col("row").cast(CODE),
        "part",
        "is_ours",
        "reply",
        "replied_at",
        person=number_of(met["person"], codes.people["person"]),
    ).sort("row", "part", "person")


def messages(frame: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """E-mails and calls, with `id`. A direction that nobody told follows from the sender.

    Without participants one of ours counts as asked: nobody said otherwise.
    """
    senders = met.filter(pl.col("part") == int(Part.FROM)).unique("row", keep="first", maintain_order=True)
    asked = met.filter((pl.col("part") == int(Part.TO)) & pl.col("is_ours")).select("row").unique()
    told = met.select("row").unique().with_columns(is_told=pl.lit(value=True))
    numbered = frame.with_row_index("row").with_columns(pl.col("row").cast(CODE))
    joined = (
        numbered.join(senders.select("row", "is_ours", sender="person"), on="row", how="left", maintain_order="left")
        .join(asked.with_columns(asks_us=pl.lit(value=True)), on="row", how="left", maintain_order="left")
        .join(told, on="row", how="left", maintain_order="left")
    )
    by_sender = (
        pl.when(pl.col("is_ours"))
        .then(int(Direction.OUT))
        .when(pl.col("sender").is_not_null())
        .then(int(Direction.IN))
        .otherwise(int(Direction.OTHER))
    )
    flow = pl.col("flow").cast(pl.Int64)
    return joined.select(
        "id",
        "deal",
        "at",
        "observed_at",
        # Threads are numbered from 0 on, because 64 bits do not fit into the signals' columns.
        thread=(pl.col("thread").rank("dense") - 1).cast(CODE),
        direction=pl.when(flow == int(Flow.UNKNOWN))
        .then(by_sender)
        .otherwise(flow.replace_strict(DIRECTIONS, default=int(Direction.OTHER)))
        .cast(pl.Int8),
        is_automatic=pl.col("is_automatic").cast(pl.Int8),
        to_us=(pl.col("asks_us").fill_null(value=False) | pl.col("is_told").is_null()).cast(pl.Int8),
        sender="sender",
    )


def message_people(met: pl.DataFrame) -> pl.DataFrame:
    """Buyers to whom messages went."""
    addressed = pl.col("part").is_in([int(Part.TO), int(Part.CC)]) & pl.col("person").is_not_null()
    return met.filter(addressed & ~pl.col("is_ours")).select("person", message="row")


def meetings(frame: pl.DataFrame) -> pl.DataFrame:
    """Meetings: done once over, unless it is said that they were not.

    Nobody tells when one was cancelled. It counts until it was seen to be, or until its time had come: a cancellation
    that was still ahead may not be known.
    """
    state, ended = pl.col("state"), pl.coalesce("ended_at", "at").to_physical()
    done = state.is_in([int(ActivityState.UNKNOWN), int(ActivityState.DONE)])
    return frame.select(
        "deal",
        "at",
        "observed_at",
        done_at=pl.when(done).then(ended).otherwise(NEVER),
        void_at=pl.when(state == int(ActivityState.CANCELLED))
        .then(pl.min_horizontal("at", "seen_at").to_physical())
        .when(state == int(ActivityState.NO_SHOW))
        .then(pl.col("at").to_physical())
        .otherwise(NEVER),
    )


def answers(met: pl.DataFrame) -> pl.DataFrame:
    """What invited buyers said; nobody tells when, so it counts from the invitation on."""
    return met.filter(pl.col("person").is_not_null() & ~pl.col("is_ours")).select(
        "person",
        meeting="row",
        answer=pl.col("reply").cast(pl.Int64).replace_strict(ANSWERS, default=int(Answer.NONE), return_dtype=pl.Int8),
        answered_at=pl.col("replied_at").to_physical().fill_null(-NEVER),
    )


def tasks(frame: pl.DataFrame) -> pl.DataFrame:
    """Tasks; one without a moment was closed when it was due, or when that was seen, if earlier."""
    closed = pl.min_horizontal("due_at", "seen_at")
    return frame.select(
        "deal",
        "due_at",
        "observed_at",
        closed_at=pl.when(pl.col("state") == int(ActivityState.DONE))
        .then(pl.coalesce("ended_at", closed).to_physical())
        .when(pl.col("state").is_in([int(ActivityState.CANCELLED), int(ActivityState.NO_SHOW)]))
        .then(closed.to_physical())
        .otherwise(NEVER),
    )


def roles(frame: pl.DataFrame, codes: Codes) -> pl.DataFrame:
    """Contact roles."""
    return frame.select(
        "deal",
        "role",
        "since",
        person=number_of(frame["person"], codes.people["person"]),
        until=pl.col("until").to_physical().fill_null(NEVER),
    )


def people(codes: Codes) -> pl.DataFrame:
    """Buyers: rank, since when it is known, and when they left. No title: unknown."""
    return codes.people.select(
        seniority=pl.col("seniority").fill_null(-1),
        titled_at=pl.col("titled_at").to_physical().fill_null(-NEVER),
        left_at=pl.col("left_at").to_physical().fill_null(NEVER),
    )
