"""The Django app."""

from django.apps import AppConfig

from auctor.tenancy.data import DataRule


class TenancyConfig(AppConfig):
    """Workspaces and the functions of the signed context."""

    name = "auctor.tenancy"
    label = "tenancy"
    table_rules = {  # noqa: RUF012 - read by the catalogue lint
        "django_migrations": DataRule("Kept.", "Not exported: says nothing about a workspace.", "Never."),
        "auctor.context_key": DataRule(
            "Replaced when the key is.", "Not exported: a secret of the installation.", "Never."
        ),
    }
