"""A plain export becomes the tables of a history folder."""

from dataclasses import replace

import pytest

from auctor.crm.importing.exports import mapped
from auctor.crm.importing.mapping import Mapping, preset
from auctor.crm.importing.problems import Problems
from auctor.crm.importing.reading import Table, read_csv

PIPEDRIVE = (
    "Deal - ID,Deal - Title,Deal - Stage,Deal - Pipeline,Deal - Status,Deal - Value,Deal - Currency of Value,"
    "Deal - Deal created,Deal - Won time,Deal - Expected close date,Deal - Owner,Deal - Contact person\n"
    "1,One,Negotiations Started,Sales,Won,1000,EUR,2025-09-01 08:00:00,2025-12-01 10:00:00,2025-12-31,Ada,Kim\n"
    "2,Two,Qualified,Sales,Open,2000,EUR,2025-10-01 08:00:00,,2026-03-31,Ada,\n"
)


def tables(text: str, mapping: Mapping) -> dict[str, Table]:
    """What the export becomes."""
    problems = Problems()
    table = read_csv("export.csv", text.encode(), problems)
    assert table is not None
    made = mapped(table, mapping, problems)
    assert not problems.count, problems.shown
    return made


def amount(cell: str, mapping: Mapping) -> str:
    """An amount after mapping."""
    text = f'Deal - ID,Deal - Stage,Deal - Value,Deal - Deal created\n1,Won,"{cell}",2025-09-01\n'
    return str(tables(text, mapping)["deals"].frame["amount"][0])


class TestMapped:
    def test_tells_the_stage_that_a_status_means(self) -> None:
        made = tables(PIPEDRIVE, preset("pipedrive"))
        assert made["deals"].frame["stage_id"].to_list() == ["Won", "Qualified"]
        assert dict(made["stages"].frame.select("stage_id", "category").iter_rows()) == {
            "Qualified": "open",
            "Negotiations Started": "open",
            "Won": "won",
        }

    def test_puts_stages_in_the_order_of_the_mapping(self) -> None:
        stages = tables(PIPEDRIVE, preset("pipedrive"))["stages"].frame
        assert stages.sort("position")["stage_id"].to_list() == ["Qualified", "Negotiations Started", "Won"]

    def test_tells_when_a_deal_was_won(self) -> None:
        changes = tables(PIPEDRIVE, preset("pipedrive"))["deal_changes"].frame
        assert changes.select("deal_id", "old", "new", "changed_at").rows() == [
            ("1", "Negotiations Started", "Won", "2025-12-01T10:00:00Z")
        ]

    def test_places_moments_in_the_zone_of_the_mapping(self) -> None:
        made = tables(PIPEDRIVE, replace(preset("pipedrive"), zone="Europe/Berlin"))
        assert made["deals"].frame["created_at"][0] == "2025-09-01T06:00:00Z"

    def test_names_people_once(self) -> None:
        made = tables(PIPEDRIVE, preset("pipedrive"))
        assert made["owners"].frame["name"].to_list() == ["Ada"]
        assert made["deal_contacts"].frame.height == 1

    def test_remembers_the_lines_of_the_export(self) -> None:
        made = tables(PIPEDRIVE, preset("pipedrive"))
        assert made["deal_changes"].lines([0]) == [2]
        assert made["deals"].lines([0, 1]) == [2, 3]

    @pytest.mark.parametrize(
        ("cell", "decimal", "number"),
        [
            ("1,234.50", ".", "1234.50"),
            ("€ 1.234,50", ",", "1234.50"),
            ("$1,234", ".", "1234"),
            ("1 234,5 EUR", ",", "1234.5"),
            ("a lot", ".", "a lot"),
            ("NaN", ".", "NaN"),
            ("-5", ".", "-5"),
        ],
    )
    def test_reads_amounts_as_people_write_them(self, cell: str, decimal: str, number: str) -> None:
        assert amount(cell, replace(preset("pipedrive"), decimal=decimal)) == number

    def test_says_which_column_is_missing(self) -> None:
        problems = Problems()
        table = read_csv("export.csv", b"Deal - ID,Deal - Title\n1,One\n", problems)
        assert table is not None
        assert mapped(table, preset("pipedrive"), problems) == {}
        assert {problem.expected for problem in problems.shown} == {"a column for stage", "a column for created_at"}
