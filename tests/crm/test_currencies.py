"""Amounts are whole minor units and are written with the decimals of their currency."""

import pytest

from auctor.crm.currencies import to_decimal


class TestToDecimal:
    @pytest.mark.parametrize(
        ("minor", "currency", "written"),
        [(1250, "EUR", "12.50"), (5, "EUR", "0.05"), (0, "USD", "0.00"), (300, "JPY", "300"), (1234, "KWD", "1.234")],
    )
    def test_writes_as_many_decimals_as_the_currency_has(self, minor: int, currency: str, written: str) -> None:
        assert to_decimal(minor, currency) == written
