"""Small history folders made up by hypothesis: few deals, few people, few moments, so that everything meets."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import strategies as st

from tests.crm.folders import COMPANIES, CONTACTS, OWNERS, STAGES, write_folder

CONTACT_IDS, OWNER_IDS, STAGE_IDS = ("p1", "p2", "p3"), ("u1", "u2", "u3"), ("new", "offer", "talks", "won", "lost")
CURRENCIES = ("EUR", "GBP", "JPY", "KWD")
MOST_DEALS = 4
Row = dict[str, str]


def moment(at: datetime) -> str:
    """As the form writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def or_nothing(values: Any) -> st.SearchStrategy[str]:
    """One of them, or an empty cell."""
    return st.sampled_from(["", *values])


@st.composite
def folders(draw: st.DrawFn, *, now: datetime) -> dict[str, list[Row]]:
    """The lines of `deals` and of what hangs on them; everything has happened at one of a few moments before `now`."""
    moments = [now - timedelta(days=days, hours=7) for days in (0, 1, 2, 9, 16, 30, 31, 60)]
    moments += [now - timedelta(days=days, hours=hours) for days, hours in ((3, 1), (12, 20), (45, 3))]
    ahead = [now + timedelta(minutes=30), now + timedelta(days=5), now + timedelta(days=40)]
    ids = [f"d{number}" for number in range(draw(st.integers(1, MOST_DEALS)))]
    days = [(now + timedelta(days=days)).date().isoformat() for days in (-40, 0, 9, 60)]
    deals = [
        {
            "deal_id": key,
            "name": f"Deal {key}",
            "company_id": draw(or_nothing(["c1", "c2", "nobody"])),
            "owner_id": draw(or_nothing(OWNER_IDS)),
            "pipeline_id": "sales",
            "stage_id": draw(st.sampled_from(STAGE_IDS)),
            "created_at": moment(now - timedelta(days=draw(st.sampled_from([3, 61, 90, 200])))),
            "amount": draw(st.sampled_from(["", "0", "1", "900", "123456789"])),
            "currency": draw(st.sampled_from(CURRENCIES)),
            "close_date": draw(or_nothing(days)),
            "forecast_category": draw(or_nothing(["omitted", "pipeline", "best_case", "commit"])),
            "next_step": draw(or_nothing(["Call"])),
            "next_step_on": draw(or_nothing(days)),
            "custom.Mood": draw(or_nothing(["7", "good"])),
        }
        for key in ids
    ]
    changes = _changes(draw, ids, moments, days)
    activities, people = _activities(draw, ids, moments, ahead)
    contacts = [
        {"deal_id": deal, "contact_id": contact, "role": draw(or_nothing(["Champion", "Decision maker"]))}
        for deal, contact in draw(st.sets(st.tuples(st.sampled_from(ids), st.sampled_from(CONTACT_IDS)), max_size=4))
    ]
    found = {"deals": deals, "deal_changes": _once(changes), "activities": activities}
    return {**found, "activity_participants": _once(people), "deal_contacts": contacts}


def _changes(draw: st.DrawFn, ids: list[str], moments: list[datetime], days: list[str]) -> list[Row]:
    values = {
        "stage": STAGE_IDS,
        "amount": ("1", "800", "5000"),
        "close_date": days,
        "owner": OWNER_IDS,
        "forecast_category": ("pipeline", "best_case", "commit"),
        "next_step": ("Call", "Write"),
        "custom.Mood": ("7", "good"),
    }
    return [
        {
            "deal_id": draw(st.sampled_from(ids)),
            "field": field,
            "old": draw(or_nothing(values[field])),
            "new": draw(or_nothing(values[field]) if field not in ("stage",) else st.sampled_from(values[field])),
            "changed_at": moment(draw(st.sampled_from(moments))),
            "actor": draw(or_nothing(OWNER_IDS)),
        }
        for field in draw(st.lists(st.sampled_from(sorted(values)), max_size=8))
    ]


def _activities(
    draw: st.DrawFn, deals: list[str], moments: list[datetime], ahead: list[datetime]
) -> tuple[list[Row], list[Row]]:
    activities: list[Row] = []
    people: list[Row] = []
    for number in range(draw(st.integers(0, 14))):
        kind = draw(st.sampled_from(["email", "email", "email", "call", "meeting", "task", "note"]))
        at = draw(st.sampled_from([*moments, *(ahead if kind in ("meeting", "task") else [])]))
        planned = at in ahead
        activities.append(
            {
                "activity_id": f"a{number}",
                "deal_id": draw(st.sampled_from([*deals, deals[0]])),
                "kind": kind,
                "label": draw(or_nothing(["Offer", "Out of office: back on Monday"])),
                "direction": draw(or_nothing(["in", "out", "internal"])) if kind in ("email", "call") else "",
                "occurred_at": moment(at),
                "recorded_at": moment(draw(st.sampled_from(moments))) if planned or draw(st.booleans()) else "",
                "state": draw(st.sampled_from(["", "planned", "cancelled"] if planned else ["", "done", "no_show"])),
                "due_at": moment(at) if kind == "task" else "",
                "owner_id": draw(or_nothing(OWNER_IDS)),
                "thread_id": draw(or_nothing(["t1", "t2"])),
            }
        )
        for role in draw(st.lists(st.sampled_from(["from", "to", "cc", "attendee"]), max_size=3)):
            ours = draw(st.booleans())
            people.append(
                {
                    "activity_id": f"a{number}",
                    "role": role,
                    "email": draw(or_nothing(["new@initech.example", "no-reply@initech.example"])) if not ours else "",
                    "contact_id": "" if ours else draw(st.sampled_from(CONTACT_IDS)),
                    "owner_id": draw(st.sampled_from(OWNER_IDS)) if ours else "",
                    "response": draw(or_nothing(["accepted", "declined", "tentative", "none"])),
                }
            )
    return activities, people


def _once(rows: list[Row]) -> list[Row]:
    """No two lines of one key."""
    keyed = {tuple(value for name, value in row.items() if name not in ("actor", "response")): row for row in rows}
    return list(keyed.values())


def write(folder: Path, made: dict[str, list[Row]]) -> Path:
    """The folder with these lines; a file without lines has its head alone."""
    write_folder(folder, {"owners": OWNERS, "companies": COMPANIES, "contacts": CONTACTS, "stages": STAGES})
    for name, rows in made.items():
        if rows:
            pl.DataFrame(rows).write_csv(folder / f"{name}.csv", quote_style="necessary")
    return folder
