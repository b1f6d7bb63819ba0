"""Signals: one file of one shape each, all of them in the only list."""

import ast

from auctor.signals.catalog import SIGNALS
from tests.architecture.repository import Module, written_modules


def signal_files() -> dict[str, Module]:
    """Files that declare a signal, by name."""
    return {
        module.path.stem: module
        for module in written_modules()
        if module.package == "signals" and "SIGNAL" in assigned(module)
    }


def assigned(module: Module) -> set[str]:
    targets = [target for node in module.tree.body if isinstance(node, ast.Assign) for target in node.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)}


class TestCatalog:
    def test_lists_every_file_that_declares_a_signal(self) -> None:
        assert sorted(signal.key for signal in SIGNALS) == sorted(signal_files())

    def test_asks_each_question_once(self) -> None:
        questions = [signal.question for signal in SIGNALS]
        assert len(set(questions)) == len(questions)
        assert all(question.endswith("?") for question in questions)

    def test_tells_for_every_way_to_fire_what_clears_it(self) -> None:
        silent = [
            f"{signal.key}.{name}"
            for signal in SIGNALS
            for name, reason in signal.reasons.items()
            if reason.state.name == "FIRED" and not reason.clears
        ]
        assert not silent


class TestSignalFiles:
    def test_compute_in_a_pure_function_of_that_name(self) -> None:
        other = [
            name
            for name, module in signal_files().items()
            if "compute" not in [node.name for node in module.tree.body if isinstance(node, ast.FunctionDef)]
        ]
        assert not other
