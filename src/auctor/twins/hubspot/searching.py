"""Search: filters, one sort, 200 a page, 10,000 in all, and an index that may lag behind."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from auctor.twins.ground.messages import Answer, Request, to_json
from auctor.twins.hubspot import schema
from auctor.twins.hubspot.errors import VendorError, invalid, left_out
from auctor.twins.hubspot.portal import Portal
from auctor.twins.hubspot.reading import number
from auctor.twins.hubspot.schema import Property
from auctor.twins.hubspot.shapes import to_object, to_page
from auctor.twins.hubspot.store import Record

LARGEST_PAGE, MOST_RESULTS, LONGEST_BODY = 200, 10_000, 3_000
MOST_GROUPS, MOST_FILTERS, MOST_IN_ALL = 5, 6, 18
TEXTS = {
    "deals": ("dealname", "pipeline", "dealstage", "dealtype"),
    "contacts": ("firstname", "lastname", "email", "phone"),
    "companies": ("name", "domain"),
    "tasks": ("hs_task_subject", "hs_task_body"),
    "notes": ("hs_note_body",),
    "emails": ("hs_email_subject",),
    "calls": ("hs_call_title",),
    "meetings": ("hs_meeting_title",),
}
Test = Callable[[Record, datetime], bool]
Key = tuple[int, float | str]


def search(portal: Portal, request: Request) -> Answer:
    """POST search. Archived objects and associations never appear here."""
    kind = portal.kind(request.params["kind"])
    body = request.json()
    if len(request.body) > LONGEST_BODY:
        raise invalid(f"The request body is too long: {len(request.body)} characters, at most {LONGEST_BODY}")
    limit = number(str(body.get("limit", 10)), most=LARGEST_PAGE)
    start = _start(body, limit)
    at = portal.clock.now() - timedelta(seconds=portal.settings.search_lag_seconds)
    tests = _tests(portal, kind, body)
    found = [r for r in _indexed(portal, kind, at) if tests(r, at) and _says(kind, r, at, body)]
    _sort(portal, kind, found, at, body)
    page = found[start : start + limit]
    results = [to_object(portal, r, body.get("properties") or (), at=at) for r in page]
    after = str(start + limit) if start + limit < len(found) else None
    return to_json(to_page(request, results, after, total=len(found)))


def _start(body: dict[str, Any], limit: int) -> int:
    after = str(body.get("after") or "0")
    if not after.isdigit():
        raise invalid(f"Invalid after value: {after}")
    if int(after) + limit > MOST_RESULTS:
        raise invalid(f"Paging beyond the {MOST_RESULTS} results of a search is not possible; narrow the filters")
    return int(after)


def _indexed(portal: Portal, kind: str, at: datetime) -> Iterator[Record]:
    """What the index knows: what was there when it last looked."""
    for record in portal.store.all(kind, archived=None):
        if record.indexed_at <= at and (record.archived_at is None or record.archived_at > at):
            yield record


def _tests(portal: Portal, kind: str, body: dict[str, Any]) -> Test:
    """Groups are alternatives, the filters of a group hold together."""
    groups = [group.get("filters") or [] for group in body.get("filterGroups") or []]
    too_many = len(groups) > MOST_GROUPS or sum(map(len, groups)) > MOST_IN_ALL
    if too_many or any(len(group) > MOST_FILTERS for group in groups):
        raise invalid(
            f"At most {MOST_GROUPS} filterGroups of {MOST_FILTERS} filters, {MOST_IN_ALL} in all, are allowed"
        )
    made = [[_test(portal, kind, one) for one in group] for group in groups]
    return lambda record, at: not made or any(all(test(record, at) for test in group) for group in made)


def _test(portal: Portal, kind: str, wanted: dict[str, Any]) -> Test:
    name, operator = str(wanted.get("propertyName")), str(wanted.get("operator"))
    if name.startswith("associations."):
        raise left_out("filter on associations")
    definition = portal.live_properties(kind).get(name)
    if definition is None:
        raise invalid(f"There was a problem with the request. Property does not exist: {name}")
    if operator not in OPERATORS:
        raise invalid(f"Invalid operator {operator}")
    given = _given(definition, operator, wanted)
    compare = OPERATORS[operator]

    def test(record: Record, at: datetime) -> bool:
        value = record.value(name, at)
        return compare(None if value in (None, "") else to_key(definition, str(value)), given)

    return test


def _given(definition: Property, operator: str, wanted: dict[str, Any]) -> list[Key]:
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        return []
    values = wanted.get("values") if operator in ("IN", "NOT_IN") else [wanted.get("value")]
    if operator == "BETWEEN":
        values = [wanted.get("value"), wanted.get("highValue")]
    if not values or any(value is None for value in values):
        raise invalid(f"Filter on {definition.name} with {operator} lacks its value")
    keys = [to_key(definition, str(value), is_asked=True) for value in values]
    if definition.type in ("date", "datetime") and any(key[1] == 0.0 for key in keys):
        # The vendor stumbles over the beginning of time.
        raise VendorError(500, "INTERNAL_ERROR", "internal error")
    return keys


def to_key(definition: Property, value: str, *, is_asked: bool = False) -> Key:
    """A value as it is compared: numbers and moments (in milliseconds) as numbers, words without case.

    Raises VendorError 400 when a filter asks with something else.
    """
    try:
        if definition.type == "number":
            return 0, float(value)
        if definition.type in ("date", "datetime"):
            return 0, to_milliseconds(value)
    except ValueError as error:
        if is_asked:
            raise invalid(f"Invalid value for {definition.name}: {value}") from error
    return 1, value.casefold()


def to_milliseconds(value: str) -> float:
    """A moment in milliseconds since 1970; finer parts are ignored. Raises ValueError."""
    if value.lstrip("-").isdigit():
        return float(value)
    moment = datetime.fromisoformat(value)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return float(int(aware.timestamp() * 1000))


def _words(key: Key) -> set[str]:
    return set(str(key[1]).replace("@", " ").replace(".", " ").replace(",", " ").split())


def _contains(have: Key, given: Key) -> bool:
    wanted = str(given[1]).strip("*")
    if "*" in str(given[1]):
        return wanted in str(have[1])
    return _words(given) <= _words(have)


OPERATORS: dict[str, Callable[[Key | None, list[Key]], bool]] = {
    "EQ": lambda have, given: have == given[0],
    "NEQ": lambda have, given: have is not None and have != given[0],
    "LT": lambda have, given: have is not None and have < given[0],
    "LTE": lambda have, given: have is not None and have <= given[0],
    "GT": lambda have, given: have is not None and have > given[0],
    "GTE": lambda have, given: have is not None and have >= given[0],
    "BETWEEN": lambda have, given: have is not None and given[0] <= have <= given[1],
    "IN": lambda have, given: have in given,
    "NOT_IN": lambda have, given: have is not None and have not in given,
    "HAS_PROPERTY": lambda have, _given: have is not None,
    "NOT_HAS_PROPERTY": lambda have, _given: have is None,
    "CONTAINS_TOKEN": lambda have, given: have is not None and _contains(have, given[0]),
    "NOT_CONTAINS_TOKEN": lambda have, given: have is not None and not _contains(have, given[0]),
}


def _says(kind: str, record: Record, at: datetime, body: dict[str, Any]) -> bool:
    query = str(body.get("query") or "").casefold()
    if not query:
        return True
    return any(query in (record.value(name, at) or "").casefold() for name in TEXTS[kind])


def _sort(portal: Portal, kind: str, found: list[Record], at: datetime, body: dict[str, Any]) -> None:
    """By one property, else by creation; equals stand in no order that one could lean on, here by their ids."""
    sorts = body.get("sorts") or []
    if len(sorts) > 1:
        raise invalid("Only one sort is allowed")
    wanted = sorts[0] if sorts else {"propertyName": schema.created_name(kind)}
    if isinstance(wanted, str):
        wanted = {"propertyName": wanted.lstrip("-"), "direction": "DESCENDING" if wanted[:1] == "-" else "ASCENDING"}
    definition = portal.live_properties(kind).get(str(wanted.get("propertyName")))
    if definition is None:
        raise invalid(f"There was a problem with the request. Property does not exist: {wanted.get('propertyName')}")

    def key(record: Record) -> tuple[Key, int]:
        return to_key(definition, record.value(definition.name, at) or ""), int(record.id)

    found.sort(key=key, reverse=str(wanted.get("direction", "ASCENDING")).upper().startswith("DESC"))
