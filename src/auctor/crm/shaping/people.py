"""Owners, companies, contacts and their addresses. Pure."""

from collections.abc import Collection, Sequence

import polars as pl

from auctor.crm.importing.file import File, Folder
from auctor.crm.keys import SPLIT, Keys
from auctor.crm.seniority import seniority_of
from auctor.crm.vocabulary import ChangedField, Entity, PointKind, RecordState

# Which columns of which files refer to whom.
OWNER_COLUMNS = (
    ("deals", "owner_id"),
    ("activities", "owner_id"),
    ("activity_participants", "owner_id"),
    ("deal_changes", "actor"),
)
COMPANY_COLUMNS = (("deals", "company_id"), ("contacts", "company_id"))
CONTACT_COLUMNS = (("deal_contacts", "contact_id"), ("activity_participants", "contact_id"))


def owners(file: File, keys: Keys) -> pl.DataFrame:
    """Rows of `crm_owner`."""
    frame = identified(file, keys, Entity.OWNER, "owner_id")
    kinds = pl.Series([int(PointKind.EMAIL)] * frame.height, dtype=pl.Int16)
    return frame.select(
        "id",
        address_ids(keys, kinds, frame["email"]).alias("address_id"),
        "remote_id",
        "content",
        "name",
        "email",
        is_active="active",
        is_listed=pl.lit(value=True),
        record_state=pl.lit(int(RecordState.ACTIVE)),
    )


def companies(file: File, keys: Keys) -> pl.DataFrame:
    """Rows of `crm_company`."""
    return identified(file, keys, Entity.COMPANY, "company_id").select(
        "id",
        "remote_id",
        "content",
        "name",
        "country",
        "employees",
        record_state=pl.lit(int(RecordState.ACTIVE)),
    )


def domains(file: File, keys: Keys) -> pl.DataFrame:
    """Rows of `crm_domain`."""
    listed = file.frame.select("company_id", domain="domains").explode("domain").drop_nulls().unique()
    named = listed.select(pl.concat_str("company_id", "domain", separator=SPLIT)).to_series()
    return listed.select(
        keys.ids(Entity.DOMAIN, named).alias("id"),
        keys.ids(Entity.COMPANY, listed["company_id"]).alias("company_id"),
        "domain",
    )


def contacts(file: File, keys: Keys) -> pl.DataFrame:
    """Rows of `crm_contact`, with the rank that the title speaks of."""
    frame = identified(file, keys, Entity.CONTACT, "contact_id")
    titles = frame["title"].drop_nulls().unique()
    ranks = {title: seniority_of(title) for title in titles.to_list()}
    return frame.select(
        "id",
        "remote_id",
        "content",
        keys.ids(Entity.COMPANY, frame["company_id"]).alias("company_id"),
        "name",
        "title",
        frame["title"].replace_strict(ranks, default=None, return_dtype=pl.Int16).alias("seniority"),
        record_state=pl.lit(int(RecordState.ACTIVE)),
    )


def points(file: File, keys: Keys) -> pl.DataFrame:
    """Rows of `crm_contactpoint`, with the `kind` and `value` of their addresses."""
    frame = file.frame
    given = pl.concat(
        frame.select("contact_id", kind=pl.lit(int(kind), pl.Int16), value=column).drop_nulls()
        for kind, column in ((PointKind.EMAIL, "email"), (PointKind.PHONE, "phone"))
    ).unique(maintain_order=True)
    address = address_ids(keys, given["kind"], given["value"])
    contact = keys.ids(Entity.CONTACT, given["contact_id"])
    named = pl.select(pl.concat_str(contact, address, separator=SPLIT)).to_series()
    return given.select(
        keys.ids(Entity.POINT, named).alias("id"),
        contact.alias("contact_id"),
        address.alias("address_id"),
        "kind",
        "value",
    )


def address_ids(keys: Keys, kinds: pl.Series, values: pl.Series) -> pl.Series:
    """The ids of addresses: the same address has the same id wherever it is met."""
    named = pl.select(pl.concat_str(kinds.cast(pl.String), values, separator=SPLIT)).to_series()
    return keys.ids(Entity.ADDRESS, named)


def identified(file: File, keys: Keys, kind: Entity, column: str, *, matters: Collection[str] = ()) -> pl.DataFrame:
    """The file's rows with `id`, the `remote_id` that is stored, and the `content` digest of what the file says.

    Of columns in `matters` an empty one says more than a missing one.
    """
    given = (file.given & set(matters)) | set(file.custom)
    return file.frame.with_columns(
        keys.ids(kind, file.frame[column]).alias("id"),
        keys.shown(file.frame[column]).alias("remote_id"),
        pl.Series("content", keys.contents(told(file.frame), given=given), dtype=pl.String),
    )


def told(frame: pl.DataFrame) -> pl.DataFrame:
    """What a file's rows say, in columns that make a digest."""
    return frame.select(
        pl.col(name).list.sort().list.join("|") if kind == pl.List(pl.String) else pl.col(name)
        for name, kind in sorted(frame.schema.items(), key=lambda item: item[0])
        if name != "row"
    )


def mentioned(folder: Folder, keys: Keys, kind: Entity) -> pl.DataFrame:
    """`id` and `remote_id` of everybody whom the folder mentions, whether or not it describes them."""
    columns = {
        Entity.OWNER: OWNER_COLUMNS,
        Entity.COMPANY: COMPANY_COLUMNS,
        Entity.CONTACT: CONTACT_COLUMNS,
    }[kind]
    names = [folder[file].frame[column].alias("name") for file, column in columns if file in folder]
    if kind is Entity.OWNER and "deal_changes" in folder:
        names += _owners_of_changes(folder["deal_changes"].frame)
    met = _together(names)
    return pl.DataFrame({"id": keys.ids(kind, met), "remote_id": keys.shown(met)})


def _owners_of_changes(frame: pl.DataFrame) -> list[pl.Series]:
    moved = frame.filter(pl.col("field") == int(ChangedField.OWNER))
    return [moved["old_ref"].alias("name"), moved["new_ref"].alias("name")]


def _together(names: Sequence[pl.Series]) -> pl.Series:
    if not names:
        return pl.Series("name", [], dtype=pl.String)
    return pl.concat(names).drop_nulls().unique()
