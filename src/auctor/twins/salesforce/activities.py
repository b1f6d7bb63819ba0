"""Mails, calls, meetings and tasks of the demo company as Salesforce keeps them."""

from datetime import datetime, timedelta

from auctor.twins.company import tables
from auctor.twins.salesforce.org import Org
from auctor.twins.salesforce.planting import add
from auctor.twins.salesforce.store import Row, Values, stamp

Line = dict[str, str]
# Nobody who connects has any business reading this; a test can look whether somebody did.
PRIVATE = "Private words that stay at the vendor."
RESPONSES = {"accepted": "Accepted", "declined": "Declined"}


def fill(
    org: Org, company: tables.Tables, *, users: dict[str, str], deals: dict[str, Row], contacts: dict[str, Row]
) -> None:
    """Write the company's activities and tie them to opportunity and contacts."""
    people: dict[str, list[Line]] = {}
    for row in company["activity_participants"]:
        people.setdefault(row["activity_id"], []).append(row)
    for row in company["activities"]:
        taking_part = people.get(row["activity_id"], [])
        deal = deals[row["deal_id"]]
        at = datetime.fromisoformat(row["recorded_at"])
        owner = users.get(row["owner_id"], org.user_id)
        who = next((contacts[p["contact_id"]].id for p in taking_part if p["contact_id"]), None)
        if row["kind"] == "email":
            add(org, "EmailMessage", {**_email(row, taking_part), "RelatedToId": deal.id}, at, owner)
            continue
        tied = {"WhatId": deal.id, "WhoId": who, "OwnerId": owner, "AccountId": deal["AccountId"]}
        if row["kind"] == "meeting":
            event = add(org, "Event", {**_meeting(row), **tied}, at, owner)
            _attendees(org, event, taking_part, contacts, users)
        else:
            add(org, "Task", {**(_call if row["kind"] == "call" else _task)(row), **tied}, at, owner)


def _addresses(people: list[Line], role: str) -> str:
    return "; ".join(person["email"] for person in people if person["role"] == role)


def _email(row: Line, people: list[Line]) -> Values:
    return {
        "Subject": f"Re: {PRIVATE}", "TextBody": PRIVATE, "FromAddress": _addresses(people, "from"),
        "ToAddress": _addresses(people, "to"), "CcAddress": _addresses(people, "cc") or None,
        "Incoming": row["direction"] == "in", "Status": "3" if row["direction"] == "out" else "1",
        "MessageDate": _stamp(row["occurred_at"]), "ThreadIdentifier": row["thread_id"],
        "MessageIdentifier": f"<{row['activity_id']}@mail.example>",
    }  # fmt: skip


def _call(row: Line) -> Values:
    begin = datetime.fromisoformat(row["occurred_at"])
    end = datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else begin
    return {
        "Subject": "Call", "TaskSubtype": "Call", "CallType": "Inbound" if row["direction"] == "in" else "Outbound",
        "CallDurationInSeconds": int((end - begin).total_seconds()), "CallDisposition": row["label"],
        "ActivityDate": begin.date().isoformat(), "Status": "Completed", "Priority": "Normal", "IsClosed": True,
        "Description": PRIVATE, "CompletedDateTime": stamp(end),
    }  # fmt: skip


def _task(row: Line) -> Values:
    is_done = row["state"] == "done"
    return {
        "Subject": row["label"], "TaskSubtype": "Task", "Status": "Completed" if is_done else "Not Started",
        "ActivityDate": row["due_at"][:10] or None, "Priority": "Normal", "IsClosed": is_done, "Description": PRIVATE,
        "CompletedDateTime": _stamp(row["ended_at"]) if row["ended_at"] else None,
    }  # fmt: skip


def _meeting(row: Line) -> Values:
    """A meeting has no outcome here; people write it into the subject."""
    begin = datetime.fromisoformat(row["occurred_at"])
    end = datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else begin + timedelta(minutes=45)
    before = {"cancelled": "Canceled: ", "no_show": "No show: "}.get(row["state"], "")
    return {
        "Subject": f"{before}{row['label']}", "StartDateTime": stamp(begin), "EndDateTime": stamp(end),
        "ActivityDateTime": stamp(begin), "ActivityDate": begin.date().isoformat(), "IsAllDayEvent": False,
        "DurationInMinutes": int((end - begin).total_seconds() // 60), "ShowAs": "Busy", "EventSubtype": "Event",
        "Description": PRIVATE,
    }  # fmt: skip


def _attendees(org: Org, event: Row, people: list[Line], contacts: dict[str, Row], users: dict[str, str]) -> None:
    for person in people:
        relation = contacts[person["contact_id"]].id if person["contact_id"] else users.get(person["owner_id"])
        values = {"EventId": event.id, "RelationId": relation, "Status": RESPONSES.get(person["response"], "New")}
        add(org, "EventRelation", values, datetime.fromisoformat(str(event["CreatedDate"])))


def _stamp(text: str) -> str:
    return stamp(datetime.fromisoformat(text))
