"""How big things are: functions, classes, files, templates, lists of parameters.

`./dev test` prints the figures; tests/architecture/test_sizes.py holds the limits.
"""

import ast
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMITS = {"function": 50, "class": 200, "file": 400, "template": 150, "parameters": 6}
CODE = ("src", "tests", "tools", "bench")
STATIC = "src/auctor/web/static"
VENDORED = "vendor"


@dataclass(frozen=True, order=True)
class Size:
    """One measured thing; `size` is in lines, or in parameters."""

    size: int
    kind: str
    where: str

    @property
    def is_too_big(self) -> bool:
        """True above the limit of its kind."""
        return self.size > LIMITS[self.kind]

    def __str__(self) -> str:
        return f"{self.where}: {self.kind} {self.size}, limit {LIMITS[self.kind]}"


def measure(root: Path = ROOT) -> list[Size]:
    """Everything that has a limit, largest first. Raises SyntaxError for a file that is not Python.

    Migrations are written by a program, one class a file, as long as their tables: only their functions count.
    """
    sizes = [
        size
        for path in python_files(root)
        for size in measure_python(path, root)
        if "migrations" not in path.parts or size.kind == "function"
    ]
    sizes += [Size(lines(path), "file", name(path, root)) for path in front_end_files(root)]
    sizes += [Size(lines(path), "template", name(path, root)) for path in template_files(root)]
    return sorted(sizes, reverse=True)


def measure_python(path: Path, root: Path) -> Iterator[Size]:
    """The file, its classes, its functions and their parameters."""
    text = path.read_text(encoding="utf-8")
    yield Size(text.count("\n"), "file", name(path, root))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            yield Size(span(node), "class", f"{name(path, root)}:{node.lineno} {node.name}")
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            place = f"{name(path, root)}:{node.lineno} {node.name}"
            yield Size(span(node), "function", place)
            yield Size(count_parameters(node), "parameters", place)


def span(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` or `class` to the end, docstring included, decorators not."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def count_parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """All of them: `self`, keyword-only ones, *args and **kwargs count one each."""
    given = node.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return len(named) + (given.vararg is not None) + (given.kwarg is not None)


def python_files(root: Path) -> list[Path]:
    """All Python files that are ours."""
    return sorted(path for folder in CODE for path in (root / folder).rglob("*.py"))


def template_files(root: Path) -> list[Path]:
    """All Django templates, pages and mails alike."""
    found = (root / "src").rglob("templates/**/*")
    return sorted(path for path in found if path.is_file())


def front_end_files(root: Path) -> list[Path]:
    """Our own scripts and stylesheets; vendored ones stay as they came."""
    found = (root / STATIC).rglob("*")
    ours = (path for path in found if VENDORED not in path.relative_to(root / STATIC).parts)
    return sorted(path for path in ours if path.suffix in (".js", ".css"))


def lines(path: Path) -> int:
    """Lines of a text file."""
    return path.read_text(encoding="utf-8").count("\n")


def name(path: Path, root: Path) -> str:
    """The path as it is written in the repository."""
    return path.relative_to(root).as_posix()


def report(sizes: list[Size]) -> str:
    """Median, ninth decile and the largest of each kind, one line each."""
    found = {kind: sorted(one.size for one in sizes if one.kind == kind) for kind in LIMITS}
    return "\n".join(
        f"{kind:<11} {len(of_kind):5}  median {statistics.median(of_kind):5.0f}"
        f"  90 % below {of_kind[int(len(of_kind) * 0.9)]:4}  largest {of_kind[-1]:4}  limit {LIMITS[kind]}"
        for kind, of_kind in found.items()
        if of_kind
    )


def main() -> int:
    """Print the figures and whatever is too big; 1 if anything is."""
    sizes = measure()
    too_big = [size for size in sizes if size.is_too_big]
    print(report(sizes))
    print("\n".join(str(size) for size in too_big))
    return int(bool(too_big))


if __name__ == "__main__":
    sys.exit(main())
