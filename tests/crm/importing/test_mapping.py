"""Plain exports of CRMs are recognised, mapped, and corrected by hand."""

from pathlib import Path

import pytest

from auctor.crm.importing.mapping import (
    NEEDED,
    PRESETS,
    Mapping,
    MappingUnusable,
    load_mapping,
    parse_mapping,
    preset,
    propose,
)

HEADERS = {
    "hubspot": [
        "Record ID",
        "Deal Name",
        "Deal Stage",
        "Pipeline",
        "Amount",
        "Close Date",
        "Create Date",
        "Deal owner",
    ],
    "salesforce": [
        "Opportunity ID",
        "Opportunity Name",
        "Account Name",
        "Stage",
        "Amount",
        "Close Date",
        "Created Date",
    ],
    "pipedrive": ["Deal - ID", "Deal - Title", "Deal - Stage", "Deal - Status", "Deal - Value", "Deal - Deal created"],
    "zoho": ["Record Id", "Deal Name", "Deal Owner.id", "Stage", "Closing Date", "Created Time", "Account Name.id"],
}


class TestPreset:
    @pytest.mark.parametrize("name", PRESETS)
    def test_knows_what_an_import_needs(self, name: str) -> None:
        assert set(NEEDED) <= set(preset(name).chosen(HEADERS[name]))

    @pytest.mark.parametrize("name", PRESETS)
    def test_is_proposed_for_its_own_export(self, name: str) -> None:
        assert propose(HEADERS[name]).name == f"like {preset(name).name}"


class TestPropose:
    def test_guesses_columns_of_an_unknown_export(self) -> None:
        headers = [
            "Opp no",
            "Titel",
            "Kunde",
            "Phase",
            "Betrag",
            "Währung",
            "Abschlussdatum",
            "Erstellt am",
            "Besitzer",
        ]
        found = propose(headers).chosen(headers)
        assert found == {
            "deal_id": ("Opp no",),
            "name": ("Titel",),
            "company": ("Kunde",),
            "stage": ("Phase",),
            "amount": ("Betrag",),
            "currency": ("Währung",),
            "close_date": ("Abschlussdatum",),
            "created_at": ("Erstellt am",),
            "owner": ("Besitzer",),
        }

    def test_uses_no_column_twice(self) -> None:
        chosen = propose(["ID", "Name", "Stage", "Stage", "Created"]).chosen(["ID", "Name", "Stage", "Created"])
        names = [name for found in chosen.values() for name in found]
        assert len(names) == len(set(names))


class TestLoadMapping:
    def test_takes_a_preset_by_name(self) -> None:
        assert load_mapping("HubSpot") == preset("hubspot")

    def test_takes_a_file_that_corrects_a_preset(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.toml"
        path.write_text('preset = "pipedrive"\nzone = "Europe/Berlin"\n[columns]\ndeal_id = "Deal - Number"\n')
        mapping = load_mapping(str(path))
        assert (mapping.zone, mapping.columns["deal_id"]) == ("Europe/Berlin", ("Deal - Number",))
        assert mapping.columns["stage"] == preset("pipedrive").columns["stage"]

    @pytest.mark.parametrize("content", ["not toml", None])
    def test_refuses_what_cannot_be_read(self, tmp_path: Path, content: str | None) -> None:
        path = tmp_path / "mine.toml"
        if content:
            path.write_text(content)
        with pytest.raises(MappingUnusable):
            load_mapping(str(path))


class TestParseMapping:
    @pytest.mark.parametrize(
        "content",
        [
            {"preset": "excel"},
            {"zone": "Mars/Olympus"},
            {"currency": "XXQ"},
            {"decimal": ";"},
            {"columns": {"mood": "Mood"}},
            {"columns": "Stage"},
            {"forecast": {"Sure": "certain"}},
            {"nonsense": 1},
        ],
    )
    def test_names_what_is_wrong(self, content: dict[str, object]) -> None:
        with pytest.raises(MappingUnusable):
            parse_mapping(content)


class TestChosen:
    def test_forgives_capitals_and_spaces(self) -> None:
        mapping = Mapping(name="x", columns={"stage": ("Deal Stage",)})
        assert mapping.chosen(["deal  stage"]) == {"stage": ("deal  stage",)}
