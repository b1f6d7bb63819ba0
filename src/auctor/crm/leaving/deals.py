"""Stages, deals, their contacts and changes."""

from datetime import date
from uuid import UUID

import polars as pl

from auctor.crm import bulk
from auctor.crm.bulk import ID
from auctor.crm.importing.form import CATEGORIES, CHANGE_FIELDS, CUSTOM, FORECASTS
from auctor.crm.leaving.rows import MOMENT, Ids, custom_names, decimals, described, opened, remote, remote_ids, word
from auctor.crm.models.deals import CustomValue, Deal, DealChange, DealContact
from auctor.crm.models.pipelines import Pipeline, StageVersion
from auctor.crm.shaping.deals import KNOWN_BY_COLUMN
from auctor.crm.vocabulary import ChangedField


def stages(workspace_id: UUID) -> pl.DataFrame:
    """The lines of `stages`: what they are now."""
    frame = bulk.read_many(
        "SELECT v.id, p.id, p.remote_id, p.name, s.remote_id, v.name, v.position, v.kind, v.probability"
        " FROM crm_stageversion v JOIN crm_stage s ON s.workspace_id = v.workspace_id AND s.id = v.stage_id"
        " JOIN crm_pipeline p ON p.workspace_id = s.workspace_id AND p.id = s.pipeline_id"
        " WHERE v.workspace_id = {workspace} AND v.valid_until IS NULL ORDER BY p.remote_id, v.position, s.remote_id",
        {
            "id": ID,
            "pipeline": ID,
            "pipeline_id": pl.String,
            "pipeline_name": pl.Binary,
            "stage_id": pl.String,
            "name": pl.Binary,
            "position": pl.Int64,
            "kind": pl.Int16,
            "default_probability": pl.Float64,
        },
        workspace_id=workspace_id,
    )
    frame = opened(frame, StageVersion, workspace_id, "name")
    by_pipeline = frame.select(pl.col("pipeline").alias("id"), pl.col("pipeline_name").alias("name")).unique("id")
    names = opened(by_pipeline, Pipeline, workspace_id, "name")
    frame = frame.join(names.select(pipeline="id", shown="name"), on="pipeline", how="left", maintain_order="left")
    return frame.select(
        "pipeline_id",
        pl.col("shown").alias("pipeline"),
        "stage_id",
        pl.col("name").alias("stage"),
        "position",
        word("kind", CATEGORIES, "category"),
        "default_probability",
    )


def deals(workspace_id: UUID) -> pl.DataFrame:
    """The lines of `deals`: the vendor's values; columns that no source has ever shown are left out."""
    columns = "id, remote_id, name, company_id, owner_id, pipeline_id, stage_id, created_at, amount, currency, close_on"
    frame = described(
        f"SELECT {columns}, forecast, next_step, next_step_on, known FROM crm_deal",  # noqa: S608 - constants
        {
            "id": ID,
            "deal_id": pl.String,
            "name": pl.Binary,
            "company_id": ID,
            "owner_id": ID,
            "pipeline_id": ID,
            "stage_id": ID,
            "created_at": MOMENT,
            "amount": pl.Int64,
            "currency": pl.String,
            "close_date": pl.Date,
            "forecast_category": pl.Int16,
            "next_step": pl.Binary,
            "next_step_on": pl.Date,
            "known": pl.Int64,
        },
        workspace_id,
    )
    frame = opened(frame, Deal, workspace_id, "name", "next_step")
    seen = [name for name, bit in KNOWN_BY_COLUMN.items() if (frame["known"] & int(bit) > 0).any()]
    hidden = [name for name in KNOWN_BY_COLUMN if name not in seen] + ["known"]
    tables = {
        "company_id": "crm_company",
        "owner_id": "crm_owner",
        "pipeline_id": "crm_pipeline",
        "stage_id": "crm_stage",
    }
    frame = frame.with_columns(
        *(remote(column, remote_ids(table, workspace_id), column) for column, table in tables.items()),
        amount=decimals(frame["amount"], frame["currency"]),
        forecast_category=word("forecast_category", FORECASTS, "forecast_category"),
    )
    return _with_custom(frame, workspace_id).drop("id", *hidden, *(["currency"] if "amount" in hidden else []))


