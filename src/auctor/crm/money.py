"""Converting money at reading time, with a named and dated rate. Pure."""

from collections.abc import Sequence
from datetime import date

from auctor.crm.currencies import MINOR_DIGITS
from auctor.crm.records import Converted, Money, RateRecord


def convert(money: Money, rates: Sequence[RateRecord], *, to: str, on: date) -> Converted | None:
    """The money in another currency by the newest rate that holds on that day; None where no rate is known.

    `rates` say what one unit of a currency is worth in `to`. An unknown rate is unknown, and never 1.
    """
    if money.currency == to:
        return Converted(money, 1.0, on, "same currency")
    held = [rate for rate in rates if rate.currency == money.currency and rate.on_day <= on]
    if not held:
        return None
    rate = max(held, key=lambda one: one.on_day)
    scale = 10.0 ** (MINOR_DIGITS[to] - MINOR_DIGITS[money.currency])
    return Converted(Money(round(money.minor * rate.rate * scale), to), rate.rate, rate.on_day, rate.source)
