"""The repository as its guards see it: files, modules, syntax trees. Reads only; cached for one run."""

import ast
import fnmatch
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "auctor"


@dataclass(frozen=True)
class Module:
    """One Python file of the product."""

    path: Path

    @property
    def where(self) -> str:
        """The path as it is written in the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def dotted(self) -> str:
        """The name it is imported by."""
        parts = self.path.relative_to(ROOT / "src").with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def package(self) -> str:
        """The top package it belongs to; empty for auctor itself."""
        return f"{self.dotted}..".split(".")[1]

    @property
    def is_migration(self) -> bool:
        """Migrations are written by a program and read by a program."""
        return "migrations" in self.path.parts

    @cached_property
    def text(self) -> str:
        """The file as it stands."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.text, self.where)


@cache
def product_modules() -> tuple[Module, ...]:
    """Every Python file below src/auctor."""
    return tuple(Module(path) for path in sorted(PACKAGE.rglob("*.py")))


@cache
def written_modules() -> tuple[Module, ...]:
    """The same without migrations."""
    return tuple(module for module in product_modules() if not module.is_migration)


@cache
def packages() -> tuple[str, ...]:
    """The top packages."""
    return tuple(sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file that belongs to the repository: all but what .gitignore names."""
    return tuple(sorted(_walk(ROOT, _ignored_patterns())))


def text_of(path: Path) -> str | None:
    """The text of a file; None if it is not text, or was renamed since the files were listed."""
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return None


def is_vendored(path: Path) -> bool:
    """True for files that came from elsewhere as they are: their folder or a neighbour lists their sums."""
    folders = [path.parent, *path.parent.parents]
    sums = [folder / "SHA256SUMS" for folder in folders if folder.is_relative_to(ROOT)]
    return any(path != file and file.is_file() and _lists(file, path) for file in sums)


def _lists(sums: Path, path: Path) -> bool:
    name = path.relative_to(sums.parent).as_posix()
    return any(line.split(maxsplit=1)[1].lstrip("*") == name for line in sums.read_text().splitlines() if line)


def _ignored_patterns() -> tuple[str, ...]:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return (".git", *(line.rstrip("/") for line in lines if line and not line.startswith("#")))


def _walk(folder: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for entry in os.scandir(folder):
        path = Path(entry.path)
        if _is_ignored(path, patterns):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path, patterns)
        else:
            yield path


def _is_ignored(path: Path, patterns: tuple[str, ...]) -> bool:
    anchored = f"/{path.relative_to(ROOT).as_posix()}"
    return any(fnmatch.fnmatch(anchored if pattern.startswith("/") else path.name, pattern) for pattern in patterns)
