"""What is sent is kept within limits, and never outside of its folder."""

import gzip
import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from auctor.crm.uploading.folder import (
    UploadRefused,
    keep,
    list_places,
    read_progress,
    remove,
    tell_progress,
)

DEALS = b"deal_id\nd1\n"


def packed(fill: Callable[[zipfile.ZipFile], None]) -> list[bytes]:
    """An archive, in pieces."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    made = content.getvalue()
    return [made[:100], made[100:]]


def link(name: str) -> Callable[[zipfile.ZipFile], None]:
    """Puts a link to a file outside into an archive."""
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16

    return lambda archive: archive.writestr(member, "/etc/passwd")


class TestKeep:
    def test_keeps_files_for_the_installation_alone(self, tmp_path: Path) -> None:
        place = tmp_path / "one"
        assert keep(place, [("deals.csv", [b"deal_id\n", b"d1\n"])]) == {"deals.csv": 11}
        stored = place / "files" / "deals.csv"
        assert stored.read_bytes() == DEALS
        assert [stat.S_IMODE(one.stat().st_mode) for one in (place, stored.parent, stored)] == [0o700, 0o700, 0o600]

    def test_unpacks_one_archive_whatever_its_folders(self, tmp_path: Path) -> None:
        def fill(archive: zipfile.ZipFile) -> None:
            archive.writestr("export/deals.csv", DEALS)
            archive.writestr("export/owners.csv", b"owner_id\nu1\n")
            archive.writestr("__MACOSX/export/._deals.csv", b"\0")

        assert set(keep(tmp_path / "one", [("all.zip", packed(fill))])) == {"deals.csv", "owners.csv"}

    @pytest.mark.parametrize("name", ["../deals.csv", "/etc/deals.csv", "a\\..\\deals.csv", "c:deals.csv"])
    def test_refuses_names_that_lead_out(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(UploadRefused, match="leads out"):
            keep(tmp_path / "one", [("all.zip", packed(lambda archive: archive.writestr(name, DEALS)))])
        assert list(tmp_path.iterdir()) == []

    def test_refuses_links_in_an_archive(self, tmp_path: Path) -> None:
        with pytest.raises(UploadRefused, match="no plain file"):
            keep(tmp_path / "one", [("all.zip", packed(link("deals.csv")))])

    @pytest.mark.parametrize(
        "name", ["deals.xlsx", "deals.csv.exe", ".deals.csv", "de\0als.csv", "a/b.csv", "\u202evsc.csv"]
    )
    def test_refuses_other_kinds_and_odd_names(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(UploadRefused):
            keep(tmp_path / "one", [(name, [DEALS])])
        assert list(tmp_path.iterdir()) == []

    def test_refuses_an_archive_that_unpacks_without_end(self, tmp_path: Path) -> None:
        def fill(archive: zipfile.ZipFile) -> None:
            with archive.open("deals.csv", "w", force_zip64=True) as file:
                file.write(bytes(2**21))

        with pytest.raises(UploadRefused, match="more than 1 MiB"):
            keep(tmp_path / "one", [("all.zip", packed(fill))], most=2**20)
        assert list(tmp_path.iterdir()) == []

    def test_refuses_a_packed_file_without_end(self, tmp_path: Path) -> None:
        content = [gzip.compress(bytes(2**19))] * 3
        with pytest.raises(UploadRefused, match="more than 1 MiB"):
            keep(tmp_path / "one", [("deals.csv.gz", content)], most=2**20)

    @pytest.mark.parametrize("name", ["all.zip", "deals.csv.gz"])
    def test_refuses_what_cannot_be_unpacked(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(UploadRefused, match="cannot be unpacked"):
            keep(tmp_path / "one", [(name, [b"PK\x03\x04 no archive"])])

    def test_refuses_an_archive_that_is_locked(self, tmp_path: Path) -> None:
        content = bytearray(b"".join(packed(lambda archive: archive.writestr("deals.csv", DEALS))))
        content[content.index(b"PK\x01\x02") + 8] |= 1
        with pytest.raises(UploadRefused, match="password"):
            keep(tmp_path / "one", [("all.zip", [bytes(content)])])

    def test_refuses_a_name_twice(self, tmp_path: Path) -> None:
        with pytest.raises(UploadRefused, match="twice"):
            keep(tmp_path / "one", [("deals.csv", [DEALS]), ("deals.csv", [DEALS])])

    def test_refuses_nothing_and_too_many(self, tmp_path: Path) -> None:
        with pytest.raises(UploadRefused, match="Nothing"):
            keep(tmp_path / "one", [])
        with pytest.raises(UploadRefused, match="33 files"):
            keep(tmp_path / "two", [(f"{number}.csv", [DEALS]) for number in range(33)])


class TestTellProgress:
    def test_is_read_beside_the_files(self, tmp_path: Path) -> None:
        assert read_progress(tmp_path) is None
        tell_progress(tmp_path, "read", 3, 9)
        assert read_progress(tmp_path) == ("read", 3, 9)

    def test_says_nothing_of_what_is_gone(self, tmp_path: Path) -> None:
        tell_progress(tmp_path / "gone", "read", 3, 9)
        assert not (tmp_path / "gone").exists()


class TestRemove:
    def test_leaves_nothing(self, tmp_path: Path) -> None:
        keep(tmp_path / "uploads" / "one", [("deals.csv", [DEALS])])
        assert [place.name for place, _ in list_places(tmp_path)] == ["one"]
        remove(tmp_path / "uploads" / "one")
        remove(tmp_path / "uploads" / "one")
        assert list_places(tmp_path) == []
