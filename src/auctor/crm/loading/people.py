"""Owners, companies, contacts and their addresses."""

import polars as pl
from django.db import connection, models

from auctor.crm import bulk
from auctor.crm.importing.file import File, Folder
from auctor.crm.loading.run import Run
from auctor.crm.models.people import Address, Company, Contact, ContactPoint, Domain, Owner
from auctor.crm.shaping import people
from auctor.crm.vocabulary import Entity, PointKind, RecordState
from auctor.identity.queries import list_members
from auctor.tenancy.records import Actor

# No file tells since when somebody has a title or works elsewhere: what was otherwise before is so from now on, and
# what was so when we saw it first always was.
RETITLED = (
    "CASE WHEN crm_contact.seniority IS DISTINCT FROM excluded.seniority THEN excluded.observed_at"
    " ELSE crm_contact.titled_at END"
)
LEFT_THEM = (
    "CASE WHEN crm_contact.company_id <> excluded.company_id THEN excluded.observed_at ELSE crm_contact.left_at END"
)
LEFT_US = (
    "CASE WHEN excluded.is_active IS NOT FALSE THEN NULL"
    " ELSE coalesce(crm_owner.inactive_since, excluded.inactive_since) END"
)
SOURCED = ("content", "record_state", "observed_at")


def load_owners(run: Run, folder: Folder) -> None:
    """The owners of the file, and those whom only other files name."""
    if "owners" in folder:
        rows = run.sort_out("owners", Owner, people.owners(folder["owners"], run.keys))
        given = _given(folder["owners"], {"name": "name", "email": "email", "active": "is_active"})
        given += ("address_id",) if "email" in given else ()
        met = rows.filter(pl.col("email").is_not_null()).select(
            "address_id", kind=pl.lit(int(PointKind.EMAIL), pl.Int16), value="email"
        )
        load_addresses(run, met)
        merges = {"inactive_since": LEFT_US} if "is_active" in given else {}
        seen = _seen(run, rows).with_columns(inactive_since=pl.when(~pl.col("is_active")).then(run.moment))
        run.write(Owner, seen, updates=(*SOURCED, "is_listed", *given), merges=merges)
    _load_mentioned(run, folder, Entity.OWNER, Owner)


def link_members(actor: Actor, run: Run) -> None:
    """Owners whose address is a member's are that member, unless somebody said otherwise; their deals follow."""
    if run.is_rehearsal:
        return
    members = {member.email.casefold(): member.id for member in list_members(actor)}
    for owner in Owner.objects.filter(member_id__isnull=True, email__isnull=False, observed_at=run.now):
        member_id = members.get((owner.email or "").casefold())
        if member_id:
            Owner.objects.filter(id=owner.id).update(member_id=member_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE crm_deal d SET owner_member_id = o.member_id FROM crm_owner o WHERE d.workspace_id = %s"
            " AND o.workspace_id = d.workspace_id AND o.id = d.owner_id AND o.observed_at = %s"
            " AND d.owner_member_id IS DISTINCT FROM o.member_id",
            [run.workspace_id, run.now],
        )


def load_companies(run: Run, folder: Folder) -> None:
    """The companies of the file with their domains, and those whom only other files name."""
    if "companies" in folder:
        file = folder["companies"]
        rows = run.sort_out("companies", Company, people.companies(file, run.keys))
        given = _given(file, {"name": "name", "country": "country", "employees": "employees"})
        run.write(Company, _seen(run, rows), updates=(*SOURCED, *given))
        if "domains" in file.given:
            _load_domains(run, file, rows)
    _load_mentioned(run, folder, Entity.COMPANY, Company)


