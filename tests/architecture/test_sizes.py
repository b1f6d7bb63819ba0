"""Functions, classes, files, templates and parameter lists end where a reader's memory ends."""

from pathlib import Path

import pytest

from tools import sizes


@pytest.fixture(scope="module")
def measured() -> list[sizes.Size]:
    return sizes.measure()


class TestRepository:
    @pytest.mark.parametrize("kind", sorted(sizes.LIMITS))
    def test_keeps_the_limit_of(self, kind: str, measured: list[sizes.Size]) -> None:
        too_big = [str(size) for size in measured if size.kind == kind and size.is_too_big]
        assert not too_big, "\n".join([f"{len(too_big)} too big, the worst first:", *too_big[:12]])

    def test_has_a_short_typical_function(self, measured: list[sizes.Size]) -> None:
        functions = sorted(size.size for size in measured if size.kind == "function")
        assert functions[len(functions) // 2] <= 10, sizes.report(measured)


class TestMeasurePython:
    def test_counts_every_line_and_every_parameter(self, tmp_path: Path) -> None:
        file = tmp_path / "sample.py"
        file.write_text("class A:\n    def f(self, a, *b, c, **d):\n        '''Say.'''\n        return a\n")
        found = {(size.kind, size.size) for size in sizes.measure_python(file, tmp_path)}
        assert found == {("file", 4), ("class", 4), ("function", 3), ("parameters", 5)}

    def test_calls_too_big_what_is_above_the_limit_only(self) -> None:
        limit = sizes.LIMITS["function"]
        assert not sizes.Size(limit, "function", "here").is_too_big
        assert sizes.Size(limit + 1, "function", "here").is_too_big
