"""A docstring stands where someone else calls: whatever one package takes from another explains itself."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache

from tests.architecture.repository import Module, product_modules, written_modules

type_of_definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def modules_by_name() -> Mapping[str, Module]:
    return {module.dotted: module for module in product_modules()}


def definitions(tree: ast.Module) -> dict[str, type_of_definition]:
    """Functions and classes at the top of a module, by name."""
    return {node.name: node for node in tree.body if isinstance(node, type_of_definition)}


def names_taken(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(module, name) of everything of ours that a module imports or reaches through a module it imports."""
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("auctor"):
            for alias in node.names:
                yield node.module, alias.name
                aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
            yield aliases[node.value.id], node.attr


def calls_across() -> Iterator[tuple[Module, str]]:
    """(module, name) of what is taken by another top package."""
    for caller in written_modules():
        for dotted, name in names_taken(caller.tree):
            module = modules_by_name().get(dotted)
            if module and module.package and module.package != caller.package:
                yield module, name


def find_silent() -> list[str]:
    """Functions and classes that someone else takes and that say nothing."""
    silent = set()
    for module, name in calls_across():
        node = definitions(module.tree).get(name)
        if node and not ast.get_docstring(node):
            silent.add(f"{module.where}:{node.lineno} {name}")
    return sorted(silent)


class TestWhatOthersCall:
    def test_has_a_docstring(self) -> None:
        silent = find_silent()
        assert not silent, "\n".join([f"{len(silent)} without a docstring:", *silent])


class TestEveryModule:
    def test_has_a_docstring(self) -> None:
        silent = [module.where for module in written_modules() if not ast.get_docstring(module.tree)]
        assert not silent


class TestNamesTaken:
    def test_sees_names_and_what_is_reached_through_a_module(self) -> None:
        tree = ast.parse("from auctor.audit import log as audit_log\naudit_log.record(1)\nother.thing()")
        assert set(names_taken(tree)) == {("auctor.audit", "log"), ("auctor.audit.log", "record")}
