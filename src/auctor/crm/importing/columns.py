"""Columns of text to columns of values. A cell that cannot be what it should be is refused, never guessed.

Moments become microseconds in UTC, days dates, choices their small integers, domains lists. Amounts stay text
until their currency is known (`to_minor`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

from auctor.crm.currencies import LARGEST_AMOUNT, MINOR_DIGITS
from auctor.crm.importing.form import Column, Kind
from auctor.crm.importing.problems import Rule

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
# Clocks of two machines differ by a little.
CLOCK_DRIFT = timedelta(minutes=5)
MOMENT_TYPE = pl.Datetime("us", "UTC")

_MOMENT = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)$"
_DAY = r"^\d{4}-\d\d-\d\d$"
_ZONELESS = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?$"
_NUMBER = r"^\+?\d+(\.\d*)?$"
_EMAIL = r"^[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]+\.[^\s@<>,;\"]+$"
_DOMAIN = r"^[^\s@/|:]+\.[^\s@/|:]+$"
# Control characters hide what a text is, and so do marks that turn the reading direction of what follows.
_HIDING = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\x{202A}-\x{202E}\x{2066}-\x{2069}]"
# A spreadsheet would take such a text for a formula; exports put an apostrophe before it, which is taken off here.
GUARDED = r"^'+[=+\-@\t\r\n＝＋－＠]"
TO_GUARD = GUARDED.replace("+", "*", 1)
FALSE, TRUE = ("false", "no", "0", "f", "n"), ("true", "yes", "1", "t", "y")
ALIASES = {"closed": "commit", "organiser": "organizer", "canceled": "cancelled", "needs_action": "none"}

PLAIN = Rule("text without control characters", "Remove the hidden characters, such as NUL or direction overrides.")
ZONED = Rule("a moment with a zone, such as 2024-03-31T16:00:00Z", "Add the zone: Z or an offset such as +02:00.")
MOMENT = Rule("a moment such as 2024-03-31T16:00:00Z", "Leave the cell empty if it is not known.")
IN_RANGE = Rule("a date between 1970 and 2199", "Leave the cell empty if it is not known.")
NOT_AHEAD = Rule("a moment that has passed", "What is planned belongs into occurred_at or due_at with state planned.")
DAY = Rule("a date such as 2024-03-31", "Write year-month-day without a time.")
NUMBER = Rule("a decimal number that is not negative, such as 12500.00", "Use a point, no separators, no sign.")
WHOLE = Rule("a whole number that is not negative")
SHARE = Rule("a number between 0 and 1", "Write 0.4 for 40 %.")
CURRENCY = Rule("a currency of ISO 4217, such as EUR")
COUNTRY = Rule("a country of two letters, such as DE")
FLAG = Rule("true or false")
SIZED = Rule(f"at most {LARGEST_AMOUNT:,} minor units", "Is the currency right?")
DIGITS = Rule("no more decimals than the currency has", "Round the amount.")


@dataclass(frozen=True, slots=True)
class Parsed:
    """Values, and which cells are refused by which rule; refused cells are null."""

    values: pl.Series
    refused: tuple[tuple[Rule, pl.Series], ...] = ()


def parse(column: Column, cells: pl.Series, *, now: datetime) -> Parsed:
    """The values of a column's cells (text or null)."""
    if column.kind not in (Kind.TEXT, Kind.ID, Kind.ANY):
        cells = cells.str.strip_chars().replace("", None)
    given = cells.is_not_null()
    if not given.any():
        return Parsed(pl.Series(cells.name, [None] * cells.len(), dtype=TYPES[column.kind]))
    parsed = _parse(column, cells, now)
    refused = ((rule, wrong & given) for rule, wrong in parsed.refused)
    return Parsed(parsed.values, tuple((rule, wrong) for rule, wrong in refused if wrong.any()))


def _parse(column: Column, cells: pl.Series, now: datetime) -> Parsed:
    if column.kind is Kind.MOMENT:
        return _moments(column, cells, now)
    if column.kind is Kind.CHOICE:
        return choices(column.choices, cells)
    if column.kind in _PARSERS:
        return _PARSERS[column.kind](cells)
    return texts(cells, column.longest)