def load_contacts(run: Run, folder: Folder) -> None:
    """The contacts of the file with their addresses, and those whom only other files name."""
    if "contacts" in folder:
        file = folder["contacts"]
        rows = run.sort_out("contacts", Contact, people.contacts(file, run.keys))
        given = _given(file, {"company_id": "company_id", "name": "name", "title": "title"})
        updates = (*SOURCED, *given, *(("seniority",) if "title" in given else ()))
        merges = {"titled_at": RETITLED} if "title" in given else {}
        merges |= {"left_at": LEFT_THEM} if "company_id" in given else {}
        run.write(Contact, _seen(run, rows), updates=updates, merges=merges)
        if file.given & {"email", "phone"}:
            _load_points(run, file, rows)
    _load_mentioned(run, folder, Entity.CONTACT, Contact)


def load_addresses(run: Run, met: pl.DataFrame) -> None:
    """Addresses that were seen: `address_id`, `kind`, `value`; those that are known stay as they are."""
    unique = met.select(id="address_id", kind="kind", value="value").unique("id")
    run.write(Address, bulk.find_missing(Address, unique, workspace_id=run.workspace_id))


def _load_domains(run: Run, file: File, companies: pl.DataFrame) -> None:
    rows = people.domains(file, run.keys).join(companies.select(company_id="id"), on="company_id", how="semi")
    _end_missing(run, Domain, "company_id", companies, rows)
    run.write(Domain, _edges(run, rows), updates=("last_confirmed_at", "ended_at"))


def _load_points(run: Run, file: File, contacts: pl.DataFrame) -> None:
    rows = people.points(file, run.keys).join(contacts.select(contact_id="id"), on="contact_id", how="semi")
    load_addresses(run, rows)
    _end_missing(run, ContactPoint, "contact_id", contacts, rows)
    points = _edges(run, rows.drop("kind", "value"))
    run.write(ContactPoint, points, updates=("last_confirmed_at", "ended_at"))
    if not run.is_rehearsal and points.height:
        _recognise(run, points)


def _recognise(run: Run, points: pl.DataFrame) -> None:
    """Whoever took part as no more than an address is the contact that has it now."""
    bulk.stage_rows("points_seen", {"contact_id": "uuid", "address_id": "uuid"}, points)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE crm_participant p SET person_id = s.contact_id FROM points_seen s WHERE p.workspace_id = %s"
            " AND p.address_id = s.address_id AND p.contact_id IS NULL AND NOT p.is_ours"
            " AND p.person_id IS DISTINCT FROM s.contact_id",
            [run.workspace_id],
        )


def _end_missing(run: Run, model: type[models.Model], parent: str, parents: pl.DataFrame, rows: pl.DataFrame) -> None:
    """What a changed record no longer names has ended: its line was read completely."""
    if run.is_rehearsal or parents["is_new"].all():
        return
    bulk.stage_ids("parents_read", parents["id"])
    bulk.stage_ids("still_named", rows["id"])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET ended_at = %s WHERE workspace_id = %s AND ended_at IS NULL"  # noqa: S608
            f" AND {parent} IN (SELECT id FROM parents_read) AND id NOT IN (SELECT id FROM still_named)",
            [run.now, run.workspace_id],
        )


def _load_mentioned(run: Run, folder: Folder, kind: Entity, model: type[models.Model]) -> None:
    """Rows for those whom the folder names without describing them: they exist, and nothing else is known."""
    met = people.mentioned(folder, run.keys, kind)
    missing = bulk.find_missing(model, met, workspace_id=run.workspace_id)
    state = pl.lit(int(RecordState.INACCESSIBLE), pl.Int16)
    rows = missing.with_columns(record_state=state, first_seen_at=run.moment, observed_at=run.moment)
    run.write(model, rows.with_columns(is_listed=pl.lit(value=False)) if kind is Entity.OWNER else rows)


def _seen(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(first_seen_at=run.moment, observed_at=run.moment)


def _edges(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        first_seen_at=run.moment, last_confirmed_at=run.moment, ended_at=pl.lit(None, pl.Datetime("us", "UTC"))
    )


def _given(file: File, columns: dict[str, str]) -> tuple[str, ...]:
    """The columns of ours that the file has something to say about."""
    return tuple(ours for theirs, ours in columns.items() if theirs in file.given)
