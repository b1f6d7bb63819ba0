"""The Django app."""

from importlib import import_module

from django.apps import AppConfig

TABLES = ("pipelines", "people", "deals", "activities", "sources")


class CrmConfig(AppConfig):
    """Wires the package into Django; its tables stand in several files."""

    name = "auctor.crm"
    label = "crm"

    def import_models(self) -> None:
        """As Django does, and the files of the folder besides."""
        super().import_models()
        for name in TABLES:
            import_module(f"auctor.crm.models.{name}")
