"""The Django app."""

from django.apps import AppConfig

from auctor.tenancy.data import DataRule

_INSTANCE = "Not exported: ids only, and the installation's."


class JobsConfig(AppConfig):
    """Wires the package into Django and answers for the tables of the queue.

    They carry no `workspace_id` column and no policies, because one worker serves every workspace: they hold ids
    only, and a row that was not enqueued by the product is refused by its seal.
    """

    name = "auctor.jobs"
    label = "jobs"
    table_rules = {  # noqa: RUF012 - read by the catalogue lint
        "procrastinate_jobs": DataRule(
            "7 days after its end, 30 days after a failure.", _INSTANCE, "By the same job, in each workspace."
        ),
        "procrastinate_events": DataRule("As long as the job.", _INSTANCE, "With the job."),
        "procrastinate_periodic_defers": DataRule("The last turn of each entry.", _INSTANCE, "Never: no ids."),
        "procrastinate_workers": DataRule("While the worker runs.", _INSTANCE, "Never: no ids."),
    }
