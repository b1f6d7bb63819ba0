"""The Django app."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    """Wires the package into Django."""

    name = "auctor.risk"
    label = "risk"
