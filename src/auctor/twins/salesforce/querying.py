"""Answers queries: filters, sorts, pages with cursors that wear out."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cmp_to_key
from typing import Any

from auctor.twins.ground.messages import Answer, Request, to_json
from auctor.twins.salesforce import schema
from auctor.twins.salesforce.errors import VendorError, left_out
from auctor.twins.salesforce.org import CURSORS, Org
from auctor.twins.salesforce.schema import Field, Kind
from auctor.twins.salesforce.soql import Condition, Literal, Logic, Order, Query, Test, parse
from auctor.twins.salesforce.store import Row, Values, stamp, to_18

LARGEST_PAGE, SMALLEST_PAGE, LONGEST_ADDRESS = 2_000, 200, 16_384
ARCHIVED = ("Task", "Event")


def query(org: Org, request: Request, *, everything: bool = False) -> Answer:
    """GET query or queryAll: `q`, and pages of `Sforce-Query-Options: batchSize=…`."""
    if len(request.target) > LONGEST_ADDRESS:
        raise VendorError("URI_TOO_LONG", "The request's URI is too long", 414)
    text = request.first("q")
    if not text:
        raise VendorError("MALFORMED_QUERY", "A query string has to be specified")
    found = Selection(org, parse(text), everything=everything)
    if found.query.counts is not None:
        return to_json(found.count())
    return to_json(_page(org, request, found, 0))


def query_more(org: Org, request: Request) -> Answer:
    """GET the next page; a cursor that is old, or one too many, is gone."""
    name, _, start = request.params["locator"].rpartition("-")
    found = org.cursors.get(name)
    if found is None or not start.isdigit():
        raise VendorError("INVALID_QUERY_LOCATOR", "invalid query locator")
    return to_json(_page(org, request, found, int(start)))


def _page(org: Org, request: Request, found: "Selection", start: int) -> dict[str, Any]:
    option = re.search(r"batchSize=(\d+)", request.headers.get("sforce-query-options", ""))
    size = max(SMALLEST_PAGE, min(LARGEST_PAGE, int(option[1]))) if option else LARGEST_PAGE
    end = start + size
    version = request.params["version"]
    records = [found.shown(row, version) for row in found.rows[start:end]]
    told: dict[str, Any] = {"totalSize": len(found.rows), "done": end >= len(found.rows), "records": records}
    if end < len(found.rows):
        told["nextRecordsUrl"] = f"/services/data/v{version}/query/{_cursor(org, found)}-{end}"
    return told


def _cursor(org: Org, found: "Selection") -> str:
    for name, known in org.cursors.items():
        if known is found:
            return name
    name = to_18(f"01g7Q000{org.random.getrandbits(40) % 62**5:07d}"[:15].ljust(15, "0"))
    org.cursors[name] = found
    while len(org.cursors) > CURSORS:
        del org.cursors[next(iter(org.cursors))]
    return name


class Selection:
    """The rows of one query. Names are checked before anything is read."""

    def __init__(
        self, org: Org, asked: Query, *, everything: bool, parent: Callable[[Row], bool] | None = None
    ) -> None:
        self.org = org
        self.query = asked
        self.everything = everything
        self.kind = org.kind(asked.source, status=400)
        self.paths = [self._resolve(path) for path in asked.paths]
        self.now = org.clock.now()
        test = self._condition(asked.where) if asked.where else None
        self.rows = [
            row
            for row in org.store.all(self.kind.name)
            if (values := row.seen(self.now)) is not None
            and self._is_there(values)
            and (parent is None or parent(row))
            and (test is None or test(values))
        ]
        self._sort()
        last = None if asked.limit is None else asked.offset + asked.limit
        self.rows = self.rows[asked.offset : last]

    def count(self) -> dict[str, Any]:
        """The answer to COUNT() or COUNT(field)."""
        if self.query.counts == "":
            return {"totalSize": len(self.rows), "done": True, "records": []}
        record = {"attributes": {"type": "AggregateResult"}, self.query.counts: len(self.rows)}
        return {"totalSize": 1, "done": True, "records": [record]}

    def _is_there(self, values: Values) -> bool:
        """Deleted rows, and activities that were archived, are seen by queryAll only."""
        return self.everything or not (values.get("IsDeleted") or is_archived(self.org, self.kind.name, values))

    # What is asked for, and what is shown of a row.

    def _resolve(self, path: str) -> tuple[tuple[Field, ...], Field]:
        """The references that lead to a field, and the field."""
        *steps, last = path.split(".")
        kind, way = self.kind, []
        if steps and steps[0].lower() == kind.name.lower() and steps[0].lower() not in _relationships(kind):
            steps = steps[1:]
        for step in steps:
            reference = _relationships(kind).get(step.lower())
            if reference is None:
                message = f"Didn't understand relationship '{step}' in field path."
                raise VendorError("INVALID_FIELD", message)
            way.append(reference)
            kind = self.org.kind(reference.targets[0], status=400)
        return tuple(way), self.org.field(kind, last)

    def _behind(self, values: Values | None, reference: Field) -> Values | None:
        row_id = (values or {}).get(reference.name)
        for target in reference.targets if row_id else ():
            row = self.org.store.find(target, str(row_id))
            if row is not None:
                return row.seen(self.now)
        return None

    def _value(self, values: Values, way: tuple[Field, ...], last: Field) -> Any:
        found: Values | None = values
        for reference in way:
            found = self._behind(found, reference)
        return None if found is None else to_value(last, found.get(last.name))

    def shown(self, row: Row, version: str) -> dict[str, Any]:
        """One record with its parents and children."""
        values = row.seen(self.org.clock.now()) or row.values
        told = _attributes(row.kind, row.id, version)
        for way, last in self.paths:
            place, current = told, values
            for reference in way:
                behind = self._behind(current, reference)
                if behind is None:
                    place[reference.relationship] = None
                    break
                kind = self.org.kind_of_id(str(behind["Id"]))
                begun = place.get(reference.relationship)
                place[reference.relationship] = begun or _attributes(kind.name if kind else "", behind["Id"], version)
                place, current = place[reference.relationship], behind
            else:
                place[last.name] = to_value(last, current.get(last.name))
        for child in self.query.children:
            told[child.source] = self._children(row, child, version)
        return told

    def _children(self, row: Row, asked: Query, version: str) -> dict[str, Any] | None:
        link = next(
            (v for (k, n), v in schema.CHILDREN.items() if k == row.kind and n.lower() == asked.source.lower()), None
        )
        if link is None:
            message = f"Didn't understand relationship '{asked.source}' in FROM part of query call."
            raise VendorError("INVALID_TYPE", message)
        inner = Query(asked.paths, (), link[0], asked.where, asked.orders, asked.limit, asked.offset, asked.counts)
        found = Selection(self.org, inner, everything=self.everything, parent=lambda one: one[link[1]] == row.id)
        if not found.rows:
            return None
        records = [found.shown(one, version) for one in found.rows]
        return {"totalSize": len(records), "done": True, "records": records}

    # Conditions.

    def _condition(self, condition: Condition) -> Callable[[Values], bool]:
        if isinstance(condition, Test):
            return self._test(condition)
        parts = [self._condition(part) for part in condition.parts]
        if condition.operator == "NOT":
            return lambda values: not parts[0](values)
        return (
            (lambda values: all(p(values) for p in parts))
            if _is_and(condition)
            else (lambda v: any(p(v) for p in parts))
        )

    def _test(self, test: Test) -> Callable[[Values], bool]:
        way, last = self._resolve(test.path)
        if isinstance(test.values, Query):
            inner = Selection(self.org, test.values, everything=self.everything)
            way_, field_ = inner.paths[0]
            wanted: list[Any] = [inner._value(row.seen(self.now) or {}, way_, field_) for row in inner.rows]
        else:
            wanted = [self._wanted(last, literal) for literal in test.values]
        compare, folded = _COMPARISONS[test.operator], [_folded(one) for one in wanted]
        # A day is compared with the day of a moment.
        length = 10 if last.type == "datetime" and any(len(str(one)) == 10 for one in wanted) else None

        def fits(values: Values) -> bool:
            have = _folded(self._value(values, way, last))
            return compare(have[:length] if isinstance(have, str) else have, folded)

        return fits

    def _wanted(self, last: Field, literal: Literal) -> Any:
        """A literal in the form of the field. Raises VendorError INVALID_FIELD if the two do not go together."""
        if literal.kind == "null":
            return None
        if literal.kind == "word":
            literal = self._relative(literal.value)
        expected = _EXPECTED.get(last.type, "text")
        if literal.kind == "day" and expected == "moment":
            expected = "day"
        if expected not in (literal.kind, "any"):
            message = f"value of filter criterion for field '{last.name}' must be of type {last.type}"
            raise VendorError("INVALID_FIELD", message)
        if literal.kind == "moment":
            return stamp(datetime.fromisoformat(literal.value))
        if last.type in ("id", "reference") and len(str(literal.value)) == 15:
            return to_18(str(literal.value))
        return literal.value

    def _relative(self, word: str) -> Literal:
        today = self.org.clock.now().astimezone(UTC).date()
        name, _, days = word.partition(":")
        steps = {
            "TODAY": 0,
            "YESTERDAY": -1,
            "TOMORROW": 1,
            "LAST_N_DAYS": -int(days or 0),
            "NEXT_N_DAYS": int(days or 0),
        }
        if name not in steps:
            raise left_out(f"{name} in SOQL")
        found: date = today + timedelta(days=steps[name])
        return Literal("day", found.isoformat())

    def _sort(self) -> None:
        orders = [(order, *self._resolve(order.path)) for order in self.query.orders]

        def compare(one: Row, two: Row) -> int:
            for order, way, last in orders:
                pair = [_folded(self._value(row.seen(self.now) or {}, way, last)) for row in (one, two)]
                if difference := _compare(pair[0], pair[1], order):
                    return difference
            return 0

        if orders:
            self.rows.sort(key=cmp_to_key(compare))


def _is_and(condition: Logic) -> bool:
    return condition.operator == "AND"


def _compare(one: Any, two: Any, order: Order) -> int:
    if one is None or two is None:
        direction = -1 if order.nulls_last else 1
        return ((one is not None) - (two is not None)) * direction
    difference: int = (one > two) - (one < two)
    return -difference if order.is_descending else difference


def _relationships(kind: Kind) -> dict[str, Field]:
    return {one.relationship.lower(): one for one in kind.fields.values() if one.relationship}


def _attributes(kind: str, row_id: str, version: str) -> dict[str, Any]:
    return {"attributes": {"type": kind, "url": f"/services/data/v{version}/sobjects/{kind}/{row_id}"}}


def to_value(last: Field, value: Any) -> Any:
    """A value as it is answered; what was never set is false or null."""
    return bool(value) if last.type == "boolean" else value


def is_archived(org: Org, kind: str, values: Values) -> bool:
    """Whether an activity is so old that only queryAll finds it."""
    if kind not in ARCHIVED or (kind == "Task" and not values.get("IsClosed")):
        return False
    before = org.clock.now() - timedelta(days=org.settings.archives_after_days)
    day = values.get("ActivityDate")
    return bool(day) and str(day) < before.date().isoformat()


def _folded(value: Any) -> Any:
    """Texts are compared without case; a moment begins with its day, so days and moments compare as texts."""
    return value.casefold() if isinstance(value, str) else value


def _like(have: Any, wanted: list[Any]) -> bool:
    pattern = "".join(
        {"%": ".*", "_": "."}.get(part, re.escape(part)) for part in re.split(r"(?<!\\)([%_])", wanted[0])
    )
    return isinstance(have, str) and re.fullmatch(pattern.replace("\\\\", ""), have, re.DOTALL) is not None


def _pairs(have: Any, wanted: list[Any]) -> Iterator[tuple[Any, Any]]:
    if have is not None and wanted[0] is not None:
        yield have, wanted[0]


_COMPARISONS: dict[str, Callable[[Any, list[Any]], bool]] = {
    "=": lambda have, wanted: have == wanted[0],
    "!=": lambda have, wanted: have != wanted[0],
    "<": lambda have, wanted: any(one < two for one, two in _pairs(have, wanted)),
    "<=": lambda have, wanted: any(one <= two for one, two in _pairs(have, wanted)),
    ">": lambda have, wanted: any(one > two for one, two in _pairs(have, wanted)),
    ">=": lambda have, wanted: any(one >= two for one, two in _pairs(have, wanted)),
    "LIKE": _like,
    "IN": lambda have, wanted: have in wanted,
    "NOT IN": lambda have, wanted: have not in wanted,
}
_EXPECTED = {
    "boolean": "bool", "int": "number", "double": "number", "currency": "number", "percent": "number",
    "date": "day", "datetime": "moment", "anyType": "any",
}  # fmt: skip
