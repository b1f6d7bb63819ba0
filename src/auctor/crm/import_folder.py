"""Writes that people ask for. Transactions are opened by the face; nothing here commits."""

from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from uuid import UUID

import polars as pl
from django.db import connection

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm import bulk, terms
from auctor.crm.importing.checking import Known, check_folder, nothing_known
from auctor.crm.importing.file import File
from auctor.crm.importing.mapping import Mapping
from auctor.crm.importing.naming import with_stored_ids
from auctor.crm.importing.parsing import parse_folder
from auctor.crm.importing.problems import Problems
from auctor.crm.importing.reading import Table
from auctor.crm.importing.tables import read_tables
from auctor.crm.loading import activities, deals, people, pipelines, sources
from auctor.crm.loading.run import Run
from auctor.crm.loading.watch import Progress, Watch
from auctor.crm.models.sources import Import
from auctor.crm.records import FileCount, ImportReport
from auctor.crm.vocabulary import FILES, Entity, ImportState
from auctor.jobs.queue import BACKGROUND, defer
from auctor.kit.ids import uuid7
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

# Whoever judges deals looks for those that were touched; enqueued by name, so that nobody below knows who that is.
FOLLOW_UP = "risk.scan_touched"
# A new past tells anew how well the signals do.
MEASURING = "risk.track_record"
# So many deals at once change what their past teaches.
LEARN, MANY = "risk.learn", 2_000
NOTHING_DONE = FileCount()


