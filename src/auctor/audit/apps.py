"""The Django app."""

from django.apps import AppConfig

from auctor.tenancy.data import DataRule

_NINETY = "Ninety days; the day leaves as a whole."
_INSTANCE = "Not exported: hashes that say nothing about one workspace; its own path to them is."


class AuditConfig(AppConfig):
    """Wires the package into Django. The log has no models: its tables are written and read by SQL only."""

    name = "auctor.audit"
    label = "audit"
    table_rules = {  # noqa: RUF012 - read by the catalogue lint
        "audit.entry": DataRule(
            _NINETY,
            "Exported with everything that proves it.",
            "Holds ids only; its sealed addresses become unreadable when the workspace's keys are destroyed.",
        ),
        "audit.seal": DataRule(_NINETY, "Its leaves are exported.", "Holds hashes and ids; leaves with its day."),
        "audit.round": DataRule(_NINETY, _INSTANCE, "Holds hashes; leaves with its day."),
        "audit.head": DataRule("Kept while the installation lives.", "Exported.", "Holds hashes, no personal data."),
        "audit.anchor": DataRule("Kept for ever.", "Exported.", "Holds hashes, no personal data."),
        "audit.checkpoint": DataRule("Kept for ever.", "Exported.", "Holds hashes, no personal data."),
        "audit.epoch": DataRule("Kept for ever.", "Exported.", "Names runs of the log, no personal data."),
    }
