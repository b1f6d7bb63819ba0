"""Columns as the database gave them become the columns that the signals take. Pure."""

from dataclasses import dataclass

import polars as pl

from auctor.crm.currencies import MINOR_DIGITS
from auctor.crm.vocabulary import ActivityKind, ChangedField, Input, Known
from auctor.signals.vocabulary import ABSENT, NEVER, UNKNOWN, Field, Source

MOMENT = pl.Datetime("us", "UTC")
KNOWN = {
    Field.AMOUNT: Known.AMOUNT,
    Field.CLOSE_ON: Known.CLOSE_DATE,
    Field.OWNER: Known.OWNER,
    Field.CATEGORY: Known.FORECAST_CATEGORY,
    Field.NEXT_STEP_ON: Known.NEXT_STEP_ON,
}
OPENINGS = {
    "stage": Field.STAGE,
    "amount": Field.AMOUNT,
    "close_on": Field.CLOSE_ON,
    "owner": Field.OWNER,
    "category": Field.CATEGORY,
    "next_step_on": Field.NEXT_STEP_ON,
    "currency": Field.CURRENCY,
}
SOURCES = {
    int(ActivityKind.EMAIL): Source.MAIL,
    int(ActivityKind.MEETING): Source.CALENDAR,
    int(ActivityKind.TASK): Source.TASKS,
}
# Wide enough for every number of a stage, an owner or a person.
CODE = pl.Int32


@dataclass(frozen=True, slots=True)
class Codes:
    """What numbers stand for. `stages`, `owners`, `pipelines`, `connections`: ids by number.

    `currencies`: codes by number, the workspace's own first. `people`: `person` and what the signals want to know.
    """

    stages: pl.Series
    owners: pl.Series
    pipelines: pl.Series
    connections: pl.Series
    currencies: tuple[str, ...]
    people: pl.DataFrame


def codes(
    read: dict[str, pl.DataFrame], owners: pl.DataFrame, stages: pl.DataFrame, rates: pl.DataFrame, own: str
) -> Codes:
    """Number everything that is referred to."""
    met = {*read["deals"]["currency"].drop_nulls().unique(), *rates["currency"].unique()} - {own}
    known = ("person", "seniority", "titled_at", "left_at")
    people = pl.concat([read["participants"].select(known), read["roles"].select(known)])
    people = people.filter(pl.col("person").is_not_null()).unique("person", keep="first").sort("person")
    return Codes(
        stages=stages["stage_id"].unique(maintain_order=True),
        owners=owners["id"],
        pipelines=stages["pipeline_id"].unique(maintain_order=True),
        connections=read["deals"]["connection_id"].unique(maintain_order=True),
        currencies=(own, *sorted(met)),
        people=people,
    )


def deals(frame: pl.DataFrame, log: pl.DataFrame, codes: Codes) -> pl.DataFrame:
    """Creation, source, and each field's value before its first logged change."""
    present = frame.with_row_index("deal").select(
        pl.col("deal").cast(CODE),
        "known",
        created_at="created_at",
        source=number_of(frame["connection_id"], codes.connections).cast(pl.Int8),
        stage=number_of(frame["stage_id"], codes.stages).cast(pl.Int64),
        amount="amount",
        close_on=pl.col("close_on").to_physical().cast(pl.Int64),
        owner=number_of(frame["owner_id"], codes.owners).cast(pl.Int64),
        category=pl.col("forecast").cast(pl.Int64),
        next_step_on=pl.col("next_step_on").to_physical().cast(pl.Int64),
        currency=_currency(frame["currency"], codes),
    )
    first = _first_values(log, codes)
    for name, field in OPENINGS.items():
        present = present.with_columns(_opening(name, field))
        logged = first.filter(pl.col("field") == int(field)).select("deal", logged="value")
        present = present.join(logged, on="deal", how="left", maintain_order="left").with_columns(
            pl.coalesce("logged", name).alias(name)
        )
        present = present.drop("logged")
    return present.drop("deal", "known")


