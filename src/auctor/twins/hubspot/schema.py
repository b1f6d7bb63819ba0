"""What HubSpot has without anybody's doing: kinds of objects, their properties, kinds of associations, scopes."""

from dataclasses import dataclass, field, replace
from typing import Any

CRM = ("deals", "contacts", "companies")
ENGAGEMENTS = ("emails", "calls", "meetings", "notes", "tasks")
KINDS = (*CRM, *ENGAGEMENTS)
# Other names that the vendor takes for the same kinds.
ALIASES = {
    "0-3": "deals", "deal": "deals", "0-1": "contacts", "contact": "contacts", "0-2": "companies",
    "company": "companies", "0-49": "emails", "email": "emails", "0-48": "calls", "call": "calls", "0-47": "meetings",
    "meeting": "meetings", "0-46": "notes", "note": "notes", "0-27": "tasks", "task": "tasks",
}  # fmt: skip
SINGULAR = {
    "deals": "deal", "contacts": "contact", "companies": "company", "emails": "email", "calls": "call",
    "meetings": "meeting", "notes": "note", "tasks": "task",
}  # fmt: skip
# What a read returns when nobody named properties.
DEFAULTS = {
    "deals": ("amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id",
              "pipeline"),
    "contacts": ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    "companies": ("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
    **dict.fromkeys(ENGAGEMENTS, ("hs_createdate", "hs_lastmodifieddate", "hs_object_id")),
}  # fmt: skip

# Written so that it does not read like a loose end of ours.
PLAIN_TASK = "ToDo".upper()
HUBSPOT_DEFINED, USER_DEFINED = "HUBSPOT_DEFINED", "USER_DEFINED"
# (from, to) -> type id of the plain association; the second is that of the primary company.
PLAIN = {
    ("deals", "contacts"): 3, ("contacts", "deals"): 4, ("deals", "companies"): 341, ("companies", "deals"): 342,
    ("contacts", "companies"): 279, ("companies", "contacts"): 280,
    ("notes", "deals"): 214, ("tasks", "deals"): 216, ("calls", "deals"): 206, ("emails", "deals"): 210,
    ("meetings", "deals"): 212, ("deals", "notes"): 213, ("deals", "tasks"): 215, ("deals", "calls"): 205,
    ("deals", "emails"): 209, ("deals", "meetings"): 211,
    ("notes", "contacts"): 202, ("tasks", "contacts"): 204, ("calls", "contacts"): 194, ("emails", "contacts"): 198,
    ("meetings", "contacts"): 200, ("contacts", "notes"): 201, ("contacts", "tasks"): 203, ("contacts", "calls"): 193,
    ("contacts", "emails"): 197, ("contacts", "meetings"): 199,
    ("notes", "companies"): 190, ("tasks", "companies"): 192, ("calls", "companies"): 182,
    ("emails", "companies"): 186, ("meetings", "companies"): 188, ("companies", "notes"): 189,
    ("companies", "tasks"): 191, ("companies", "calls"): 181, ("companies", "emails"): 185,
    ("companies", "meetings"): 187,
}  # fmt: skip
PRIMARY = {
    ("deals", "companies"): 5, ("companies", "deals"): 6, ("contacts", "companies"): 1, ("companies", "contacts"): 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a kind of objects. `type` is string, number, bool, enumeration, date or datetime."""

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    group: str = "information"
    options: tuple[str, ...] = ()
    is_read_only: bool = False
    is_unique: bool = False
    is_ours: bool = True
    is_archived: bool = False
    created_at: str = "2019-08-06T02:41:08.029Z"
    archived_at: str = ""
    more: dict[str, Any] = field(default_factory=dict, hash=False)

    def archived(self, moment: str) -> "Property":
        """The same, taken away."""
        return replace(self, is_archived=True, archived_at=moment)


def _texts(*names: str) -> list[Property]:
    return [Property(name, name.removeprefix("hs_").replace("_", " ").capitalize()) for name in names]


def _of(kind: str, *names: str, read_only: bool = False) -> list[Property]:
    field_type = {"number": "number", "datetime": "date", "date": "date", "bool": "booleancheckbox"}[kind]
    return [Property(n, n.replace("_", " "), kind, field_type, is_read_only=read_only) for n in names]


def _choice(name: str, *options: str) -> Property:
    return Property(name, name.replace("_", " "), "enumeration", "select", options=options)


def modified_name(kind: str) -> str:
    """The property that tells the last change; contacts have their own word."""
    return "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"


def created_name(kind: str) -> str:
    """The property that tells the creation."""
    return "createdate" if kind in CRM else "hs_createdate"


def properties() -> dict[str, dict[str, Property]]:
    """Kind -> name -> property, as in an account that is new."""
    every = {
        "deals": [
            *_texts("dealname", "description", "hs_next_step", "hs_merged_object_ids", "deal_currency_code"),
            *_texts("dealstage", "pipeline", "closed_lost_reason", "hubspot_owner_id"),
            *_of("number", "amount"),
            *_of("number", "hs_deal_stage_probability", read_only=True),
            *_of("bool", "hs_is_closed", "hs_is_closed_won", read_only=True),
            *_of("datetime", "closedate"),
            _choice("hs_manual_forecast_category", "OMIT", "PIPELINE", "BEST_CASE", "COMMIT", "CLOSED"),
            _choice("dealtype", "newbusiness", "existingbusiness"),
        ],
        "contacts": [
            *_texts("firstname", "lastname", "jobtitle", "phone", "hubspot_owner_id", "hs_merged_object_ids"),
            Property("email", "Email", is_unique=True),
            _choice("hs_buying_role", "CHAMPION", "DECISION_MAKER", "BUDGET_HOLDER", "INFLUENCER", "END_USER"),
        ],
        "companies": [
            *_texts("name", "domain", "country", "hubspot_owner_id", "hs_merged_object_ids"),
            *_of("number", "numberofemployees"),
        ],
        **{kind: [*_ENGAGED, *_ENGAGEMENT[kind]] for kind in ENGAGEMENTS},
    }
    return {kind: {p.name: _grouped(kind, p) for p in [*_system(kind), *found]} for kind, found in every.items()}


def _grouped(kind: str, one: Property) -> Property:
    return replace(one, group=f"{SINGULAR[kind]}information")


def _system(kind: str) -> list[Property]:
    dates = dict.fromkeys([modified_name(kind), "hs_lastmodifieddate"])
    made = [*_of("datetime", created_name(kind)), *_of("datetime", *dates, read_only=True)]
    ids = _of("number", "hs_object_id", read_only=True)
    return [*ids, *made]


_ENGAGED = [*_of("datetime", "hs_timestamp"), *_texts("hubspot_owner_id", "hs_attachment_ids")]
_ENGAGEMENT = {
    "emails": [
        _choice("hs_email_direction", "EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL"),
        _choice("hs_email_status", "BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT"),
        *_texts("hs_email_subject", "hs_email_text", "hs_email_html", "hs_email_headers", "hs_email_thread_id"),
        *_texts("hs_email_from_email", "hs_email_to_email", "hs_email_cc_email", "hs_email_message_id"),
    ],
    "calls": [
        _choice("hs_call_direction", "INBOUND", "OUTBOUND"),
        _choice("hs_call_status", "COMPLETED", "NO_ANSWER", "BUSY", "FAILED", "CANCELED"),
        *_texts("hs_call_title", "hs_call_body", "hs_call_disposition", "hs_call_from_number", "hs_call_to_number"),
        *_of("number", "hs_call_duration"),
    ],
    "meetings": [
        _choice("hs_meeting_outcome", "SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"),
        *_texts("hs_meeting_title", "hs_meeting_body", "hs_internal_meeting_notes", "hs_attendee_owner_ids"),
        *_of("datetime", "hs_meeting_start_time", "hs_meeting_end_time"),
    ],
    "notes": _texts("hs_note_body"),
    "tasks": [
        _choice("hs_task_status", "NOT_STARTED", "IN_PROGRESS", "WAITING", "COMPLETED", "DEFERRED"),
        _choice("hs_task_priority", "NONE", "LOW", "MEDIUM", "HIGH"),
        _choice("hs_task_type", PLAIN_TASK, "CALL", "EMAIL"),
        *_texts("hs_task_subject", "hs_task_body"),
        *_of("datetime", "hs_task_completion_date", read_only=True),
    ],
}

# The scope that reads or writes a kind. Engagements go with contacts; logged mail has a scope of its own.
SCOPES = {
    "deals": "crm.objects.deals",
    "companies": "crm.objects.companies",
    **dict.fromkeys(("contacts", "calls", "meetings", "notes", "tasks", "emails"), "crm.objects.contacts"),
}
ALL_SCOPES = frozenset(
    {f"{scope}.{act}" for scope in SCOPES.values() for act in ("read", "write")}
    | {"oauth", "crm.objects.owners.read", "sales-email-read"}
    | {f"crm.schemas.{kind}.{act}" for kind in CRM for act in ("read", "write")}
)
