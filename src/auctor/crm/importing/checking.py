"""What files say of each other, checked with what the workspace knows already."""

from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from auctor.crm.importing.changes import type_changes
from auctor.crm.importing.columns import CLOCK_DRIFT, to_minor
from auctor.crm.importing.file import File, Folder, one_of, refuse_rows, refuse_strangers, strangers
from auctor.crm.importing.form import ACTIVITY_STATES
from auctor.crm.importing.problems import Problems, Rule
from auctor.crm.vocabulary import ChangedField

ONE_PIPELINE = Rule("a pipeline", "There is more than one pipeline, so say which.")
STAGED = Rule("a stage, or stage changes in deal_changes", "Without a stage nobody can tell whether it is open.")
PRICED = Rule("an amount with its currency", "Fill the currency column, as EUR.")
SOMEBODY = Rule("an email, a contact_id or an owner_id")
HAPPENED = Rule("a moment that has passed, as the activity is done", "Is it planned?")


@dataclass(frozen=True, slots=True)
class Known:
    """What the workspace knows of the things that a folder refers to.

    `stages`: pipeline_id, stage_id. `deals`: deal_id, currency, pipeline_id of deals that are not in the folder.
    `activities`: ids of activities that are not in the folder.
    """

    stages: pl.DataFrame
    deals: pl.DataFrame
    activities: pl.Series


def nothing_known() -> Known:
    """An empty workspace."""
    return Known(
        stages=pl.DataFrame(schema={"pipeline_id": pl.String, "stage_id": pl.String}),
        deals=pl.DataFrame(schema={"deal_id": pl.String, "currency": pl.String, "pipeline_id": pl.String}),
        activities=pl.Series("activity_id", [], dtype=pl.String),
    )


def check_folder(folder: Folder, known: Known, problems: Problems, *, now: datetime) -> dict[str, File]:
    """The folder with pipelines, stages and amounts settled; `deal_changes` has typed old and new values."""
    stages = _stages(folder, known)
    checked = dict(folder)
    checked["deals"] = _settle_deals(folder, stages, problems)
    deals = pl.concat([checked["deals"].frame.select(known.deals.columns), known.deals]).unique("deal_id")
    if "deal_changes" in folder:
        checked["deal_changes"] = type_changes(folder["deal_changes"], deals, stages, problems)
    _check_staged(checked, problems)
    for name in ("deal_contacts", "deal_changes", "activities"):
        if name in folder:
            refuse_strangers(folder[name], "deal_id", deals["deal_id"], problems)
    if "activity_participants" in folder:
        _check_participants(folder, known, problems)
    if "activities" in folder:
        checked["activities"] = _settle_activities(folder["activities"], problems, now)
    return checked


def _stages(folder: Folder, known: Known) -> pl.DataFrame:
    if "stages" not in folder:
        return known.stages
    return pl.concat([folder["stages"].frame.select(known.stages.columns), known.stages]).unique(maintain_order=True)


def _settle_deals(folder: Folder, stages: pl.DataFrame, problems: Problems) -> File:
    file = folder["deals"]
    frame = file.frame
    pipelines = stages["pipeline_id"].unique()
    refuse_rows(
        problems, file, "pipeline_id", one_of("pipeline", pipelines), strangers(frame, "pipeline_id", pipelines)
    )
    if pipelines.len() == 1:
        frame = frame.with_columns(pl.col("pipeline_id").fill_null(pipelines[0]))
    else:
        refuse_rows(problems, file, "pipeline_id", ONE_PIPELINE, frame.filter(pl.col("pipeline_id").is_null()))
    known_stages = stages.with_columns(is_known=pl.lit(value=True))
    unknown = frame.filter(pl.col("stage_id").is_not_null()).join(
        known_stages, on=["pipeline_id", "stage_id"], how="left", maintain_order="left"
    )
    rule = one_of("stage of its pipeline", stages["stage_id"])
    refuse_rows(problems, file, "stage_id", rule, unknown.filter(pl.col("is_known").is_null()))
    refuse_rows(
        problems,
        file,
        "amount",
        PRICED,
        frame.filter(
            pl.col("amount").is_not_null() & pl.col("currency").is_null() & ~_says_something(file, "currency")
        ),
    )
    minor = to_minor(frame["amount"], frame["currency"])
    for rule, wrong in minor.refused:
        refuse_rows(problems, file, "amount", rule, frame.filter(wrong))
    return replace(file, frame=frame.with_columns(amount=minor.values))


def _says_something(file: File, column: str) -> pl.Expr:
    """Whether a row's cell is not empty, whatever it holds: one that was refused is not told of twice."""
    cells = file.table.frame
    rows = cells[column].is_not_null().arg_true() if column in cells.columns else pl.Series([], dtype=pl.UInt32)
    return pl.col("row").is_in(rows.implode())


def _check_staged(folder: Folder, problems: Problems) -> None:
    """Every deal must stand somewhere."""
    frame = folder["deals"].frame.filter(pl.col("stage_id").is_null())
    if "deal_changes" in folder:
        moved = folder["deal_changes"].frame.filter(pl.col("field") == ChangedField.STAGE)
        frame = frame.join(moved.select("deal_id").unique(), on="deal_id", how="anti")
    refuse_rows(problems, folder["deals"], "stage_id", STAGED, frame)


def _check_participants(folder: Folder, known: Known, problems: Problems) -> None:
    file = folder["activity_participants"]
    there = [known.activities]
    if "activities" in folder:
        there.append(folder["activities"].frame["activity_id"])
    refuse_strangers(file, "activity_id", pl.concat(there), problems)
    nobody = pl.all_horizontal(pl.col("email", "contact_id", "owner_id").is_null())
    refuse_rows(problems, file, "email", SOMEBODY, file.frame.filter(nobody))


def _settle_activities(file: File, problems: Problems, now: datetime) -> File:
    """What cannot be true is unknown, and counted: an end before its beginning."""
    backwards = pl.col("ended_at") < pl.col("occurred_at")
    count = file.frame.select(backwards.sum()).item()
    problems.note(file.table.label, "ended_at before occurred_at, kept as unknown", count)
    timeless = file.frame.filter(pl.all_horizontal(pl.col("occurred_at", "due_at", "recorded_at").is_null()))
    rule = Rule("a moment in occurred_at, due_at or recorded_at", "Without one it cannot be placed in time.")
    refuse_rows(problems, file, "occurred_at", rule, timeless)
    done = pl.col("state") == ACTIVITY_STATES.index("done")
    refuse_rows(
        problems, file, "occurred_at", HAPPENED, file.frame.filter(done & (pl.col("occurred_at") > now + CLOCK_DRIFT))
    )
    return replace(file, frame=file.frame.with_columns(ended_at=pl.when(~backwards).then("ended_at")))
