"""The inside of a package: few file names, always the same, each holding what its name says."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.repository import PACKAGE, Module, packages, product_modules, written_modules

# Names that say nothing about what is inside, and so collect everything.
NOWHERE = frozenset(
    {"util", "utils", "helper", "helpers", "common", "core", "service", "services", "manager", "managers"}
    | {"misc", "shared", "stuff", "lib"}
)
PURE_FILES = frozenset({"rules", "score", "match", "shape"})
# What a pure decision may not touch: storage, network, the clock, chance.
IMPURE = frozenset(
    {"django", "psycopg", "procrastinate", "httpx2", "socket", "subprocess", "os", "pathlib", "logging"}
    | {"time", "random", "secrets"}
)
DOCSTRING_LINES = 10


def named(*names: str) -> list[Module]:
    """Modules of one of these file names, one level or more below the top package."""
    return [module for module in written_modules() if module.path.stem in names and module.package]


def imported_roots(tree: ast.Module) -> Iterator[str]:
    """The first part of everything a module imports, wherever in the file the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def top_functions(module: Module) -> list[ast.FunctionDef]:
    return [node for node in module.tree.body if isinstance(node, ast.FunctionDef)]


def top_classes(module: Module) -> list[ast.ClassDef]:
    return [node for node in module.tree.body if isinstance(node, ast.ClassDef)]


def is_frozen(node: ast.ClassDef) -> bool:
    """A frozen dataclass, an enum, a typed tuple or dict, or a port: nothing that can change."""
    closed = ("Enum", "NamedTuple", "TypedDict", "Protocol", "Error", "Exception")
    if any(ast.unparse(base).split("[")[0].endswith(closed) for base in node.bases):
        return True
    return any("dataclass" in ast.unparse(mark) and "frozen=True" in ast.unparse(mark) for mark in node.decorator_list)


class TestFileNames:
    def test_say_what_is_inside(self) -> None:
        vague = [module.where for module in product_modules() if NOWHERE & set(module.dotted.split("."))]
        assert not vague

    def test_are_short_words(self) -> None:
        pattern = re.compile(r"(__)?[a-z][a-z0-9]*(_[a-z0-9]+){0,2}(__)?")
        odd = [module.where for module in written_modules() if not pattern.fullmatch(module.path.stem)]
        assert not odd


class TestPackageDocstring:
    @pytest.mark.parametrize("package", packages())
    def test_tells_what_it_is_of(self, package: str) -> None:
        assert ast.get_docstring(Module(PACKAGE / package / "__init__.py").tree)

    def test_is_all_there_is(self) -> None:
        fuller = [
            module.where
            for module in written_modules()
            if module.path.name == "__init__.py" and not is_docstring_only(module.tree)
        ]
        assert not fuller, f"re-exports and code belong elsewhere: {fuller}"

    def test_has_at_most_ten_lines(self) -> None:
        initials = [module for module in written_modules() if module.path.name == "__init__.py"]
        long = [module.where for module in initials if module.text.count("\n") > DOCSTRING_LINES]
        assert not long


class TestRecords:
    def test_are_frozen(self) -> None:
        loose = [
            f"{module.where}:{node.lineno} {node.name}"
            for module in named("records")
            for node in top_classes(module)
            if not is_frozen(node)
        ]
        assert not loose

    def test_know_no_database(self) -> None:
        bound = [module.where for module in named("records") if "django.db" in module.text or ".models" in module.text]
        assert not bound


class TestModels:
    def test_hold_tables_only(self) -> None:
        functions = [f"{module.where} {node.name}" for module in named("models") for node in top_functions(module)]
        assert not functions, f"rules belong beside, not into models.py: {functions}"

    def test_override_no_save(self) -> None:
        overridden = [
            f"{module.where}:{node.lineno} {node.name}"
            for module in named("models")
            for node in ast.walk(module.tree)
            if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete", "full_clean")
        ]
        assert not overridden


class TestQueries:
    def test_write_nothing(self) -> None:
        writes = re.compile(r"\.(save|delete|create|bulk_create|update_or_create|get_or_create|bulk_update)\(")
        writing = [module.where for module in named("queries") if writes.search(module.text)]
        assert not writing


class TestJobs:
    def test_are_declared_by_name(self) -> None:
        undeclared = [
            f"{module.where}:{node.lineno} {node.name}"
            for module in named("jobs")
            if module.path.parent.parent == PACKAGE  # a page about jobs is no entry point
            for node in top_functions(module)
            if not node.name.startswith("_") and not any("job" in ast.unparse(mark) for mark in node.decorator_list)
        ]
        assert not undeclared


class TestPureFiles:
    @pytest.mark.parametrize("name", sorted(PURE_FILES))
    def test_touch_nothing_outside_themselves(self, name: str) -> None:
        impure = {
            module.where: sorted(IMPURE & set(imported_roots(module.tree)))
            for module in named(name)
            if IMPURE & set(imported_roots(module.tree))
        }
        assert not impure


class TestIsFrozen:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("@dataclass(frozen=True)\nclass A: ...", True),
            ("@dataclasses.dataclass(slots=True, frozen=True)\nclass A: ...", True),
            ("class A(StrEnum): ...", True),
            ("@dataclass\nclass A: ...", False),
            ("class A: ...", False),
        ],
    )
    def test_tells_closed_classes_from_open_ones(self, source: str, *, expected: bool) -> None:
        node = ast.parse(source).body[0]
        assert isinstance(node, ast.ClassDef)
        assert is_frozen(node) is expected


def is_docstring_only(tree: ast.Module) -> bool:
    return all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in tree.body)
