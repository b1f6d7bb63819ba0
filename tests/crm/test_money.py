"""Money is converted by a named and dated rate, or not at all."""

from datetime import date

from auctor.crm.money import convert
from auctor.crm.records import Money, RateRecord

RATES = [
    RateRecord("GBP", date(2026, 1, 1), 1.20, "workspace"),
    RateRecord("GBP", date(2026, 2, 1), 1.15, "workspace"),
    RateRecord("JPY", date(2026, 1, 1), 0.006, "workspace"),
]


class TestConvert:
    def test_names_the_newest_rate_that_holds(self) -> None:
        found = convert(Money(10_000, "GBP"), RATES, to="EUR", on=date(2026, 2, 15))
        assert found is not None
        assert (found.money, found.rate, found.on_day) == (Money(11_500, "EUR"), 1.15, date(2026, 2, 1))

    def test_knows_that_currencies_differ_in_their_decimals(self) -> None:
        found = convert(Money(100_000, "JPY"), RATES, to="EUR", on=date(2026, 2, 15))
        assert found is not None
        assert found.money == Money(60_000, "EUR")

    def test_never_takes_an_unknown_rate_for_one(self) -> None:
        assert convert(Money(100, "USD"), RATES, to="EUR", on=date(2026, 2, 15)) is None

    def test_looks_at_no_rate_of_a_later_day(self) -> None:
        assert convert(Money(100, "GBP"), RATES, to="EUR", on=date(2025, 12, 31)) is None
