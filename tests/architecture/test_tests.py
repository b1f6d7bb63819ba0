"""Tests mirror the source: one file for one file, one class for one function, names that complete a sentence."""

import ast
import re
from pathlib import Path

from tests.architecture.repository import PACKAGE, ROOT, packages

TESTS = ROOT / "tests"
# Names that say that something is tested and not what holds.
EMPTY = re.compile(r"test_(it_)?(works?|basics?|simple|ok|success|failure|happy_path|\d+)$")


def files_of_tests() -> list[Path]:
    return sorted(TESTS.rglob("test_*.py"))


def mirrored_files() -> list[Path]:
    """Test files of one package; those of the whole (browser, journeys, bad input) mirror nothing."""
    return [path for path in files_of_tests() if path.relative_to(TESTS).parts[0] in packages()]


def sources_of(path: Path) -> list[Path]:
    """Where the file under test may be: a module, or a folder of modules, anywhere in its package."""
    folder = PACKAGE / path.relative_to(TESTS).parts[0]
    name = path.stem.removeprefix("test_")
    return [*folder.rglob(f"{name}.py"), *(found for found in folder.rglob(name) if found.is_dir())]


def functions(path: Path) -> list[ast.FunctionDef]:
    """The tests of a file, in classes and outside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test")]


class TestFilesOfTests:
    def test_mirror_a_file_of_the_product(self) -> None:
        alone = [path.relative_to(ROOT).as_posix() for path in mirrored_files() if not sources_of(path)]
        assert not alone

    def test_keep_their_tests_in_classes(self) -> None:
        loose = [
            f"{path.relative_to(ROOT)} {node.name}"
            for path in files_of_tests()
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        ]
        assert not loose


class TestNamesOfTests:
    def test_complete_a_sentence(self) -> None:
        empty = [
            f"{path.relative_to(ROOT)} {node.name}"
            for path in files_of_tests()
            for node in functions(path)
            if EMPTY.match(node.name)
        ]
        assert not empty

    def test_stand_once_in_their_class(self) -> None:
        twice = [
            f"{path.relative_to(ROOT)} {name}"
            for path in files_of_tests()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ClassDef)
            for name in repeated([child.name for child in node.body if isinstance(child, ast.FunctionDef)])
        ]
        assert not twice, f"the second hides the first: {twice}"


def repeated(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}
