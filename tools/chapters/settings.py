"""Settings, from the fields of config.environment."""

from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from tools.chapters.markdown import Chapter, code, table

SOURCE = "auctor.config.environment"
ABOUT = (
    "Every setting is an environment variable. They are checked before anything starts; a wrong one stops "
    "the start with a sentence that names it. Everything has a default that works on one machine."
)
KINDS: dict[object, str] = {
    Path: "path",
    SecretStr: "secret",
    bool: "true or false",
    int: "number",
    str: "text",
}


def chapter() -> Chapter:
    """The page of settings."""
    from auctor.config.environment import Environment

    fields = Environment.model_fields.items()
    rows = [
        [code(variable(name, field)), kind(field), default(field), field.description or ""] for name, field in fields
    ]
    return Chapter("settings", "Settings", ABOUT, table(["Variable", "Kind", "Default", "What it does"], rows))


def variable(name: str, field: FieldInfo) -> str:
    """The name of the environment variable."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return str(alias or f"AUCTOR_{name.upper()}")


def kind(field: FieldInfo) -> str:
    """What may be written there, in words."""
    limits = [f"{name} {limit}" for name, limit in bounds(field)]
    return " ".join([describe(field.annotation), *limits])


def describe(annotation: Any) -> str:
    """One annotation in words; optional ones as what they hold when they are set."""
    if get_origin(annotation) is Literal:
        return ", ".join(code(choice) for choice in get_args(annotation))
    if get_origin(annotation) is list:
        return "JSON list"
    choices = [choice for choice in get_args(annotation) if choice is not type(None)]
    return describe(choices[0]) if choices else KINDS[annotation]


def bounds(field: FieldInfo) -> list[tuple[str, object]]:
    """Least and greatest value, where there are such."""
    words = {"ge": "from", "le": "to"}
    return [
        (word, getattr(limit, name))
        for limit in field.metadata
        for name, word in words.items()
        if getattr(limit, name, None) is not None
    ]


def default(field: FieldInfo) -> str:
    """The default in words; what a function decides is told by its docstring."""
    if field.default_factory is not None:
        return (field.default_factory.__doc__ or "").strip() if field.default_factory is not list else "none"
    value = field.default
    if isinstance(value, SecretStr):
        return "set, and not shown" if value.get_secret_value() else "empty"
    if value is None or value == "":
        return "empty"
    return code(str(value).lower() if isinstance(value, bool) else value)