def _opening(name: str, field: Field) -> pl.Expr:
    """The present value; none where the source says so, unknown where it has never shown the field."""
    value = pl.col(name).fill_null(ABSENT)
    if field not in KNOWN:
        return value.alias(name)
    return pl.when((pl.col("known") & int(KNOWN[field])) > 0).then(value).otherwise(UNKNOWN).alias(name)


def _first_values(log: pl.DataFrame, codes: Codes) -> pl.DataFrame:
    """deal, field, value: what each field was before its first logged change."""
    first = log.sort("effective_at", "place", "id").unique(["deal", "field"], keep="first", maintain_order=True)
    steps = pl.col("field") == int(ChangedField.NEXT_STEP)
    # Of a next step's day only the present one is told; an empty text before it had none.
    before = pl.when("was_empty").then(ABSENT).otherwise(UNKNOWN)
    value = pl.when(steps).then(before).otherwise(_values(first, "old", codes).fill_null(ABSENT))
    field = pl.when(steps).then(int(Field.NEXT_STEP_ON)).otherwise("field")
    return first.select("deal", field=field, value=value)


def changes(log: pl.DataFrame, deals: pl.DataFrame, codes: Codes) -> pl.DataFrame:
    """Logged changes and overrides, with `id` and `bulk_at`; an override counts from when it was made."""
    ordered = log.sort("deal", "effective_at", "place", "id")
    last_step = pl.int_range(pl.len()) == pl.len() - 1
    steps = pl.col("field") == int(ChangedField.NEXT_STEP)
    days = deals.with_row_index("deal").select(
        pl.col("deal").cast(CODE), step_on=pl.col("next_step_on").to_physical().cast(pl.Int64)
    )
    ordered = ordered.join(days, on="deal", how="left", maintain_order="left")
    step_value = pl.when(last_step.over("deal", "field")).then(pl.col("step_on").fill_null(ABSENT)).otherwise(UNKNOWN)
    made = ordered.select(
        "id",
        "deal",
        "effective_at",
        "observed_at",
        "bulk_at",
        field=pl.when(steps).then(int(Field.NEXT_STEP_ON)).otherwise("field").cast(pl.Int8),
        value=pl.when(steps).then(step_value).otherwise(_values(ordered, "new", codes)),
        actor=number_of(ordered["actor_id"], codes.owners).fill_null(-1),
    )
    every = pl.concat([made, _overrides(deals, made)], how="vertical_relaxed")
    events = every["bulk_at"].drop_nulls().unique().sort()
    bulk = number_of(every["bulk_at"], events) + 1
    return every.with_columns(bulk=bulk.fill_null(0), value=pl.col("value").fill_null(ABSENT))


def _overrides(deals: pl.DataFrame, like: pl.DataFrame) -> pl.DataFrame:
    numbered = deals.with_row_index("deal").filter(pl.col("overridden_at").is_not_null())
    parts = [like.clear()]
    for field, column in (
        (Field.AMOUNT, "amount_override"),
        (Field.CLOSE_ON, "close_on_override"),
        (Field.CATEGORY, "forecast_override"),
    ):
        parts.append(
            numbered.filter(pl.col(column).is_not_null()).select(
                "id",
                pl.col("deal").cast(CODE),
                effective_at="overridden_at",
                observed_at="overridden_at",
                bulk_at=pl.lit(None, MOMENT),
                field=pl.lit(int(field), pl.Int8),
                value=pl.col(column).to_physical().cast(pl.Int64),
                actor=pl.lit(-1, CODE),
            )
        )
    return pl.concat(parts, how="vertical_relaxed")


def _values(log: pl.DataFrame, side: str, codes: Codes) -> pl.Expr:
    """Old or new values as one number: numbers as they are, stages and owners by their codes."""
    refs = log[f"{side}_ref"]
    stage, owner = number_of(refs, codes.stages), number_of(refs, codes.owners)
    field = pl.col("field")
    return (
        pl.when(field == int(ChangedField.STAGE))
        .then(stage.cast(pl.Int64))
        .when(field == int(ChangedField.OWNER))
        .then(owner.cast(pl.Int64))
        .otherwise(f"{side}_value")
    )