def texts(cells: pl.Series, longest: int) -> Parsed:
    """Text without what hides, trimmed; empty is null."""
    too_long = cells.str.len_bytes() > longest
    # Long cells are counted in characters, which is slower; the others cannot be too long.
    if too_long.any():
        too_long = cells.str.len_chars() > longest
        cells = cells.set(too_long.fill_null(value=False), None)
    hiding = cells.str.contains(_HIDING)
    bare = pl.select(
        pl.when(cells.str.contains(GUARDED)).then(cells.str.slice(1)).otherwise(cells).str.strip_chars().alias("v")
    )["v"]
    rules = (
        (Rule(f"at most {longest:,} characters", "Shorten it, or leave it out."), too_long),
        (PLAIN, hiding),
    )
    return _keep(bare.replace("", None), rules)


def _moments(column: Column, cells: pl.Series, now: datetime) -> Parsed:
    if column.may_be_day:
        days = cells.str.contains(_DAY)
        cells = pl.select(pl.when(days).then(cells + "T00:00:00Z").otherwise(cells).alias("v"))["v"]
    zoneless, formed = cells.str.contains(_ZONELESS), cells.str.contains(_MOMENT)
    # Seconds and minutes of the zone may be left out; the parser wants them.
    full = cells.str.replace(r"^(.{16})(Z|[+-])", "${1}:00$2").str.replace(r"([+-]\d\d)$", "${1}:00")
    moments = full.set(~formed, None).str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    first = datetime(FIRST_DAY.year, 1, 1, tzinfo=UTC)
    beyond = (moments < first) | (moments >= datetime(LAST_DAY.year + 1, 1, 1, tzinfo=UTC))
    rules = [(ZONED, zoneless), (MOMENT, ~zoneless & moments.is_null()), (IN_RANGE, beyond)]
    if column.is_past:
        rules.append((NOT_AHEAD, (moments > now + CLOCK_DRIFT) & ~beyond))
    return _keep(moments, rules)


def days(cells: pl.Series) -> Parsed:
    """Civil dates."""
    values = cells.set(~cells.str.contains(_DAY), None).str.to_date("%Y-%m-%d", strict=False)
    beyond = (values < FIRST_DAY) | (values > LAST_DAY)
    return _keep(values, [(DAY, values.is_null()), (IN_RANGE, beyond)])


def numbers(cells: pl.Series) -> Parsed:
    """Decimal numbers, still as text: they have no currency yet."""
    return _keep(cells, [(NUMBER, ~cells.str.contains(_NUMBER))])


def choices(words_of: tuple[str, ...], cells: pl.Series) -> Parsed:
    """Words to their numbers; capitals, spaces and hyphens do not matter."""
    words = cells.str.strip_chars().str.to_lowercase().str.replace_all(r"[ \-]+", "_").replace(ALIASES)
    codes = {word: number for number, word in enumerate(words_of)}
    values = words.replace_strict(codes, default=None, return_dtype=pl.Int16)
    rule = Rule("one of " + ", ".join(words_of), "Correct the cell; in an export, the mapping says what a word means.")
    return _keep(values, [(rule, values.is_null() & cells.is_not_null())])


def _flags(cells: pl.Series) -> Parsed:
    words = cells.str.to_lowercase()
    values = words.replace_strict(
        {**dict.fromkeys(FALSE, False), **dict.fromkeys(TRUE, True)}, default=None, return_dtype=pl.Boolean
    )
    return _keep(values, [(FLAG, values.is_null())])


def _wholes(cells: pl.Series) -> Parsed:
    values = cells.set(~cells.str.contains(r"^\d{1,9}(\.0*)?$"), None).str.extract(r"^(\d+)").cast(pl.Int32)
    return _keep(values, [(WHOLE, values.is_null())])


def _shares(cells: pl.Series) -> Parsed:
    values = cells.set(~cells.str.contains(r"^\d+(\.\d*)?$"), None).cast(pl.Float64, strict=False)
    return _keep(values, [(SHARE, values.is_null() | (values > 1))])


