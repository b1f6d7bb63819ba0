"""The Django app."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """Wires the package into Django."""

    name = "auctor.connectors"
    label = "connectors"
