"""Mails, calls, meetings and tasks of the demo company as HubSpot keeps them, and a note on some deals."""

from datetime import datetime
from typing import Any

from auctor.twins.company import tables
from auctor.twins.hubspot.portal import Portal
from auctor.twins.hubspot.schema import PLAIN_TASK
from auctor.twins.hubspot.store import Editor, Record, stamp

Row = dict[str, str]
KINDS = {"email": "emails", "call": "calls", "meeting": "meetings", "task": "tasks"}
OUTCOMES = {"done": "COMPLETED", "cancelled": "CANCELED", "no_show": "NO_SHOW", "planned": "SCHEDULED"}
# Nobody who connects has any business reading this; a test can look whether somebody did.
PRIVATE = "Private words that stay at the vendor."
NOTE_EACH = 7


def fill(
    portal: Portal,
    company: tables.Tables,
    *,
    owners: dict[str, str],
    deals: dict[str, Record],
    contacts: dict[str, Record],
) -> None:
    """Write the company's activities and tie them to deal, contacts and company."""
    people: dict[str, list[Row]] = {}
    for row in company["activity_participants"]:
        people.setdefault(row["activity_id"], []).append(row)
    for row in company["activities"]:
        taking_part = people.get(row["activity_id"], [])
        values = _SHAPES[row["kind"]](row, taking_part) | {"hs_timestamp": _stamp(row["due_at"] or row["occurred_at"])}
        if row["owner_id"]:
            values["hubspot_owner_id"] = owners[row["owner_id"]]
        made = {name: value for name, value in values.items() if value}
        record = portal.store.add(KINDS[row["kind"]], made, Editor(datetime.fromisoformat(row["recorded_at"])))
        _tie(portal, record, deals[row["deal_id"]], [contacts[p["contact_id"]] for p in taking_part if p["contact_id"]])
    for place, deal in enumerate(deals.values()):
        if place % NOTE_EACH == 0:
            values = {"hs_note_body": PRIVATE, "hs_timestamp": stamp(deal.created_at)}
            _tie(portal, portal.store.add("notes", values, Editor(deal.created_at)), deal, [])


def _tie(portal: Portal, record: Record, deal: Record, people: list[Record]) -> None:
    portal.store.links.add(record.kind, record.id, "deals", deal.id)
    for person in people:
        portal.store.links.add(record.kind, record.id, "contacts", person.id)


def _addresses(people: list[Row], role: str) -> str:
    return ";".join(person["email"] for person in people if person["role"] == role)


def _email(row: Row, people: list[Row]) -> dict[str, str]:
    return {
        "hs_email_direction": "INCOMING_EMAIL" if row["direction"] == "in" else "EMAIL",
        "hs_email_status": "SENT",
        "hs_email_subject": f"Re: {PRIVATE}",
        "hs_email_text": PRIVATE,
        "hs_email_thread_id": row["thread_id"],
        "hs_email_from_email": _addresses(people, "from"),
        "hs_email_to_email": _addresses(people, "to"),
        "hs_email_cc_email": _addresses(people, "cc"),
    }


def _call(row: Row, _people: list[Row]) -> dict[str, str]:
    is_answered = row["label"] == "connected"
    return {
        "hs_call_direction": "INBOUND" if row["direction"] == "in" else "OUTBOUND",
        "hs_call_status": "COMPLETED" if is_answered else "NO_ANSWER",
        "hs_call_title": row["label"],
        "hs_call_body": PRIVATE,
        "hs_call_duration": str(_milliseconds(row)) if row["ended_at"] else "",
    }


def _milliseconds(row: Row) -> int:
    begin, end = datetime.fromisoformat(row["occurred_at"]), datetime.fromisoformat(row["ended_at"])
    return int((end - begin).total_seconds() * 1000)


def _meeting(row: Row, _people: list[Row]) -> dict[str, str]:
    return {
        "hs_meeting_title": row["label"],
        "hs_meeting_body": PRIVATE,
        "hs_meeting_outcome": OUTCOMES[row["state"]],
        "hs_meeting_start_time": _stamp(row["occurred_at"]),
        "hs_meeting_end_time": _stamp(row["ended_at"]),
    }


def _task(row: Row, _people: list[Row]) -> dict[str, str]:
    return {
        "hs_task_subject": row["label"],
        "hs_task_body": PRIVATE,
        "hs_task_status": "COMPLETED" if row["state"] == "done" else "NOT_STARTED",
        "hs_task_priority": "NONE",
        "hs_task_type": PLAIN_TASK,
        "hs_task_completion_date": _stamp(row["ended_at"]),
    }


_SHAPES: dict[str, Any] = {"email": _email, "call": _call, "meeting": _meeting, "task": _task}


def _stamp(text: str) -> str:
    return stamp(datetime.fromisoformat(text)) if text else ""
