"""The Django app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Wires the package into Django."""

    name = "auctor.jobs"
    label = "jobs"
