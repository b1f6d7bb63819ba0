"""A field that is filled in when a deal ends would tell the end, if it counted from the beginning."""

import csv
from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from auctor.crm import frames
from auctor.crm.import_folder import import_folder
from auctor.risk import learn
from auctor.risk.learn import Ground
from auctor.risk.learning.inputs import Reader, full_codes
from auctor.risk.learning.rows import Ends, Rows, ends_of, rows_of
from auctor.signals.calendar import moment_of
from auctor.signals.policy import DEFAULT
from auctor.tenancy import scope
from auctor.twins.company import tables
from tests.cast import NOW, Company

FIELD = "custom.Reason"


class TestReadEvents:
    def test_a_value_without_a_past_teaches_nothing(self, committed: None, acme: Company, tmp_path: Path) -> None:
        told = tables.build(NOW, deals=200)
        ends = {deal: end for deal, end, _ in ends_in(told)}
        ground = brought(acme, tmp_path, told, values=ends)
        codes, _, _ = reasons_of(ground)
        assert len(ground.events.custom) == 2
        assert not codes

    def test_a_logged_value_counts_from_its_change(self, committed: None, acme: Company, tmp_path: Path) -> None:
        told = tables.build(NOW, deals=200)
        for deal, end, at in ends_in(told):
            change = {"deal_id": deal, "field": FIELD, "old": "", "new": end, "changed_at": at, "actor": ""}
            told["deal_changes"].append(change)
        ground = brought(acme, tmp_path, told)
        codes, rows, ends = reasons_of(ground)
        known = Reader(ground.events, learn.see(ground, rows, until=moment_of(NOW))).read(codes)
        is_last = rows.at == ends.closed_at[rows.deal]
        assert len(codes) == 2
        assert known[is_last].any(axis=1).all()
        assert not known[~is_last].any()


def ends_in(told: tables.Tables) -> list[tuple[str, str, str]]:
    """Deal, end and moment of the deals that have ended."""
    closed = {row["stage_id"]: row["category"] for row in told["stages"] if row["category"] != "open"}
    moves = [row for row in told["deal_changes"] if row["field"] == "stage" and row["new"] in closed]
    return [(row["deal_id"], closed[row["new"]], row["changed_at"]) for row in moves]


def brought(company: Company, folder: Path, told: tables.Tables, *, values: Mapping[str, str] | None = None) -> Ground:
    """The facts after an import; `values` are what the field holds now."""
    tables.write(folder, told)
    if values is not None:
        rows = [{**row, FIELD: values.get(row["deal_id"], "")} for row in told["deals"]]
        with (folder / "deals.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    with scope.enter(company.system), transaction.atomic():
        report = import_folder(company.system, folder=folder, now=NOW)
    assert not report.is_refused, report.problems
    with scope.enter(company.system), transaction.atomic():
        return learn.ground_of(frames.load(company.system, deals=frames.ALL, with_counts=True), DEFAULT)


def reasons_of(ground: Ground) -> tuple[list[str], Rows, Ends]:
    """The inputs made of the field, the moments that are learnt from, and the ends."""
    facts, until = ground.events.loaded.facts, moment_of(NOW)
    ends = ends_of(facts, ground.events.moves, until=until)
    rows = rows_of(facts, ground.events.moves, ends)
    # The demo company has a field of its own, which it has from the beginning.
    own = {key for key, values in ground.events.custom.items() if values.line.at.min() > facts.deals.created_at.min()}
    codes = [code for code in full_codes(ground.events, rows, until=until) if code.startswith("custom.")]
    return [code for code in codes if code.split(".")[1] in own], rows, ends
