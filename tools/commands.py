"""The commands of `auctor` as the command line itself knows them; empty until there is a command line."""

import importlib
import importlib.util
from collections.abc import Iterator
from typing import Any

import typer

SOURCE = "auctor.cli.main"


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with its words, groups before what is in them, in the order of the help page."""
    if not importlib.util.find_spec(SOURCE):
        return
    main: Any = importlib.import_module(SOURCE)
    for name in main.COMMANDS:
        yield from _below((), typer.main.get_command(main.build([name])), only=name)


def command_words() -> set[tuple[str, ...]]:
    """The words of every command and group."""
    return {words for words, _ in commands()}


def _below(words: tuple[str, ...], command: Any, only: str = "") -> Iterator[tuple[tuple[str, ...], Any]]:
    if words:
        yield words, command
    # typer carries its own copy of click, so that a command is known by what it can do and not by its class.
    if hasattr(command, "list_commands"):
        context = command.make_context("auctor", [], resilient_parsing=True)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden and only in ("", name):
                yield from _below((*words, name), below)
