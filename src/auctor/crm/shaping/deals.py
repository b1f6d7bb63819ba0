"""Pipelines, stages, deals, their contacts, custom values and changes. Pure."""

import re

import polars as pl

from auctor.crm.importing.changes import JOINT
from auctor.crm.importing.file import File
from auctor.crm.importing.form import CUSTOM
from auctor.crm.keys import SPLIT, Keys
from auctor.crm.shaping.people import identified, told
from auctor.crm.vocabulary import ChangedField, Entity, Known, RecordState
from auctor.signals.vocabulary import Role

KNOWN_BY_COLUMN = {
    "name": Known.NAME,
    "company_id": Known.COMPANY,
    "owner_id": Known.OWNER,
    "amount": Known.AMOUNT,
    "close_date": Known.CLOSE_DATE,
    "forecast_category": Known.FORECAST_CATEGORY,
    "next_step": Known.NEXT_STEP,
    "next_step_on": Known.NEXT_STEP_ON,
}
ROLES = (
    (Role.CHAMPION, re.compile("champion|sponsor|coach|fürsprecher")),
    (Role.ECONOMIC_BUYER, re.compile("economic|budget|financ")),
    (Role.DECISION_MAKER, re.compile("decision|decider|entscheid|décid|decid|decis")),
)


def pipelines(file: File, keys: Keys) -> pl.DataFrame:
    """Rows of `crm_pipeline`: each is named on every line of its stages, and the first name counts."""
    first = file.frame.unique("pipeline_id", keep="first", maintain_order=True)
    return first.select(
        keys.ids(Entity.PIPELINE, first["pipeline_id"]).alias("id"),
        keys.shown(first["pipeline_id"]).alias("remote_id"),
        name="pipeline",
        content=pl.Series(keys.contents(first.select("pipeline_id", "pipeline")), dtype=pl.String),
    )


def stages(file: File, keys: Keys) -> pl.DataFrame:
    """Rows of `crm_stage` with what their present version says: name, position, kind, probability."""
    joined = file.frame.select(pl.concat_str("pipeline_id", "stage_id", separator=JOINT)).to_series()
    return identified(file, keys, Entity.STAGE, "stage_id").select(
        keys.ids(Entity.STAGE, joined).alias("id"),
        "remote_id",
        "content",
        keys.ids(Entity.PIPELINE, file.frame["pipeline_id"]).alias("pipeline_id"),
        "position",
        name="stage",
        kind="category",
        probability="default_probability",
    )


def deals(file: File, keys: Keys) -> pl.DataFrame:
    """Rows of `crm_deal` without where they stand, which history says; `stage_id` is what the file says."""
    frame = identified(file, keys, Entity.DEAL, "deal_id", matters=KNOWN_BY_COLUMN)
    stage = frame.select(pl.concat_str("pipeline_id", "stage_id", separator=JOINT)).to_series()
    known = Known.STAGE
    for column in file.given & set(KNOWN_BY_COLUMN):
        known |= KNOWN_BY_COLUMN[column]
    return frame.select(
        "id",
        "remote_id",
        "content",
        "name",
        keys.ids(Entity.COMPANY, frame["company_id"]).alias("company_id"),
        keys.ids(Entity.OWNER, frame["owner_id"]).alias("owner_id"),
        keys.ids(Entity.PIPELINE, frame["pipeline_id"]).alias("pipeline_id"),
        keys.ids(Entity.STAGE, stage).alias("stage_id"),
        "created_at",
        "amount",
        "currency",
        "next_step",
        "next_step_on",
        close_on="close_date",
        forecast="forecast_category",
        known=pl.lit(int(known)),
        record_state=pl.lit(int(RecordState.ACTIVE)),
    )


def deal_contacts(file: File, keys: Keys) -> pl.DataFrame:
    """Rows of `crm_dealcontact`."""
    frame = file.frame
    named = frame.select(
        pl.concat_str("deal_id", "contact_id", pl.col("role").fill_null(""), separator=SPLIT)
    ).to_series()
    roles = {role: role_of(role) for role in frame["role"].drop_nulls().unique().to_list()}
    return identified(file, keys, Entity.ASSOCIATION, "deal_id").select(
        keys.ids(Entity.ASSOCIATION, named).alias("id"),
        "content",
        keys.ids(Entity.DEAL, frame["deal_id"]).alias("deal_id"),
        keys.ids(Entity.CONTACT, frame["contact_id"]).alias("contact_id"),
        frame["role"].replace_strict(roles, default=int(Role.OTHER), return_dtype=pl.Int16).alias("role"),
        "until",
        role_text=pl.col("role"),
        since="from",
        ended_at="until",
    )


