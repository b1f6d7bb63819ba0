"""Tables: every one says what becomes of its rows, and points only at floors below its own."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from auctor.tenancy.data import DataRule
from tests.architecture.repository import PACKAGE, ROOT

OWN = "auctor."


def own_models() -> list[type[models.Model]]:
    """Our tables; those of the frameworks are listed in the `table_rules` of an app of ours."""
    return [model for model in apps.get_models() if model.__module__.startswith(OWN)]


def framework_models() -> list[type[models.Model]]:
    """Tables that come with the frameworks."""
    return [model for model in apps.get_models() if not model.__module__.startswith(OWN)]


def table_rules() -> dict[str, DataRule]:
    """The rules of tables that have no model of ours."""
    return {
        table: rule for config in apps.get_app_configs() for table, rule in getattr(config, "table_rules", {}).items()
    }


def foreign_keys() -> Iterator[tuple[type[models.Model], models.ForeignKey[Any, Any]]]:
    """Every foreign key between our tables, or from them to a framework's."""
    for model in own_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey):
                yield model, field


def package_of(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


@cache
def floor_of() -> dict[str, int]:
    """The number of each package's floor, from the roof (0) downwards."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(c for c in settings["tool"]["importlinter"]["contracts"] if c["id"] == "floors")
    layers = [layer.split("|") for layer in contract["layers"]]
    return {name.strip(): number for number, layer in enumerate(layers) for name in layer}


class TestDataRules:
    def test_stand_beside_every_table(self) -> None:
        silent = [
            model.__name__ for model in own_models() if not isinstance(getattr(model, "data_rule", None), DataRule)
        ]
        assert not silent

    def test_are_said_for_the_tables_of_the_frameworks(self) -> None:
        tables = {model._meta.db_table for model in framework_models() if model._meta.managed}
        assert not tables - set(table_rules())

    def test_answer_all_three_questions(self) -> None:
        rules = [*((model.__name__, vars(model).get("data_rule")) for model in own_models()), *table_rules().items()]
        empty = [name for name, rule in rules if rule and not all((rule.retention, rule.export, rule.erasure))]
        assert not empty


class TestForeignKeys:
    def test_point_down(self) -> None:
        upwards = [
            f"{model.__name__}.{field.name} points to {field.related_model.__name__}"
            for model, field in foreign_keys()
            if field.related_model.__module__.startswith(OWN)
            and floor_of()[package_of(field.related_model)] < floor_of()[package_of(model)]
        ]
        assert not upwards

    def test_leave_no_trace_in_the_package_below(self) -> None:
        traced = [
            f"{model.__name__}.{field.name}"
            for model, field in foreign_keys()
            if package_of(field.related_model) != package_of(model) and field.remote_field.related_name != "+"
        ]
        assert not traced


class TestMigrations:
    def test_lead_to_the_tables_that_the_models_describe(self) -> None:
        known = MigrationLoader(None, ignore_no_migrations=True)
        found = MigrationAutodetector(known.project_state(), ProjectState.from_apps(apps)).changes(graph=known.graph)
        assert found == {}

    def test_are_one_line_in_every_app(self) -> None:
        loader = MigrationLoader(None, ignore_no_migrations=True)
        forks = {
            config.label: loader.graph.leaf_nodes(config.label)
            for config in apps.get_app_configs()
            if config.name.startswith(OWN) and len(loader.graph.leaf_nodes(config.label)) > 1
        }
        assert not forks

    def test_are_numbered_without_gap(self) -> None:
        gaps = {}
        for folder in sorted(PACKAGE.glob("*/migrations")):
            numbers = [path.name[:4] for path in sorted(folder.glob("[0-9]*.py"))]
            if numbers != [f"{number:04}" for number in range(1, len(numbers) + 1)]:
                gaps[folder.parent.name] = numbers
        assert not gaps

    def test_have_names_that_say_what_they_do(self) -> None:
        automatic = [path.name for path in PACKAGE.glob("*/migrations/*_auto_*.py")]
        assert not automatic

    @pytest.mark.parametrize(
        "path", sorted(PACKAGE.glob("*/migrations/0*.py")), ids=lambda path: f"{path.parts[-3]}.{path.stem}"
    )
    def test_can_be_undone(self, path: Any) -> None:
        dotted = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
        operations = import_module(dotted).Migration.operations
        assert not [operation.describe() for operation in operations if not operation.reversible]
