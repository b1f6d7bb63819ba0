"""What an organisation lets in, and what follows from a value."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from auctor.twins.salesforce.errors import VendorError
from auctor.twins.salesforce.org import Org
from auctor.twins.salesforce.schema import Field, Kind
from auctor.twins.salesforce.store import Row, Values, stamp

LENGTHS = {"string": 255, "picklist": 255, "email": 80, "phone": 40, "url": 255, "combobox": 255, "textarea": 32_000}
NUMBERS = ("currency", "double", "percent", "int")


def to_values(org: Org, kind: Kind, given: Mapping[str, Any], row: Row | None = None) -> Values:
    """The values of a write by their proper names. Raises VendorError for the first problem."""
    values: Values = {}
    refused = []
    for name, value in given.items():
        if name == "attributes":
            continue
        known = kind.fields.get(name.lower())
        if known is None:
            raise VendorError("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind.name}")
        if not (known.is_updateable if row else known.is_createable):
            refused.append(known.name)
        values[known.name] = _checked(known, value)
    if refused:
        message = (
            f"Unable to create/update fields: {', '.join(refused)}. Please check the security settings of this field"
            " and verify that it is read/write for your profile or permission set."
        )
        raise VendorError("INVALID_FIELD_FOR_INSERT_UPDATE", message, fields=refused)
    _require(kind, values, row)
    _obey(org, kind, values, row)
    _refer(org, kind, values)
    return values


def _checked(known: Field, value: Any) -> Any:
    if value is None or value == "":
        return None
    try:
        return _READERS.get(known.type, str)(value)
    except (TypeError, ValueError) as error:
        message = f"Cannot deserialize instance of {known.type} from {type(value).__name__} value {value}"
        raise VendorError("JSON_PARSER_ERROR", f"{message} or request may be missing a required field") from error
    finally:
        if len(str(value)) > LENGTHS.get(known.type, 131_072):
            message = f"{known.name}: data value too large: {str(value)[:40]} (max length={LENGTHS[known.type]})"
            raise VendorError("STRING_TOO_LONG", message, fields=[known.name])


def _number(value: Any) -> float | int:
    if isinstance(value, bool):
        raise TypeError("a number is expected")
    return float(value)


def _truth(value: Any) -> bool:
    if str(value).lower() not in ("true", "false"):
        raise ValueError("true or false is expected")
    return str(value).lower() == "true"


_READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(NUMBERS, _number),
    "int": int,
    "boolean": _truth,
    "date": lambda value: date.fromisoformat(str(value)[:10]).isoformat(),
    "datetime": lambda value: stamp(datetime.fromisoformat(str(value))),
}


def _require(kind: Kind, values: Values, row: Row | None) -> None:
    empty = [one.name for one in kind.fields.values() if one.is_required and _is_left_empty(one.name, values, row)]
    if empty:
        message = f"Required fields are missing: [{', '.join(empty)}]"
        raise VendorError("REQUIRED_FIELD_MISSING", message, fields=empty)


def _is_left_empty(name: str, values: Values, row: Row | None) -> bool:
    return (values[name] if name in values else row[name] if row else None) is None


def _obey(org: Org, kind: Kind, values: Values, row: Row | None) -> None:
    """The organisation's own rules; their message is the administrator's."""
    for name, message in org.settings.rules.get(kind.name, {}).items():
        if _is_left_empty(name, values, row):
            raise VendorError("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, fields=[name])


def _refer(org: Org, kind: Kind, values: Values) -> None:
    for name, value in values.items():
        targets = kind.fields[name.lower()].targets
        if value is None or not targets:
            continue
        found = next((row for target in targets if (row := org.store.find(target, value))), None)
        if found is None:
            message = f"{name}: id value of incorrect type or not there: {value}"
            raise VendorError("MALFORMED_ID", message, fields=[name])
        if found["IsDeleted"]:
            raise VendorError("ENTITY_IS_DELETED", "entity is deleted", fields=[name])
        values[name] = found.id


def derived(org: Org, kind: str, values: Values, row: Row | None) -> Values:
    """What the vendor sets by itself."""
    found = dict(_derivations(org, kind, {**(row.values if row else {}), **values}, values))
    return {name: value for name, value in found.items() if name not in values}


def _derivations(org: Org, kind: str, whole: Values, values: Values) -> Iterator[tuple[str, Any]]:
    if kind == "Contact":
        yield "Name", " ".join(filter(None, (whole.get("FirstName"), whole.get("LastName"))))
    if kind == "Task" and "Status" in values:
        yield "IsClosed", values["Status"] == "Completed"
        yield "CompletedDateTime", stamp(org.clock.now()) if values["Status"] == "Completed" else None
    if kind == "Opportunity":
        yield from _of_opportunity(org, whole, values)


def _of_opportunity(org: Org, whole: Values, values: Values) -> Iterator[tuple[str, Any]]:
    stage = next(iter(org.store.by("OpportunityStage", "ApiName", whole.get("StageName"))), None)
    probability = whole.get("Probability")
    if stage and "StageName" in values:
        probability = values.get("Probability", stage["DefaultProbability"])
        yield "Probability", probability
        yield "IsClosed", stage["IsClosed"]
        yield "IsWon", stage["IsWon"]
        yield "ForecastCategory", stage["ForecastCategory"]
        yield "ForecastCategoryName", stage["ForecastCategoryName"]
        yield "LastStageChangeDate", stamp(org.clock.now())
    if whole.get("Amount") is not None and probability is not None:
        yield "ExpectedRevenue", round(float(whole["Amount"]) * float(probability) / 100, 2)
    if close := whole.get("CloseDate"):
        year, quarter = int(close[:4]), (int(close[5:7]) + 2) // 3
        yield "FiscalYear", year
        yield "FiscalQuarter", quarter
        yield "Fiscal", f"{year} {quarter}"