def contacts_without_clock(file: File, keys: Keys) -> list[str]:
    """For each row the digest of what the file says but for since when."""
    return keys.contents(told(file.frame.drop("from")))


def role_of(text: str) -> Role:
    """What a contact is to a deal, from the CRM's own word for it."""
    words = text.casefold()
    return next((role for role, pattern in ROLES if pattern.search(words)), Role.OTHER)


def custom_fields(names: list[str], keys: Keys) -> pl.DataFrame:
    """Rows of `crm_customfield`."""
    unique = sorted(set(names))
    return pl.DataFrame(
        {"id": keys.many(Entity.CUSTOM_FIELD, unique), "name": unique}, schema={"id": pl.String, "name": pl.String}
    )


def custom_values(file: File, keys: Keys) -> pl.DataFrame:
    """Rows of `crm_customvalue`: also where the cell is empty, which means that the source says none."""
    parts = []
    deal = keys.ids(Entity.DEAL, file.frame["deal_id"])
    for column in file.custom:
        name, cells = column.removeprefix(CUSTOM), file.frame[column]
        named = pl.select(pl.concat_str(file.frame["deal_id"], pl.lit(name), separator=SPLIT)).to_series()
        number = cells.set(~cells.str.contains(r"^[+-]?\d{1,15}(\.\d{1,9})?$"), None).cast(pl.Float64, strict=False)
        parts.append(
            pl.DataFrame(
                {
                    "id": keys.ids(Entity.CUSTOM_VALUE, named),
                    "deal_id": deal,
                    "field_id": keys.id(Entity.CUSTOM_FIELD, name),
                    "value": cells,
                    "number": number,
                    "code": custom_codes(cells, name, keys),
                }
            )
        )
    return pl.concat(parts)


def custom_codes(values: pl.Series, name: str, keys: Keys) -> pl.Series:
    """Numbers that are equal where values of one field are."""
    coded = keys.numbers(pl.select(pl.lit(name + SPLIT) + values.alias("v")).to_series(), b"custom")
    return coded.alias("code")


def changes(file: File, keys: Keys) -> pl.DataFrame:
    """Rows of `crm_dealchange`. What was changed, when, from what and to what make the id."""
    frame = file.frame
    named = frame.select(
        pl.concat_str(
            [
                pl.col(name).cast(pl.String).fill_null("")
                for name in ("deal_id", "field", "custom", *(f"{s}_{k}" for s in ("old", "new") for k in KINDS))
            ]
            + [pl.col("changed_at").dt.timestamp("us").cast(pl.String)],
            separator=SPLIT,
        )
    ).to_series()
    deal = keys.ids(Entity.DEAL, frame["deal_id"])
    is_stage = pl.col("field") == int(ChangedField.STAGE)
    refs = {
        f"{side}_ref": pl.when(is_stage)
        .then(keys.ids(Entity.STAGE, frame[f"{side}_ref"].set(frame["field"] != int(ChangedField.STAGE), None)))
        .otherwise(keys.ids(Entity.OWNER, frame[f"{side}_ref"].set(frame["field"] == int(ChangedField.STAGE), None)))
        for side in ("old", "new")
    }
    return frame.select(
        keys.beside(Entity.CHANGE, named, deal).alias("id"),
        deal.alias("deal_id"),
        keys.ids(Entity.CUSTOM_FIELD, frame["custom"]).alias("custom_field_id"),
        keys.ids(Entity.OWNER, frame["actor"]).alias("actor_id"),
        "field",
        "place",
        _value(frame, "old", keys).alias("old_value"),
        _value(frame, "new", keys).alias("new_value"),
        "old_text",
        "new_text",
        effective_at="changed_at",
        **refs,
    )


KINDS = ("value", "ref", "text")


def _value(frame: pl.DataFrame, side: str, keys: Keys) -> pl.Series:
    """Numbers as they are; custom texts get the code that their values have."""
    custom = frame.select(
        v=pl.when(pl.col("custom").is_not_null()).then(pl.col("custom") + SPLIT + pl.col(f"{side}_text"))
    )
    codes = keys.numbers(custom["v"], b"custom")
    return frame.select(pl.coalesce(codes, f"{side}_value")).to_series()
