"""The company as the files of a history folder: owners, companies, contacts, stages, deals and their past."""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from auctor.twins.company import people, story, touches
from auctor.twins.company.fields import Change, changes
from auctor.twins.company.names import DEAL_NAMES, OUR_NAME
from auctor.twins.company.people import Company, Owner, Person
from auctor.twins.company.pipelines import PIPELINES

SEED = 20_240_917
DEALS = 1_200
YEARS = 2
RATES = {"EUR": 1.0, "USD": 1.09, "GBP": 0.85, "SEK": 11.3}
ROLES = ("champion", "decision maker", "economic buyer", "influencer", "end user")

Row = dict[str, str]
Tables = dict[str, list[Row]]
__all__ = ["OUR_NAME", "build", "write"]


def build(today: datetime, *, seed: int = SEED, deals: int = DEALS) -> Tables:
    """Every file's rows as of `today` (aware, UTC). The same seed and day give the same rows."""
    random = Random(seed)  # noqa: S311 - a story, not a secret
    our_people = people.owners(random)
    buyers = people.companies(random)
    tables: Tables = {name: [] for name in COLUMNS}
    tables["owners"] = [_owner_row(o) for o in our_people]
    tables["companies"] = [_company_row(c) for c in buyers]
    tables["contacts"] = [_contact_row(p) for c in buyers for p in c.people]
    tables["stages"] = _stage_rows()
    for number in range(1, deals + 1):
        _tell_deal(random, f"deal-{number}", our_people, random.choice(buyers), today, tables)
    return tables


