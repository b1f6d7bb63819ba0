"""The database of this release breaks no rule of isolation, and no table is without a rule for its data."""

from django.apps import apps
from django.db import connection

from auctor.tenancy import lint
from auctor.tenancy.data import DataRule


def data_rules() -> dict[str, DataRule]:
    """Rules stand beside the model; in the app for tables without one."""
    rules = {
        table: rule for config in apps.get_app_configs() for table, rule in getattr(config, "table_rules", {}).items()
    }
    beside = {model._meta.db_table: getattr(model, "data_rule", None) for model in apps.get_models()}
    return rules | {table: rule for table, rule in beside.items() if isinstance(rule, DataRule)}


class TestDatabase:
    def test_breaks_no_rule(self, db: None) -> None:
        with connection.cursor() as cursor:
            found = lint.find_breaches(cursor)
        assert not found, "\n".join(f"{finding.rule}: {finding.where}" for finding in found)

    def test_says_of_every_table_what_becomes_of_its_rows(self, db: None) -> None:
        with connection.cursor() as cursor:
            found = lint.find_ruleless(lint.list_tables(cursor), data_rules())
        assert not found, "\n".join(finding.where for finding in found)

    def test_has_no_rule_for_a_table_that_is_gone(self, db: None) -> None:
        with connection.cursor() as cursor:
            assert sorted(set(data_rules()) - set(lint.list_tables(cursor))) == []
