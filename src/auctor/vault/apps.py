"""The Django app."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Wires the package into Django."""

    name = "auctor.vault"
    label = "vault"
