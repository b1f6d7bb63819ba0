"""A command whose options are the fields of a record, for commands with more of them than a function should take."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, get_type_hints

T = TypeVar("T")


def with_options(record: type[T]) -> Callable[[Callable[[T], None]], Callable[..., None]]:
    """Decorate `def command(asked: Record)`: typer reads the options from the record's annotated fields."""

    def decorate(run: Callable[[T], None]) -> Callable[..., None]:
        def command(**said: Any) -> None:
            run(record(**said))

        command.__name__, command.__doc__ = run.__name__, run.__doc__
        command.__annotations__ = get_type_hints(record, include_extras=True)
        command.__signature__ = inspect.signature(record)  # type: ignore[attr-defined]
        return command

    return decorate