def _currencies(cells: pl.Series) -> Parsed:
    codes = cells.str.to_uppercase()
    return _keep(codes, [(CURRENCY, ~codes.is_in(list(MINOR_DIGITS)))])


def _countries(cells: pl.Series) -> Parsed:
    codes = cells.str.to_uppercase()
    return _keep(codes, [(COUNTRY, ~codes.str.contains(r"^[A-Z]{2}$"))])


def _emails(cells: pl.Series) -> Parsed:
    plain = texts(cells, 1000)
    words = plain.values.str.to_lowercase()
    rule = Rule("an e-mail address of at most 254 characters", "Leave the cell empty if there is none.")
    wrong = words.is_not_null() & (~words.str.contains(_EMAIL) | (words.str.len_chars() > 254))
    return Parsed(words.set(wrong.fill_null(value=False), None), (*plain.refused, (rule, wrong)))


def _domains(cells: pl.Series) -> Parsed:
    plain = texts(cells, 10_000)
    parts = plain.values.str.to_lowercase().str.split("|").list.eval(pl.element().str.strip_chars().replace("", None))
    parts = parts.list.drop_nulls()
    wrong = parts.list.eval(~pl.element().str.contains(_DOMAIN)).list.any().fill_null(value=False)
    rule = Rule("mail domains such as acme.example|acme.test", "No addresses, no https://.")
    return Parsed(parts.set(wrong, None) if wrong.any() else parts, (*plain.refused, (rule, wrong)))


def to_minor(amounts: pl.Series, currencies: pl.Series) -> Parsed:
    """Decimal numbers as text to minor units of each row's currency (which may be null where the amount is)."""
    digits = currencies.replace_strict(MINOR_DIGITS, default=None, return_dtype=pl.Int16)
    whole = amounts.str.extract(r"^\+?0*(\d+)").fill_null("0")
    decimals = amounts.str.extract(r"\.(\d*)$").fill_null("").str.strip_chars_end("0")
    given = amounts.is_not_null() & digits.is_not_null()
    too_fine = given & (decimals.str.len_bytes() > digits)
    too_large = given & (whole.str.len_bytes() > 16)
    sound = given & ~too_fine & ~too_large
    padded = whole + (decimals + "0000").str.head(digits.fill_null(0).cast(pl.Int64))
    minor = padded.set(~sound, None).cast(pl.Int64, strict=False)
    too_large = too_large | (sound & (minor.is_null() | (minor > LARGEST_AMOUNT)))
    return _keep(minor, [(DIGITS, too_fine), (SIZED, too_large)])


def _keep(values: pl.Series, rules: list[tuple[Rule, pl.Series]] | tuple[tuple[Rule, pl.Series], ...]) -> Parsed:
    refused = tuple((rule, cells.fill_null(value=False)) for rule, cells in rules)
    for _, cells in refused:
        if cells.any():
            values = values.set(cells, None)
    return Parsed(values, refused)


_PARSERS: dict[Kind, Callable[[pl.Series], Parsed]] = {
    Kind.DAY: days,
    Kind.AMOUNT: numbers,
    Kind.FLAG: _flags,
    Kind.WHOLE: _wholes,
    Kind.SHARE: _shares,
    Kind.CURRENCY: _currencies,
    Kind.COUNTRY: _countries,
    Kind.EMAIL: _emails,
    Kind.DOMAINS: _domains,
}
TYPES: dict[Kind, pl.DataType | type[pl.DataType]] = {
    Kind.ID: pl.String,
    Kind.TEXT: pl.String,
    Kind.ANY: pl.String,
    Kind.EMAIL: pl.String,
    Kind.MOMENT: MOMENT_TYPE,
    Kind.DAY: pl.Date,
    Kind.AMOUNT: pl.String,
    Kind.CURRENCY: pl.String,
    Kind.CHOICE: pl.Int16,
    Kind.FLAG: pl.Boolean,
    Kind.WHOLE: pl.Int32,
    Kind.SHARE: pl.Float64,
    Kind.COUNTRY: pl.String,
    Kind.DOMAINS: pl.List(pl.String),
}
