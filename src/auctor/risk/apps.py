"""The Django app."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    """Wires the package into Django."""

    name = "auctor.risk"
    label = "risk"

    def ready(self) -> None:
        """Until the kernels of the signals are compiled, plain Python serves."""
        from auctor.risk import compiled

        compiled.wait()