def stages(frame: pl.DataFrame, codes: Codes) -> pl.DataFrame:
    """Versions of stages. A version without a beginning has always held."""
    return frame.select(
        number_of(frame["stage_id"], codes.stages).alias("stage"),
        since=pl.col("valid_from").to_physical().fill_null(-NEVER),
        pipeline=number_of(frame["pipeline_id"], codes.pipelines).cast(pl.Int16),
        position="position",
        kind="kind",
        probability="probability",
    )


def coverage(frame: pl.DataFrame, codes: Codes) -> pl.DataFrame:
    """Mail, calendar and tasks that were read completely."""
    read = frame.filter((pl.col("input") == int(Input.ACTIVITIES)) & pl.col("kind").cast(pl.Int64).is_in(list(SOURCES)))
    since = pl.col("since").to_physical().fill_null(-NEVER)
    return read.select(
        number_of(read["owner_id"], codes.owners).fill_null(-1).alias("owner"),
        source=pl.col("kind").cast(pl.Int64).replace_strict(SOURCES, return_dtype=pl.Int8),
        since=since,
        until=pl.col("until").to_physical(),
        # What was read as history was on record when it happened.
        observed_at=since,
    )


def rates(frame: pl.DataFrame, codes: Codes, own: str) -> pl.DataFrame:
    """Minor units of the workspace's currency for one minor unit of another.

    A rate is a published fact: one that is told later for a past day was known on that day.
    """
    numbers = {code: number for number, code in enumerate(codes.currencies)}
    scale = {code: 10.0 ** (MINOR_DIGITS.get(own, 2) - MINOR_DIGITS.get(code, 2)) for code in codes.currencies}
    day = pl.col("on_day").cast(MOMENT)
    told = frame.select(
        currency=pl.col("currency").replace_strict(numbers, return_dtype=CODE),
        since=day.to_physical(),
        rate=pl.col("rate") * pl.col("currency").replace_strict(scale, return_dtype=pl.Float64),
    )
    itself = pl.DataFrame({"currency": [0], "since": [-NEVER], "rate": [1.0]}, schema=told.schema)
    return pl.concat([itself, told])


def history_since(frame: pl.DataFrame, codes: Codes) -> list[list[int]]:
    """For each source and field, from when on changes are logged.

    A field of which changes came is logged from the beginning, and so is the amount wherever any changes came: it
    is part of what a deal is. Of all others the present value is known, from the moment up to which was read.
    """
    rows = []
    for connection in codes.connections:
        mine = frame.filter(pl.col("connection_id") == connection)
        logged = set(mine.filter(pl.col("input") == int(Input.DEAL_CHANGES))["kind"].to_list())
        until = mine.filter(pl.col("input") == int(Input.DEALS)).select(pl.col("until").to_physical().max()).item()
        known_from = -NEVER if until is None else until
        if int(ChangedField.NEXT_STEP) in logged:
            logged.add(int(Field.NEXT_STEP_ON))
        if logged:
            logged |= {int(Field.AMOUNT), int(Field.CURRENCY)}
        rows.append([-NEVER if int(field) in logged else known_from for field in Field])
    return rows


def inactive_at(owners: pl.DataFrame) -> pl.Series:
    """For each owner the moment from which on they are not active."""
    known = pl.coalesce("inactive_since", "observed_at").to_physical()
    return owners.select(pl.when(pl.col("is_active").eq(other=False)).then(known).otherwise(NEVER).alias("at"))["at"]


def _currency(values: pl.Series, codes: Codes) -> pl.Series:
    numbers = {code: number for number, code in enumerate(codes.currencies)}
    return values.replace_strict(numbers, default=0, return_dtype=pl.Int64)


def number_of(values: pl.Series, ids: pl.Series) -> pl.Series:
    """The place of each value among the ids; null where it is not among them."""
    keyed = ids.to_frame("key").with_row_index("number")
    found = values.to_frame("key").join(keyed, on="key", how="left", maintain_order="left")
    return found["number"].cast(CODE)
