"""The Django app of the pages."""

from django.apps import AppConfig

from auctor.tenancy.data import DataRule


class WebConfig(AppConfig):
    """Templates, static files and template tags; no tables."""

    name = "auctor.web"
    label = "web"
    table_rules: dict[str, DataRule] = {}  # noqa: RUF012 - read by the catalogue lint
