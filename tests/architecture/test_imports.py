"""The floors and the absence of circles, read from the import graph itself.

The contracts stand in pyproject.toml and run as a step of their own; here is what they cannot say, and
that nobody softened them.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

import grimp
import pytest

from tests.architecture.repository import PACKAGE, ROOT, packages

FLOORS = "floors"


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("auctor", exclude_type_checking_imports=False, cache_dir=None)


def find_circle(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """The modules of one circle in the order in which they import each other; empty if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return [str(module) for module in error.args[1]]
    return []


@pytest.fixture(scope="module")
def linter() -> dict[str, Any]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, Any] = settings["tool"]["importlinter"]
    return found


class TestImportGraph:
    def test_has_no_circle_at_any_depth(self) -> None:
        imports = {module: graph().find_modules_directly_imported_by(module) for module in graph().modules}
        circle = find_circle(imports)
        assert not circle, " is imported by ".join(circle)

    def test_knows_every_module(self) -> None:
        files = {path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts}
        dotted = {".".join(path.relative_to(ROOT / "src").with_suffix("").parts) for path in files}
        assert {name.removesuffix(".__init__") for name in dotted} <= graph().modules

    def test_keeps_vendors_apart(self) -> None:
        vendors = {f"auctor.connectors.{path.parent.name}" for path in PACKAGE.glob("connectors/*/BEHAVIOUR.md")}
        known = [
            f"{vendor} knows {other}"
            for vendor in vendors
            for other in vendors - {vendor}
            if graph().find_shortest_chain(vendor, other, as_packages=True)
        ]
        assert not known


class TestFindCircle:
    def test_sees_two_modules_that_import_each_other(self) -> None:
        assert set(find_circle({"a": {"b"}, "b": {"c"}, "c": {"b"}})) == {"b", "c"}

    def test_is_content_with_a_diamond(self) -> None:
        assert find_circle({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}}) == []


class TestContracts:
    def test_have_no_exception(self, linter: dict[str, Any]) -> None:
        softened = [
            f"{contract['id']}: {key}"
            for contract in linter["contracts"]
            for key in contract
            if "ignore" in key or key == "skip_descendants"
        ]
        assert not softened

    def test_count_imports_for_types_too(self, linter: dict[str, Any]) -> None:
        assert linter["exclude_type_checking_imports"] is False

    def test_give_every_package_exactly_one_floor(self, linter: dict[str, Any]) -> None:
        floors = next(contract for contract in linter["contracts"] if contract["id"] == FLOORS)
        listed = [name.strip() for layer in floors["layers"] for name in layer.split("|")]
        assert floors["exhaustive"] is True
        assert sorted(name for name in listed if not name.startswith("(")) == list(packages())