def deal_contacts(workspace_id: UUID) -> pl.DataFrame:
    """The lines of `deal_contacts`; who was always there is there since we saw it first."""
    frame = bulk.read_many(
        "SELECT id, deal_id, contact_id, role_text, coalesce(since, first_seen_at), until FROM crm_dealcontact"
        " WHERE workspace_id = {workspace}"
        " ORDER BY id",
        {
            "id": ID,
            "deal": ID,
            "contact": ID,
            "role_text": pl.Binary,
            "from": MOMENT,
            "until": MOMENT,
        },
        workspace_id=workspace_id,
    )
    frame = opened(frame, DealContact, workspace_id, "role_text")
    lines = frame.select(
        remote("deal", remote_ids("crm_deal", workspace_id), "deal_id"),
        remote("contact", remote_ids("crm_contact", workspace_id), "contact_id"),
        pl.col("role_text").alias("role"),
        "from",
        "until",
    )
    # Two contacts that were merged are one, and were on the deal once.
    return lines.unique(["deal_id", "contact_id", "role"], keep="first", maintain_order=True)


def deal_changes(workspace_id: UUID) -> pl.DataFrame:
    """The lines of `deal_changes`, in the order in which they happened."""
    frame = bulk.read_many(
        "SELECT c.id, c.deal_id, c.field, c.custom_field_id, c.effective_at, c.actor_id, c.old_value, c.new_value,"
        " c.old_ref, c.new_ref, c.old_text, c.new_text, d.currency FROM crm_dealchange c JOIN crm_deal d"
        " ON d.workspace_id = c.workspace_id AND d.id = c.deal_id WHERE c.workspace_id = {workspace}"
        " ORDER BY c.deal_id, c.effective_at, c.place, c.id",
        {
            "id": ID,
            "deal": ID,
            "code": pl.Int16,
            "custom": ID,
            "changed_at": MOMENT,
            "actor": ID,
            "old_value": pl.Int64,
            "new_value": pl.Int64,
            "old_ref": ID,
            "new_ref": ID,
            "old_text": pl.Binary,
            "new_text": pl.Binary,
            "currency": pl.String,
        },
        workspace_id=workspace_id,
    )
    frame = opened(frame, DealChange, workspace_id, "old_text", "new_text")
    refs = {**remote_ids("crm_stage", workspace_id), **remote_ids("crm_owner", workspace_id)}
    custom = {key: CUSTOM + name for key, name in custom_names(workspace_id).items()}
    names = {int(ChangedField[name.upper()]): name for name in CHANGE_FIELDS}
    field = pl.col("code").replace_strict(names, default=None, return_dtype=pl.String)
    return frame.select(
        remote("deal", remote_ids("crm_deal", workspace_id), "deal_id"),
        pl.coalesce(pl.col("custom").replace_strict(custom, default=None, return_dtype=pl.String), field).alias(
            "field"
        ),
        _told(frame, "old", refs),
        _told(frame, "new", refs),
        "changed_at",
        remote("actor", refs, "actor"),
    )


def _told(frame: pl.DataFrame, side: str, refs: Ids) -> pl.Expr:
    """Old or new as the form writes it, by the kind of field."""
    value, code = pl.col(f"{side}_value"), pl.col("code")
    forecasts = dict(enumerate(FORECASTS))
    forecast = value.replace_strict(forecasts, default=None, return_dtype=pl.String)
    day = (pl.lit(date(1970, 1, 1)) + pl.duration(days=value)).dt.strftime("%Y-%m-%d")
    return (
        pl.when(code == int(ChangedField.AMOUNT))
        .then(decimals(frame[f"{side}_value"], frame["currency"], only=frame["code"] == int(ChangedField.AMOUNT)))
        .when(code == int(ChangedField.CLOSE_DATE))
        .then(day)
        .when(code == int(ChangedField.FORECAST_CATEGORY))
        .then(forecast)
        .when(code.is_in([int(ChangedField.STAGE), int(ChangedField.OWNER)]))
        .then(pl.col(f"{side}_ref").replace_strict(refs, default=None, return_dtype=pl.String))
        .otherwise(f"{side}_text")
        .alias(side)
    )


def _with_custom(frame: pl.DataFrame, workspace_id: UUID) -> pl.DataFrame:
    values = bulk.read_many(
        "SELECT id, deal_id, field_id, value FROM crm_customvalue WHERE workspace_id = {workspace}",
        {"id": ID, "deal": ID, "field": ID, "value": pl.Binary},
        workspace_id=workspace_id,
    )
    values = opened(values, CustomValue, workspace_id, "value")
    for key, name in sorted(custom_names(workspace_id).items(), key=lambda item: item[1]):
        mine = values.filter(pl.col("field") == key).select(
            pl.col("deal").alias("id"), pl.col("value").alias(CUSTOM + name)
        )
        if mine.height:
            frame = frame.join(mine, on="id", how="left", maintain_order="left")
    return frame
