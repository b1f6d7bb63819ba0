"""Every write has one shape: permission, object, decision, rows, audit, follow-up; in the caller's transaction."""

import ast
from collections.abc import Iterator

from tests.architecture.repository import Module, written_modules

# Where what changes and what is decided is told everything, the time included.
TOLD = frozenset({"operations", "queries", "records", "models", "rules", "score", "match", "shape"})
CLOCKS = frozenset(
    {"datetime.now", "datetime.utcnow", "date.today", "timezone.now", "time.time", "uuid4", "uuid.uuid4"}
)
DOORS = ("require", "access_")


def public_functions(module: Module) -> Iterator[ast.FunctionDef]:
    """Functions at the top of a module that others may call."""
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def asks_for_an_actor(node: ast.FunctionDef) -> bool:
    positional = [*node.args.posonlyargs, *node.args.args]
    return bool(positional) and positional[0].arg == "actor"


def calls(node: ast.AST) -> Iterator[str]:
    """What is called, as it is written there."""
    for child in ast.walk(node):
        if isinstance(child, ast.Call):
            yield ast.unparse(child.func)


def is_guarded(node: ast.FunctionDef) -> bool:
    """It asks for a permission, or opens a door that does."""
    return any(call.split(".")[-1].startswith(DOORS) for call in calls(node))


def place(module: Module, node: ast.AST) -> str:
    return f"{module.where}:{getattr(node, 'lineno', 0)} {getattr(node, 'name', '')}"


class TestGuardedFunctions:
    def test_take_everything_else_by_name(self) -> None:
        positional = [
            place(module, node)
            for module in written_modules()
            for node in public_functions(module)
            if asks_for_an_actor(node) and is_guarded(node) and len(node.args.args) > 2
        ]
        assert not positional

    def test_are_told_the_time_by_name(self) -> None:
        odd = [
            place(module, node)
            for module in written_modules()
            for node in public_functions(module)
            if asks_for_an_actor(node) and "now" in [argument.arg for argument in node.args.args]
        ]
        assert not odd


class TestOperations:
    def test_ask_for_permission_or_open_a_guarded_door(self) -> None:
        unguarded = [
            place(module, node)
            for module in written_modules()
            if module.path.stem == "operations"
            for node in public_functions(module)
            if asks_for_an_actor(node) and not is_guarded(node)
        ]
        assert not unguarded

    def test_never_commit(self) -> None:
        ending = ("commit", "rollback", "atomic")
        committing = [
            place(module, node)
            for module in written_modules()
            if module.path.stem == "operations"
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ending
        ]
        assert not committing


class TestFilesThatAreTold:
    def test_look_at_no_clock_and_roll_no_dice(self) -> None:
        looking = [
            f"{module.where} {call}"
            for module in written_modules()
            if module.path.stem in TOLD
            for call in calls(module.tree)
            if call in CLOCKS or call.startswith("random.")
        ]
        assert not looking