def write(folder: Path, tables: Mapping[str, Sequence[Row]]) -> None:
    """One CSV a table (RFC 4180, UTF-8)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS[name])
            writer.writeheader()
            writer.writerows(rows)


def _tell_deal(
    random: Random, deal_id: str, sellers: Sequence[Owner], company: Company, today: datetime, tables: Tables
) -> None:
    begins_at = today - timedelta(days=random.uniform(0.5, 365 * YEARS))
    begins_at = begins_at.replace(hour=random.randint(8, 16), minute=random.randrange(60), second=0, microsecond=0)
    begins_at = min(begins_at, today - timedelta(hours=8))
    course = story.tell(random, begins_at)
    course.amount = round(course.amount * RATES[company.country.currency], -2)
    owner, heir = _owner_for(random, sellers, begins_at, today)
    cast = _cast(random, course, company, owner)
    edits = changes(random, course, owner, heir, today)
    tables["deals"].append(_deal_row(random, deal_id, course, company, edits, today))
    tables["deal_changes"] += [_change_row(deal_id, edit) for edit in edits]
    tables["deal_contacts"] += _role_rows(random, deal_id, course, cast, today)
    for number, touch in enumerate(touches.touches(random, course, cast, deal_id)):
        _add_touch(tables, f"{deal_id}-a{number}", deal_id, touch, today)


def _owner_for(random: Random, sellers: Sequence[Owner], begins_at: datetime, today: datetime) -> tuple[Owner, Owner]:
    """Somebody who was there then; the one who left three months ago has no deals of the last ninety days."""
    there = [o for o in sellers if o.is_active or begins_at < today - timedelta(days=90)]
    return random.choice(there), random.choice([o for o in sellers if o.is_active])


def _cast(random: Random, course: story.Course, company: Company, owner: Owner) -> touches.Cast:
    wanted = max(1, round(random.gauss(3.1 + 0.8 * course.quality, 0.8)))
    buyers = random.sample(list(company.people), min(wanted, len(company.people)))
    leaves_at = None
    if random.random() < (0.02 if course.is_won else 0.09):
        leaves_at = course.begins_at + (course.ends_at - course.begins_at) * random.uniform(0.4, 0.8)
    return touches.Cast(owner, buyers, leaves_at)


def _deal_row(
    random: Random,
    deal_id: str,
    course: story.Course,
    company: Company,
    edits: Sequence[Change],
    today: datetime,
) -> Row:
    latest = {edit.field: edit.new for edit in edits}
    name = random.choice(DEAL_NAMES).format(n=random.randint(1, 6), year=course.ends_at.year)
    step_on = ""
    if latest.get("next_step") and min(course.ends_at, today) == today and random.random() < 0.7:
        step_on = (today + timedelta(days=random.randint(-10, 14))).date().isoformat()
    return {
        "deal_id": deal_id,
        "name": f"{name}, {company.name.rsplit(' ', 1)[0]}",
        "company_id": company.id,
        "owner_id": latest["owner"],
        "pipeline_id": course.pipeline.id,
        "stage_id": latest["stage"],
        "created_at": _moment(course.begins_at),
        "amount": latest["amount"],
        "currency": company.country.currency,
        "close_date": latest["close_date"],
        "forecast_category": latest.get("forecast_category", ""),
        "next_step": latest.get("next_step", ""),
        "next_step_on": step_on,
        "custom.source": latest["custom.source"],
    }


def _role_rows(random: Random, deal_id: str, course: story.Course, cast: touches.Cast, today: datetime) -> list[Row]:
    """A CRM knows a champion in three deals of five; who joins later than today is not on record yet."""
    rows = []
    for place, person in enumerate(cast.buyers):
        role = ROLES[place] if place < len(ROLES) and random.random() < 0.6 else ""
        since = course.begins_at + (course.ends_at - course.begins_at) * (0.0 if place == 0 else random.uniform(0, 0.5))
        if since <= today:
            rows.append(
                {"deal_id": deal_id, "contact_id": person.id, "role": role, "from": _moment(since), "until": ""}
            )
    return rows


def _add_touch(tables: Tables, activity_id: str, deal_id: str, touch: touches.Touch, today: datetime) -> None:
    """Nothing is on record that was written down after today; what is planned then has not happened yet."""
    if touch.recorded_at > today:
        return
    state = touch.state
    if touch.occurred_at > today or (touch.kind == "task" and touch.ended_at and touch.ended_at > today):
        state = "planned"
    ended_at = touch.ended_at if touch.ended_at and touch.ended_at <= today else None
    owner = next((who for _role, who, _response in touch.people if isinstance(who, Owner)), None)
    tables["activities"].append(
        {
            "activity_id": activity_id,
            "deal_id": deal_id,
            "kind": touch.kind,
            "label": touch.label,
            "direction": touch.direction,
            "occurred_at": _moment(touch.occurred_at),
            "ended_at": _moment(ended_at) if ended_at else "",
            "recorded_at": _moment(touch.recorded_at),
            "state": state,
            "due_at": _moment(touch.due_at) if touch.due_at else "",
            "owner_id": owner.id if owner else "",
            "thread_id": touch.thread,
        }
    )
    tables["activity_participants"] += [
        _participant_row(activity_id, role, who, response) for role, who, response in touch.people
    ]


def _participant_row(activity_id: str, role: str, who: Person | Owner, response: str) -> Row:
    return {
        "activity_id": activity_id,
        "role": role,
        "email": who.email,
        "contact_id": who.id if isinstance(who, Person) else "",
        "owner_id": who.id if isinstance(who, Owner) else "",
        "response": response,
    }


def _change_row(deal_id: str, edit: Change) -> Row:
    moment = _moment(edit.changed_at)
    return {
        "deal_id": deal_id, "field": edit.field, "old": edit.old, "new": edit.new, "changed_at": moment,
        "actor": edit.actor,
    }  # fmt: skip


def _owner_row(owner: Owner) -> Row:
    active = "true" if owner.is_active else "false"
    return {"owner_id": owner.id, "name": owner.name, "email": owner.email, "active": active}


def _company_row(company: Company) -> Row:
    return {
        "company_id": company.id, "name": company.name, "domains": company.domain, "country": company.country.code,
        "employees": str(company.employees),
    }  # fmt: skip


def _contact_row(person: Person) -> Row:
    return {
        "contact_id": person.id, "company_id": person.company_id, "name": person.name, "title": person.title,
        "email": person.email, "phone": person.phone,
    }  # fmt: skip


def _stage_rows() -> list[Row]:
    return [
        {
            "pipeline_id": pipeline.id,
            "pipeline": pipeline.name,
            "stage_id": stage.id,
            "stage": stage.name,
            "position": str(position),
            "category": stage.category,
            "default_probability": str(stage.probability),
        }
        for pipeline in PIPELINES
        for position, stage in enumerate(pipeline.stages, 1)
    ]


def _moment(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()


COLUMNS: dict[str, tuple[str, ...]] = {
    "owners": ("owner_id", "name", "email", "active"),
    "companies": ("company_id", "name", "domains", "country", "employees"),
    "contacts": ("contact_id", "company_id", "name", "title", "email", "phone"),
    "stages": ("pipeline_id", "pipeline", "stage_id", "stage", "position", "category", "default_probability"),
    "deals": (
        "deal_id", "name", "company_id", "owner_id", "pipeline_id", "stage_id", "created_at", "amount", "currency",
        "close_date", "forecast_category", "next_step", "next_step_on", "custom.source",
    ),
    "deal_contacts": ("deal_id", "contact_id", "role", "from", "until"),
    "deal_changes": ("deal_id", "field", "old", "new", "changed_at", "actor"),
    "activities": (
        "activity_id", "deal_id", "kind", "label", "direction", "occurred_at", "ended_at", "recorded_at", "state",
        "due_at", "owner_id", "thread_id",
    ),
    "activity_participants": ("activity_id", "role", "email", "contact_id", "owner_id", "response"),
}  # fmt: skip
