"""Whatever a file holds: refused with file, line, column and mend, or kept as unknown and counted; never a surprise."""

from collections.abc import Callable
from pathlib import Path

import pytest

from auctor.crm.export import export_folder
from auctor.crm.import_folder import import_folder
from auctor.crm.models.deals import Deal, DealChange
from auctor.crm.records import ImportReport
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.crm.folders import DEAL_CHANGES, DEALS, EVERYTHING, with_line, write_folder

Bring = Callable[..., ImportReport]


@pytest.fixture
def bring(acme: Company, tmp_path: Path) -> Bring:
    """Import the usual folder with some files changed."""

    def act(**changed: str) -> ImportReport:
        with scope.enter(acme.owner):
            folder = write_folder(tmp_path / "in", {**EVERYTHING, **changed})
            return import_folder(acme.owner, folder=folder, now=NOW)

    return act


def deal(**cells: str) -> str:
    """The deals with one more line."""
    usual = {
        "id": "x",
        "name": "X",
        "stage": "new",
        "created": "2026-01-01T00:00:00Z",
        "amount": "1",
        "currency": "EUR",
    }
    c = {**usual, "close": "", **cells}
    return with_line(
        DEALS,
        f"{c['id']},{c['name']},c1,u1,sales,{c['stage']},{c['created']},{c['amount']},{c['currency']},{c['close']},,,,",
    )


class TestDeals:
    @pytest.mark.parametrize(
        ("column", "cells"),
        [
            ("amount", {"amount": "NaN"}),
            ("amount", {"amount": "inf"}),
            ("amount", {"amount": "-Infinity"}),
            ("amount", {"amount": "-1"}),
            ("amount", {"amount": "1e308"}),
            ("amount", {"amount": "1" + "0" * 308}),
            ("amount", {"amount": "1." + "1" * 25}),
            ("amount", {"amount": "1.5", "currency": "JPY"}),
            ("amount", {"amount": "1.0005", "currency": "KWD"}),
            ("amount", {"amount": "=1+1"}),
            ("currency", {"currency": "XYZ"}),
            ("currency", {"currency": "€"}),
            ("created_at", {"created": "0001-01-01T00:00:00Z"}),
            ("created_at", {"created": "9999-12-31T23:59:59Z"}),
            ("created_at", {"created": "2026-01-01T00:00:00"}),
            ("created_at", {"created": "2026-02-30T00:00:00Z"}),
            ("created_at", {"created": "2199-01-01T00:00:00Z"}),
            ("close_date", {"close": "0001-01-01"}),
            ("close_date", {"close": "9999-12-31"}),
            ("stage_id", {"stage": "nowhere"}),
            ("name", {"name": "a\x00b"}),
            ("name", {"name": "safe\u202eexe.fdp"}),
            ("name", {"name": "x" * 10_000_000}),
        ],
    )
    def test_are_refused_by_line_and_column(
        self, bring: Bring, acme: Company, column: str, cells: dict[str, str]
    ) -> None:
        report = bring(deals=deal(**cells))
        assert [(one.file, one.line, one.column) for one in report.problems] == [("deals.csv", 5, column)]
        (problem,) = report.problems
        assert problem.expected
        assert len(problem.value) < 120
        assert problem.value.isprintable()
        with scope.enter(acme.owner):
            assert not Deal.objects.exists()

    @pytest.mark.parametrize(
        ("amount", "currency", "minor"),
        [("0", "EUR", 0), ("0.10", "EUR", 10), ("1.500000", "EUR", 150), ("7", "JPY", 7), ("1.234", "KWD", 1234)],
    )
    def test_keep_decimals_of_odd_currencies(
        self, bring: Bring, acme: Company, amount: str, currency: str, minor: int
    ) -> None:
        assert not bring(deals=deal(amount=amount, currency=currency)).is_refused
        with scope.enter(acme.owner):
            assert Deal.objects.get(remote_id="x").amount == minor

    @pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "＝1+1", "'=1"])
    def test_keep_formulas_as_text_that_stays_text(
        self, bring: Bring, acme: Company, tmp_path: Path, name: str
    ) -> None:
        assert not bring(deals=deal(name=name)).is_refused
        with scope.enter(acme.owner):
            kept = Deal.objects.get(remote_id="x").name
            export_folder(acme.owner, folder=tmp_path / "out", now=NOW)
        assert kept == name.removeprefix("'")
        lines = (tmp_path / "out" / "deals.csv").read_text().splitlines()
        (line,) = [one for one in lines if one.startswith("x,")]
        assert line.split(",")[1].strip('"').startswith("'")


class TestChanges:
    def test_out_of_order_and_duplicated_are_set_right_and_counted(self, bring: Bring, acme: Company) -> None:
        lines = DEAL_CHANGES.splitlines()
        shuffled = "\n".join([lines[0], *lines[5:], *lines[1:5], lines[1]]) + "\n"
        report = bring(deal_changes=shuffled)
        assert not report.is_refused
        assert report.files["deal_changes"].skipped == 1
        assert any("out of order" in what for _file, what, _count in report.notices)
        with scope.enter(acme.owner):
            assert DealChange.objects.count() == 13

    @pytest.mark.parametrize(
        ("column", "line"),
        [
            ("changed_at", "d1,stage,talks,won,2199-01-01T00:00:00Z,u1"),
            ("changed_at", "d1,stage,talks,won,2026-01-01 10:00,u1"),
            ("new", "d1,stage,talks,nowhere,2026-02-01T00:00:00Z,u1"),
            ("new", "d1,amount,1,NaN,2026-02-01T00:00:00Z,u1"),
            ("field", "d1,colour,red,blue,2026-02-01T00:00:00Z,u1"),
            ("deal_id", "d9,stage,talks,won,2026-02-01T00:00:00Z,u1"),
        ],
    )
    def test_are_refused_by_line_and_column(self, bring: Bring, column: str, line: str) -> None:
        report = bring(deal_changes=with_line(DEAL_CHANGES, line))
        assert ("deal_changes.csv", 15, column) in [(one.file, one.line, one.column) for one in report.problems]
