"""SOQL, as much of it as a connector says: SELECT with parents and children, WHERE, ORDER BY, LIMIT, OFFSET."""

import re
from dataclasses import dataclass
from typing import Any

from auctor.twins.salesforce.errors import VendorError, left_out

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:\\.|[^'\\])*')"
    r"|(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))"
    r"|(?P<day>\d{4}-\d\d-\d\d)"
    r"|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<sign><=|>=|!=|<>|[=<>(),])"
    r"|(?P<word>[A-Za-z_][\w.]*(?::\d+)?))"
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "'": "'", '"': '"', "\\": "\\", "_": "\\_", "%": "\\%"}
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=", "LIKE", "IN", "NOT IN", "INCLUDES", "EXCLUDES")
OTHERS = ("GROUP", "HAVING", "WITH", "FOR", "USING", "TYPEOF", "ALL", "FIELDS")


@dataclass(frozen=True, slots=True)
class Literal:
    """A value of the query: `kind` is text, number, moment, day, bool, null or word (TODAY, LAST_N_DAYS:5)."""

    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison; `values` has several for IN, or is a query of its own."""

    path: str
    operator: str
    values: "tuple[Literal, ...] | Query"


@dataclass(frozen=True, slots=True)
class Logic:
    """AND, OR or NOT over its parts."""

    operator: str
    parts: "tuple[Condition, ...]"


Condition = Test | Logic


@dataclass(frozen=True, slots=True)
class Order:
    """One sort; nulls stand first unless the query says otherwise."""

    path: str
    is_descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Query:
    """One query. `counts` is the name that COUNT gives its result, empty for COUNT(), None without a count."""

    paths: tuple[str, ...]
    children: "tuple[Query, ...]"
    source: str
    where: Condition | None
    orders: tuple[Order, ...]
    limit: int | None
    offset: int
    counts: str | None


def parse(text: str) -> Query:
    """The query of a text. Raises VendorError MALFORMED_QUERY, 501 for what the stand-in leaves out."""
    parser = _Parser(text)
    query = parser.query()
    if parser.peek():
        raise parser.unexpected()
    return query


class _Parser:
    """Reads one token after the other."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        self.place = 0
        end = 0
        stripped = text.rstrip()
        while end < len(stripped):
            found = _TOKEN.match(stripped, end)
            if not found:
                raise VendorError("MALFORMED_QUERY", f"unexpected token: '{stripped[end : end + 1].strip()}'")
            self.tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            end = found.end()

    def peek(self) -> str:
        """The next token, words in capitals; empty at the end."""
        if self.place >= len(self.tokens):
            return ""
        kind, value = self.tokens[self.place]
        return value.upper() if kind == "word" else value

    def next(self) -> tuple[str, str]:
        if self.place >= len(self.tokens):
            raise VendorError("MALFORMED_QUERY", "unexpected token: '<EOF>'")
        self.place += 1
        return self.tokens[self.place - 1]

    def unexpected(self) -> VendorError:
        if self.peek() in OTHERS:
            return left_out(f"{self.peek()} in SOQL")
        return VendorError("MALFORMED_QUERY", f"unexpected token: '{self.peek() or '<EOF>'}'")

    def accept(self, *words: str) -> bool:
        """Take the words if they come next, all of them."""
        for step, word in enumerate(words):
            if self.place + step >= len(self.tokens) or self.tokens[self.place + step][1].upper() != word:
                return False
        self.place += len(words)
        return True

    def expect(self, *words: str) -> None:
        if not self.accept(*words):
            raise self.unexpected()

    def word(self) -> str:
        if self.place < len(self.tokens) and self.tokens[self.place][0] == "word" and self.peek() not in OTHERS:
            return self.next()[1]
        raise self.unexpected()

    def query(self) -> Query:
        self.expect("SELECT")
        paths, children, counts = self._selected()
        self.expect("FROM")
        source = self.word()
        where = self._either() if self.accept("WHERE") else None
        orders = self._orders() if self.accept("ORDER", "BY") else ()
        limit = self._number() if self.accept("LIMIT") else None
        offset = self._number() if self.accept("OFFSET") else 0
        return Query(paths, children, source, where, orders, limit, offset, counts)

    def _selected(self) -> tuple[tuple[str, ...], tuple[Query, ...], str | None]:
        paths: list[str] = []
        children: list[Query] = []
        counts: str | None = None
        while True:
            if self.accept("("):
                children.append(self.query())
                self.expect(")")
            elif self.accept("COUNT", "("):
                counts = "" if self.peek() == ")" else self.word() and "expr0"
                self.expect(")")
            else:
                paths.append(self.word())
            if not self.accept(","):
                return tuple(paths), tuple(children), counts

    def _either(self) -> Condition:
        parts = [self._both()]
        while self.accept("OR"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Logic("OR", tuple(parts))

    def _both(self) -> Condition:
        parts = [self._one()]
        while self.accept("AND"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Logic("AND", tuple(parts))

    def _one(self) -> Condition:
        if self.accept("NOT"):
            return Logic("NOT", (self._one(),))
        if self.accept("("):
            inner = self._either()
            self.expect(")")
            return inner
        path, operator = self.word(), self._operator()
        if operator in ("IN", "NOT IN"):
            return Test(path, operator, self._several())
        return Test(path, operator, (self._literal(),))

    def _operator(self) -> str:
        if self.accept("NOT", "IN"):
            return "NOT IN"
        found = self.peek().replace("<>", "!=")
        if found not in COMPARISONS:
            raise self.unexpected()
        if found in ("INCLUDES", "EXCLUDES"):
            raise left_out(f"{found} in SOQL")
        self.next()
        return found

    def _several(self) -> tuple[Literal, ...] | Query:
        self.expect("(")
        if self.peek() == "SELECT":
            inner = self.query()
            self.expect(")")
            return inner
        values = [self._literal()]
        while self.accept(","):
            values.append(self._literal())
        self.expect(")")
        return tuple(values)

    def _literal(self) -> Literal:
        kind, value = self.next()
        if kind == "text":
            return Literal("text", re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), value[1:-1]))
        if kind == "number":
            return Literal("number", float(value))
        if kind in ("moment", "day"):
            return Literal(kind, value)
        word = value.upper()
        if kind != "word":
            raise VendorError("MALFORMED_QUERY", f"unexpected token: '{value}'")
        if word in ("TRUE", "FALSE"):
            return Literal("bool", word == "TRUE")
        return Literal("null", None) if word == "NULL" else Literal("word", word)

    def _orders(self) -> tuple[Order, ...]:
        found = []
        while True:
            path = self.word()
            is_descending = self.accept("DESC") or (self.accept("ASC") and False)
            nulls_last = self.accept("NULLS", "LAST") or (self.accept("NULLS", "FIRST") and False)
            found.append(Order(path, is_descending, nulls_last))
            if not self.accept(","):
                return tuple(found)

    def _number(self) -> int:
        kind, value = self.next()
        if kind != "number" or not value.isdigit():
            raise VendorError("MALFORMED_QUERY", f"unexpected token: '{value}'")
        return int(value)
