"""The commands of `auctor` as the command line itself knows them; empty until there is a command line."""

import importlib
import importlib.util
from collections.abc import Iterator
from typing import Any

import click
import typer

SOURCE = "auctor.cli.main"


def commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its words, groups before what is in them, in the order of the help page."""
    if not importlib.util.find_spec(SOURCE):
        return
    main: Any = importlib.import_module(SOURCE)
    for name in main.COMMANDS:
        if importlib.util.find_spec(f"auctor.cli.commands.{name}"):
            root = typer.main.get_command(main.build([name]))
            yield from _below((), root, only=name)


def command_words() -> set[tuple[str, ...]]:
    """The words of every command and group."""
    return {words for words, _ in commands()}


def _below(
    words: tuple[str, ...], command: click.Command, only: str = ""
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if words:
        yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=" ".join(("auctor", *words)))
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden and only in ("", name):
                yield from _below((*words, name), below)
