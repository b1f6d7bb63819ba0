"""Files from elsewhere are what they were when they were taken, and carry their licences."""

import hashlib
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT

FOLDERS = (ROOT / "src/auctor/web/static/vendor", ROOT / "tests/browser")


def sums(folder: Path) -> dict[str, str]:
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
class TestChecksums:
    def test_fit_every_file(self, folder: Path) -> None:
        found = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sums(folder)}
        assert found == sums(folder)

    def test_come_with_a_licence(self, folder: Path) -> None:
        scripts = [Path(name) for name in sums(folder) if name.endswith(".js")]
        licences = {Path(name).parent for name in sums(folder) if "LICENSE" in name}
        assert scripts
        assert {script.parent for script in scripts} <= licences


class TestProduct:
    def test_lists_all_it_ships(self) -> None:
        folder = FOLDERS[0]
        shipped = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert shipped - {"SHA256SUMS"} == set(sums(folder))
