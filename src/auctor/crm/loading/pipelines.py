"""Pipelines, stages and their versions."""

import polars as pl
from django.db import connection

from auctor.crm import bulk
from auctor.crm.importing.file import Folder
from auctor.crm.loading.run import Run
from auctor.crm.models.pipelines import Pipeline, Stage, StageVersion
from auctor.crm.shaping import deals
from auctor.crm.vocabulary import Entity

SEEN = ("content", "observed_at")


def load_stages(run: Run, folder: Folder) -> None:
    """The stages of the file; where one changed, its version ends now and the next begins."""
    if "stages" not in folder:
        return
    file = folder["stages"]
    pipelines = deals.pipelines(file, run.keys)
    run.write(Pipeline, _seen(run, pipelines), updates=(*SEEN, "name"))
    rows = run.sort_out("stages", Stage, deals.stages(file, run.keys))
    run.write(Stage, _seen(run, rows.select("id", "remote_id", "content", "pipeline_id")), updates=SEEN)
    changed = rows.filter(~pl.col("is_new"))
    if changed.height and not run.is_rehearsal:
        bulk.stage_ids("stages_changed", changed["id"])
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE crm_stageversion SET valid_until = %s WHERE workspace_id = %s AND valid_until IS NULL"
                " AND stage_id IN (SELECT id FROM stages_changed)",
                [run.now, run.workspace_id],
            )
    run.write(StageVersion, _versions(run, rows))


def stage_kinds(run: Run, folder: Folder) -> pl.DataFrame:
    """What each stage is now (stage_id, kind): of the workspace, and of the folder where that is newer."""
    known = bulk.read(
        "SELECT stage_id, kind FROM crm_stageversion WHERE workspace_id = %s AND valid_until IS NULL",
        [run.workspace_id],
        {"stage_id": pl.String, "kind": pl.Int16},
    )
    if "stages" not in folder:
        return known
    told = deals.stages(folder["stages"], run.keys).select(stage_id="id", kind=pl.col("kind").cast(pl.Int16))
    return pl.concat([told, known]).unique("stage_id", keep="first", maintain_order=True)


def _versions(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    begins = run.now.isoformat()
    made = [run.keys.id(Entity.VERSION, f"{stage}{begins}") for stage in rows["id"]]
    return rows.select(
        pl.Series("id", made, dtype=pl.String),
        "name",
        "position",
        "kind",
        "probability",
        stage_id="id",
        valid_from=pl.when(~pl.col("is_new")).then(run.moment),
    )


def _seen(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(first_seen_at=run.moment, observed_at=run.moment)
