"""Activities and their participants."""

from uuid import UUID

import polars as pl

from auctor.crm import bulk
from auctor.crm.bulk import ID
from auctor.crm.importing.form import ACTIVITY_KINDS, ACTIVITY_STATES, FLOWS, PARTS, REPLIES
from auctor.crm.leaving.rows import MOMENT, opened, remote, remote_ids, word
from auctor.crm.models.activities import Activity
from auctor.crm.models.people import Address
from auctor.crm.shaping.activities import to_thread_id


def activities(workspace_id: UUID) -> pl.DataFrame:
    """The lines of `activities`."""
    frame = bulk.read_many(
        "SELECT id, remote_id, deal_id, kind, label, flow, occurred_at, ended_at, recorded_at, state, due_at, owner_id,"
        " thread FROM crm_activity WHERE workspace_id = {workspace} AND record_state = 0 ORDER BY deal_id, occurred_at",
        {
            "id": ID,
            "activity_id": pl.String,
            "deal": ID,
            "kind": pl.Int16,
            "label": pl.Binary,
            "flow": pl.Int16,
            "occurred_at": MOMENT,
            "ended_at": MOMENT,
            "recorded_at": MOMENT,
            "state": pl.Int16,
            "due_at": MOMENT,
            "owner": ID,
            "thread": pl.Int64,
        },
        workspace_id=workspace_id,
    )
    frame = opened(frame, Activity, workspace_id, "label")
    threads = {number: to_thread_id(number) for number in frame["thread"].drop_nulls().unique().to_list()}
    return frame.select(
        "activity_id",
        remote("deal", remote_ids("crm_deal", workspace_id), "deal_id"),
        word("kind", ACTIVITY_KINDS, "kind"),
        "label",
        word("flow", ("", *FLOWS), "direction"),
        "occurred_at",
        "ended_at",
        "recorded_at",
        word("state", ("", *ACTIVITY_STATES), "state"),
        "due_at",
        remote("owner", remote_ids("crm_owner", workspace_id), "owner_id"),
        pl.col("thread").replace_strict(threads, default=None, return_dtype=pl.String).alias("thread_id"),
    )


def activity_participants(workspace_id: UUID) -> pl.DataFrame:
    """The lines of `activity_participants`."""
    frame = bulk.read_many(
        "SELECT p.id, a.remote_id, p.part, p.address_id, p.contact_id, p.owner_id, p.reply FROM crm_participant p"
        " JOIN crm_activity a ON a.workspace_id = p.workspace_id AND a.id = p.activity_id"
        " WHERE p.workspace_id = {workspace} AND a.record_state = 0 ORDER BY p.deal_id, p.activity_id, p.id",
        {
            "id": ID,
            "activity_id": pl.String,
            "part": pl.Int16,
            "address": ID,
            "contact": ID,
            "owner": ID,
            "reply": pl.Int16,
        },
        workspace_id=workspace_id,
    )
    met = bulk.read_many(
        "SELECT id, value FROM crm_address WHERE workspace_id = {workspace}",
        {"id": ID, "value": pl.Binary},
        workspace_id=workspace_id,
    )
    addresses = opened(met, Address, workspace_id, "value").select(address="id", email="value")
    frame = frame.join(addresses, on="address", how="left", maintain_order="left")
    return frame.select(
        "activity_id",
        word("part", ("", *PARTS), "role"),
        "email",
        remote("contact", remote_ids("crm_contact", workspace_id), "contact_id"),
        remote("owner", remote_ids("crm_owner", workspace_id), "owner_id"),
        word("reply", REPLIES, "response"),
    )