def import_folder(
    actor: Actor,
    *,
    folder: Path,
    now: datetime,
    mapping: Mapping | None = None,
    is_rehearsal: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring a history folder, or with `mapping` one plain export of a CRM, into the actor's workspace.

    1. Read and check every file; with any problem the report says so and nothing is written.
    2. Derive ids, compare with what is there, count.
    3. Write what is new or changed, with the history that follows from it (not in a rehearsal).

    Raises `FolderUnusable` when there is nothing to read, `Forbidden` without `deal:import`.
    """
    require(actor, Permission.DEAL_IMPORT)
    assert actor.workspace_id is not None
    began = perf_counter()
    watch = Watch(progress)
    problems = Problems()
    tables, paths = read_tables(folder, mapping, problems)
    watch.expect(sum(table.frame.height for table in tables.values()))
    keys = terms.find_keys() if is_rehearsal else terms.ensure_keys(actor.workspace_id)
    run = Run(actor.workspace_id, keys, now, is_rehearsal=is_rehearsal, watch=watch)
    checked = _check(tables, run, problems)
    if problems.count:
        return _report(run, checked, problems, seconds=perf_counter() - began)
    _load(actor, run, checked)
    import_id = None if is_rehearsal else _record(actor, run, checked, paths)
    return _report(run, checked, problems, seconds=perf_counter() - began, import_id=import_id)


def _check(tables: dict[str, Table], run: Run, problems: Problems) -> dict[str, File]:
    parsed = with_stored_ids(parse_folder(tables, problems, now=run.now), run.keys)
    if "deals" not in parsed:
        return parsed
    checked = check_folder(parsed, _known(parsed, run), problems, now=run.now)
    run.watch.checked()
    return checked


def _load(actor: Actor, run: Run, folder: dict[str, File]) -> None:
    """Everything, in the order in which one thing refers to another."""
    with connection.cursor() as cursor:
        # Two imports into one workspace at once would each find the other's rows missing.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"crm.import {run.workspace_id}"])
    zone = terms.get_counting(actor).zone
    people.load_owners(run, folder)
    people.link_members(actor, run)
    people.load_companies(run, folder)
    people.load_contacts(run, folder)
    pipelines.load_stages(run, folder)
    deals.load_deals(run, folder, zone=zone)
    deals.load_deal_contacts(run, folder)
    activities.load_activities(run, folder)
    if not run.is_rehearsal:
        _touch(run)


def _touch(run: Run) -> None:
    """What was learned about a deal moves its clock, so that it is judged again."""
    touched = run.touched_deals
    if not touched.len():
        return
    bulk.stage_ids("deals_touched", touched)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE crm_deal SET touched_at = %s WHERE workspace_id = %s AND touched_at < %s"
            " AND id IN (SELECT id FROM deals_touched)",
            [run.now, run.workspace_id, run.now],
        )


def _record(actor: Actor, run: Run, folder: dict[str, File], paths: dict[str, Path]) -> UUID:
    """The import itself: its row, the raw files, the coverage, the entry, the follow-up."""
    import_id = uuid7()
    touched = run.touched_deals.len()
    counts = {name: asdict(count) for name, count in _counts(run, folder).items()}
    Import.objects.create(
        id=import_id,
        workspace_id=run.workspace_id,
        started_at=run.now,
        ended_at=run.now,
        member_id=actor.member_id,
        state=ImportState.DONE,
        counts=counts,
    )
    if touched or any(count["create"] or count["update"] for count in counts.values()):
        sources.keep_raw(run, import_id, paths)
        sources.keep_coverage(run, folder)
        defer(actor, FOLLOW_UP)
        defer(actor, MEASURING, priority=BACKGROUND)
    if touched >= MANY:
        defer(actor, LEARN)
    log.record(
        actor,
        AuditTag.DEALS_IMPORTED,
        subject=import_id,
        subject_kind="import",
        details={
            "created": sum(count["create"] for count in counts.values()),
            "updated": sum(count["update"] for count in counts.values()),
            "deals_touched": touched,
        },
        now=run.now,
    )
    return import_id


def _counts(run: Run, folder: dict[str, File]) -> dict[str, FileCount]:
    return {name: replace(run.counts.get(name, NOTHING_DONE), skipped=file.skipped) for name, file in folder.items()}


def _report(
    run: Run, folder: dict[str, File], problems: Problems, *, seconds: float, import_id: UUID | None = None
) -> ImportReport:
    return ImportReport(
        files=_counts(run, folder),
        problems=tuple(problems.shown),
        problem_count=problems.count,
        notices=tuple((file, what, count) for (file, what), count in problems.notices.items()),
        is_rehearsal=run.is_rehearsal,
        import_id=import_id,
        touched_deals=run.touched_deals.len(),
        seconds=seconds,
    )


def _known(folder: dict[str, File], run: Run) -> Known:
    """What the workspace knows of the stages, deals and activities that the folder refers to."""
    nothing = nothing_known()
    stages = bulk.read(
        "SELECT p.remote_id, s.remote_id FROM crm_stage s JOIN crm_pipeline p"
        " ON p.workspace_id = s.workspace_id AND p.id = s.pipeline_id WHERE s.workspace_id = %s",
        [run.workspace_id],
        dict(nothing.stages.schema),
    )
    named = [
        folder[name].frame["deal_id"] for name in ("deal_contacts", "deal_changes", "activities") if name in folder
    ]
    wanted = _not_among(named, folder["deals"].frame["deal_id"])
    bulk.stage_ids("deals_named", run.keys.ids(Entity.DEAL, wanted))
    known_deals = bulk.read(
        "SELECT d.remote_id, d.currency, p.remote_id FROM crm_deal d JOIN deals_named n ON n.id = d.id"
        " JOIN crm_pipeline p ON p.workspace_id = d.workspace_id AND p.id = d.pipeline_id WHERE d.workspace_id = %s",
        [run.workspace_id],
        dict(nothing.deals.schema),
    )
    return Known(stages=stages, deals=known_deals, activities=_known_activities(folder, run))


def _known_activities(folder: dict[str, File], run: Run) -> pl.Series:
    if "activity_participants" not in folder:
        return nothing_known().activities
    there = folder["activities"].frame["activity_id"] if "activities" in folder else nothing_known().activities
    wanted = _not_among([folder["activity_participants"].frame["activity_id"]], there)
    if not wanted.len():
        return nothing_known().activities
    bulk.stage_rows("activities_wanted", {"remote_id": "varchar"}, wanted.to_frame("remote_id"))
    return bulk.read(
        "SELECT a.remote_id FROM crm_activity a JOIN activities_wanted n ON n.remote_id = a.remote_id"
        " WHERE a.workspace_id = %s AND a.connection_id = %s",
        [run.workspace_id, FILES],
        {"activity_id": pl.String},
    )["activity_id"]


def _not_among(named: list[pl.Series], there: pl.Series) -> pl.Series:
    if not named:
        return pl.Series("name", [], dtype=pl.String)
    met = pl.concat([column.alias("name") for column in named]).drop_nulls().unique()
    return met.filter(~met.is_in(there.drop_nulls().implode()))
