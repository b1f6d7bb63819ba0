"""The Django app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Wires the package into Django."""

    name = "auctor.audit"
    label = "audit"
