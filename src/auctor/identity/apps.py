"""The Django app."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Wires the package into Django."""

    name = "auctor.identity"
    label = "identity"
