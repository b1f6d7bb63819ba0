"""Commands, from the command line itself."""

from collections.abc import Iterator
from typing import Any

from tools import commands as command_line
from tools.chapters.markdown import Chapter, code, table

SOURCE = command_line.SOURCE
ABOUT = (
    "The installed package has one command, `auctor`. Every command answers `--help`; with `--json` the answer is "
    "one JSON value on standard output and notes go to standard error. The exit code is 0 when what was asked is "
    "done and true."
)


def chapter() -> Chapter:
    """The page of commands with their arguments and options."""
    parts = [describe(words, command) for words, command in command_line.commands()]
    return Chapter("commands", "Commands", ABOUT, "\n\n".join(parts))


def describe(words: tuple[str, ...], command: Any) -> str:
    """One command: its line, what it does, its parameters."""
    rows = list(parameters(command))
    lines = [f"## auctor {' '.join(words)}", "", " ".join((command.help or "").split())]
    if rows:
        lines += ["", table(["Argument or option", "What it does"], rows)]
    return "\n".join(lines)


def parameters(command: Any) -> Iterator[list[str]]:
    """Arguments and options with their help; `--help` itself is left out."""
    for parameter in command.params:
        told = getattr(parameter, "help", None) or ""
        if parameter.param_type_name == "argument":
            yield [code(str(parameter.name).upper()), told]
        elif "--help" not in parameter.opts:
            yield [", ".join(code(name) for name in (*parameter.opts, *parameter.secondary_opts)), told]
