"""Owners, companies and contacts."""

from uuid import UUID

import polars as pl

from auctor.crm import bulk
from auctor.crm.bulk import ID
from auctor.crm.leaving.rows import described, opened, remote, remote_ids
from auctor.crm.models.people import Address, Company, Contact, Domain, Owner
from auctor.crm.vocabulary import PointKind


def owners(workspace_id: UUID) -> pl.DataFrame:
    """The lines of `owners`."""
    schema: bulk.Schema = {"id": ID, "owner_id": pl.String, "name": pl.Binary, "email": pl.Binary, "active": pl.Boolean}
    frame = described("SELECT id, remote_id, name, email, is_active FROM crm_owner", schema, workspace_id)
    return opened(frame, Owner, workspace_id, "name", "email").select(
        "owner_id", "name", "email", pl.col("active").cast(pl.String)
    )


def companies(workspace_id: UUID) -> pl.DataFrame:
    """The lines of `companies`."""
    schema: bulk.Schema = {
        "id": ID,
        "company_id": pl.String,
        "name": pl.Binary,
        "country": pl.String,
        "employees": pl.Int64,
    }
    frame = described("SELECT id, remote_id, name, country, employees FROM crm_company", schema, workspace_id)
    listed = bulk.read_many(
        "SELECT id, company_id, domain FROM crm_domain WHERE workspace_id = {workspace} AND ended_at IS NULL",
        {"id": ID, "company": ID, "domain": pl.Binary},
        workspace_id=workspace_id,
    )
    domains = opened(listed, Domain, workspace_id, "domain").sort("domain")
    joined = domains.group_by("company").agg(domains=pl.col("domain").str.join("|"))
    frame = frame.join(joined, left_on="id", right_on="company", how="left", maintain_order="left")
    named = opened(frame, Company, workspace_id, "name")
    return named.select("company_id", "name", "domains", "country", "employees")


def contacts(workspace_id: UUID) -> pl.DataFrame:
    """The lines of `contacts`, with the newest living address of each kind."""
    schema: bulk.Schema = {"id": ID, "contact_id": pl.String, "company": ID, "name": pl.Binary, "title": pl.Binary}
    frame = described("SELECT id, remote_id, company_id, name, title FROM crm_contact", schema, workspace_id)
    points = bulk.read_many(
        "SELECT a.id, p.contact_id, a.kind, a.value FROM crm_contactpoint p JOIN crm_address a"
        " ON a.workspace_id = p.workspace_id AND a.id = p.address_id"
        " WHERE p.workspace_id = {workspace} AND p.ended_at IS NULL ORDER BY p.first_seen_at DESC",
        {"id": ID, "contact": ID, "kind": pl.Int16, "value": pl.Binary},
        workspace_id=workspace_id,
    )
    points = opened(points, Address, workspace_id, "value")
    for kind, column in ((PointKind.EMAIL, "email"), (PointKind.PHONE, "phone")):
        mine = points.filter(pl.col("kind") == int(kind)).unique("contact", keep="first", maintain_order=True)
        mine = mine.select(pl.col("contact").alias("id"), pl.col("value").alias(column))
        frame = frame.join(mine, on="id", how="left", maintain_order="left")
    companies_ = remote_ids("crm_company", workspace_id)
    named = opened(frame, Contact, workspace_id, "name", "title")
    return named.select("contact_id", remote("company", companies_, "company_id"), "name", "title", "email", "phone")
