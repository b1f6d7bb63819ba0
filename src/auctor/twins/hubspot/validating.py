"""What an account lets in: every value is checked before anything is written."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from auctor.twins.hubspot.errors import values_refused
from auctor.twins.hubspot.portal import Portal
from auctor.twins.hubspot.schema import Property
from auctor.twins.hubspot.searching import to_milliseconds
from auctor.twins.hubspot.store import Record, stamp

Problem = dict[str, str]
LONGEST_TEXT = 65_536


def to_values(portal: Portal, kind: str, given: Mapping[str, Any], record: Record | None = None) -> dict[str, str]:
    """The values as they are stored. Raises VendorError 400 with every problem at once."""
    problems: list[Problem] = []
    values: dict[str, str] = {}
    known = portal.live_properties(kind)
    for name, value in given.items():
        found = _problem(known.get(name), name, value)
        if found:
            problems.append(found)
        else:
            values[name] = _stored(known[name], value)
    problems += _stage_problems(portal, kind, values, record)
    problems += _required_problems(portal, kind, values, record)
    if problems:
        raise values_refused(problems)
    return {**values, **_derived(portal, kind, values, record)}


def _problem(definition: Property | None, name: str, value: Any) -> Problem | None:
    if definition is None:
        return _told("PROPERTY_DOESNT_EXIST", name, f'Property "{name}" does not exist')
    if definition.is_read_only:
        return _told("READ_ONLY_VALUE", name, f'"{name}" is a read only property; its value cannot be set.')
    text = "" if value is None else str(value)
    if not text:
        return None
    if len(text) > LONGEST_TEXT:
        return _told("VALUE_TOO_LONG", name, f"{name} is longer than {LONGEST_TEXT} characters")
    if definition.type == "enumeration" and definition.options and text not in definition.options:
        return _told("INVALID_OPTION", name, f"{text} was not one of the allowed options: {list(definition.options)}")
    return _number_problem(definition, text)


def _number_problem(definition: Property, text: str) -> Problem | None:
    try:
        if definition.type == "number":
            float(text)
        if definition.type in ("date", "datetime"):
            to_milliseconds(text)
    except ValueError:
        error = "INVALID_INTEGER" if definition.type == "number" else "INVALID_LONG"
        return _told(error, definition.name, f"{text} was not a valid {definition.type}.")
    return None


def _stored(definition: Property, value: Any) -> str:
    """Moments are kept as ISO texts, whatever form they came in."""
    if isinstance(value, bool):
        return str(value).lower()
    text = "" if value is None else str(value)
    if text and definition.type == "datetime":
        return stamp(datetime.fromtimestamp(to_milliseconds(text) / 1000, UTC))
    return text


def _stage_problems(portal: Portal, kind: str, values: dict[str, str], record: Record | None) -> Iterator[Problem]:
    if kind != "deals" or not {"dealstage", "pipeline"} & set(values):
        return
    pipeline = values.get("pipeline") or (record and record.value("pipeline")) or portal.pipelines[kind][0]["id"]
    stage = values.get("dealstage") or (record and record.value("dealstage"))
    stages = next((p["stages"] for p in portal.pipelines[kind] if p["id"] == pipeline and not p["archived"]), None)
    if stages is None:
        yield _told("INVALID_OPTION", "pipeline", f"Pipeline id {pipeline} does not exist")
    elif stage and stage not in {one["id"] for one in stages if not one["archived"]}:
        yield _told("INVALID_OPTION", "dealstage", f"{stage} is not a stage of pipeline {pipeline}")


def _required_problems(portal: Portal, kind: str, values: dict[str, str], record: Record | None) -> Iterator[Problem]:
    """What an administrator demands: on creation all of it, on a change what it would empty or still leaves empty."""
    wanted = list(portal.settings.required.get(kind, ()))
    if record is None:
        wanted += {"tasks": ["hs_timestamp"], "notes": ["hs_timestamp"], "deals": ["dealname"]}.get(kind, [])
    for name in wanted:
        value = values.get(name, (record.value(name) if record else "") or "")
        if not value:
            yield _told("MISSING_REQUIRED_PROPERTY", name, f"{name} is required")


def _derived(portal: Portal, kind: str, values: dict[str, str], record: Record | None) -> dict[str, str]:
    """What follows from a stage: whether it is closed, won, how probable, and when it was entered."""
    if kind == "tasks" and values.get("hs_task_status") == "COMPLETED":
        return {"hs_task_completion_date": stamp(portal.clock.now())}
    if kind == "deals" and record is None and "pipeline" not in values:
        values = {**values, "pipeline": portal.pipelines[kind][0]["id"]}
        return {"pipeline": values["pipeline"], **_derived(portal, kind, values, record)}
    stage_id = values.get("dealstage")
    if kind != "deals" or not stage_id or (record and record.value("dealstage") == stage_id):
        return {}
    return stage_values(portal, stage_id, stamp(portal.clock.now()))


def stage_values(portal: Portal, stage_id: str, entered_at: str) -> dict[str, str]:
    """The read-only properties of a deal in a stage."""
    stage = next((s for p in portal.pipelines["deals"] for s in p["stages"] if s["id"] == stage_id), None)
    if stage is None:
        return {}
    probability, is_closed = stage["metadata"]["probability"], stage["metadata"]["isClosed"]
    return {
        "hs_is_closed": is_closed,
        "hs_is_closed_won": "true" if is_closed == "true" and float(probability) == 1.0 else "false",
        "hs_deal_stage_probability": probability,
        f"hs_v2_date_entered_{stage_id}": entered_at,
    }


def _told(error: str, name: str, message: str) -> Problem:
    return {"name": name, "error": error, "message": message}
