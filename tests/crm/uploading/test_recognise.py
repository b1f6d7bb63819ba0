"""What was sent is recognised by its columns."""

from pathlib import Path

import polars as pl
import pytest

from auctor.crm.uploading.folder import UploadRefused
from auctor.crm.uploading.recognise import Header, columns_of, headers_of, recognise, stem_of, values_of
from tests.crm.folders import write_folder

HUBSPOT = "Record ID,Deal Name,Deal Stage,Create Date,Amount\n1,One,Closed Won,2026-01-02 10:00,5\n"


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


class TestRecognise:
    def test_knows_a_history_folder(self, tmp_path: Path) -> None:
        found = recognise(sorted(write_folder(tmp_path).iterdir()))
        assert found.is_sure
        assert found.mapping is None

    def test_knows_a_vendor_s_export_by_its_columns(self, tmp_path: Path) -> None:
        found = recognise([file(tmp_path, "deals.csv", HUBSPOT)])
        assert found.mapping is not None
        assert (found.mapping.name, found.is_sure) == ("HubSpot", True)

    def test_proposes_a_mapping_for_another(self, tmp_path: Path) -> None:
        found = recognise([file(tmp_path, "x.csv", "Opp No,Phase,Betrag\n1,Neu,5\n")])
        assert found.mapping is not None
        assert not found.is_sure
        assert found.mapping.chosen(["Opp No", "Phase", "Betrag"])["stage"] == ("Phase",)

    def test_refuses_files_of_no_form(self, tmp_path: Path) -> None:
        with pytest.raises(UploadRefused, match="other is no file of a history folder"):
            recognise([file(tmp_path, "deals.csv", "deal_id\n"), file(tmp_path, "other.csv", "a\n")])


class TestStemOf:
    def test_leaves_out_the_kind(self) -> None:
        assert stem_of(Path("deals.csv.gz")) == "deals"


class TestHeadersOf:
    def test_refuses_what_is_cut_off(self, tmp_path: Path) -> None:
        path = tmp_path / "deals.csv.gz"
        path.write_bytes(b"\x1f\x8b\x08")
        with pytest.raises(UploadRefused, match="cannot be read"):
            headers_of(path)

    def test_reads_parquet(self, tmp_path: Path) -> None:
        pl.DataFrame({"deal_id": ["d1"]}).write_parquet(tmp_path / "deals.parquet")
        assert headers_of(tmp_path / "deals.parquet") == ["deal_id"]


class TestColumnsOf:
    def test_shows_some_values(self, tmp_path: Path) -> None:
        _, headers = columns_of(file(tmp_path, "x.csv", "A,B\n1,\n2,\n2,\n"))
        assert headers == [Header("A", ("1", "2")), Header("B", ())]


class TestValuesOf:
    def test_are_different_and_in_the_order_met(self) -> None:
        frame = pl.DataFrame({"s": ["b", " a", "b", None]})
        assert values_of(frame, ("s", "not there")) == ("b", "a")
