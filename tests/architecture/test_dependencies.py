"""What comes from elsewhere: why it is there, that it is what it was, and under which licence."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, repository_files

LOCKS = ("locks/runtime.txt", "locks/dev.txt", "locks/uv.txt")
REQUIREMENT = re.compile(r'^\s*"(?P<name>[A-Za-z0-9._-]+)(\[[^\]]*\])?[<>=!~][^"]*",?(?P<comment>\s*#.*)?$')


def unexplained(lists: str) -> list[str]:
    """Requirements of a TOML text with no comment on the line above or on their own."""
    lines = lists.splitlines()
    return [
        found["name"]
        for before, line in zip(["", *lines], lines, strict=False)
        if (found := REQUIREMENT.match(line))
        if not found["comment"] and not before.strip().startswith("#")
    ]


def locked(lock: str) -> dict[str, int]:
    """Name and number of hashes of each package of a lock file."""
    found: dict[str, int] = {}
    name = ""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if start := re.match(r"^([A-Za-z0-9._-]+)(\[.*\])?==", line):
            name = start[1].lower()
            found[name] = 0
        elif line.strip().startswith("--hash=sha256:"):
            found[name] += 1
    return found


def sums_files() -> list[Path]:
    return [path for path in repository_files() if path.name == "SHA256SUMS"]


def listed(sums: Path) -> dict[str, str]:
    """File name and digest of each line of a SHA256SUMS file."""
    lines = sums.read_text(encoding="utf-8").splitlines()
    return {name.lstrip("*"): digest for digest, name in (line.split(maxsplit=1) for line in lines if line)}


class TestRequirements:
    def test_say_why_they_are_there(self) -> None:
        assert not unexplained((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    def test_without_a_reason_are_found(self) -> None:
        assert unexplained('# Why.\n"django>=5",\n"numpy>=2",\n"rich>=15",  # for people') == ["numpy"]

    def test_are_all_locked(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
        names = {re.split(r"[\[<>=!~]", requirement)[0].lower() for requirement in wanted}
        assert names <= set(locked("locks/dev.txt"))


class TestLockFiles:
    @pytest.mark.parametrize("lock", LOCKS)
    def test_hold_a_hash_for_every_package(self, lock: str) -> None:
        packages = locked(lock)
        assert packages
        assert not [name for name, hashes in packages.items() if not hashes]

    @pytest.mark.parametrize("lock", LOCKS)
    def test_hold_no_address(self, lock: str) -> None:
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert not re.findall(r"\w+://\S+|--(?:extra-)?index-url\S*|--find-links\S*", text)

    def test_agree_on_versions(self) -> None:
        pattern = re.compile(r"^([a-z0-9._-]+==\S+)", re.MULTILINE)
        runtime, dev = (set(pattern.findall((ROOT / lock).read_text(encoding="utf-8"))) for lock in LOCKS[:2])
        assert runtime <= dev


class TestVendoredFiles:
    @pytest.mark.parametrize("sums", sums_files(), ids=lambda path: path.parent.name)
    def test_are_what_they_were(self, sums: Path) -> None:
        changed = [
            name
            for name, digest in listed(sums).items()
            if hashlib.sha256((sums.parent / name).read_bytes()).hexdigest() != digest
        ]
        assert not changed

    @pytest.mark.parametrize("sums", sums_files(), ids=lambda path: path.parent.name)
    def test_bring_their_licence(self, sums: Path) -> None:
        folders = {(sums.parent / name).parent for name in listed(sums)}
        bare = [folder.name for folder in folders if not list(folder.glob("*LICENSE*"))]
        assert not bare

    def test_are_all_listed(self) -> None:
        known = {sums.parent / name for sums in sums_files() for name in listed(sums)}
        minified = {path for path in repository_files() if ".min." in path.name or "vendor" in path.parts}
        prose = {path for path in minified if "LICENSE" in path.name or path.name in ("SHA256SUMS", "NOTICE")}
        assert sorted(minified - prose - known) == []
