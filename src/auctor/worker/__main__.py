"""`python -m auctor.worker` is the worker's process."""

import os
import sys

import django
from django.conf import settings


def main() -> int:
    """Set Django up before the jobs of the packages are imported, then work until asked to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auctor.config.settings")
    django.setup()
    from auctor.kit import telemetry
    from auctor.worker.run import run

    telemetry.configure(settings.AUCTOR_ENVIRONMENT.otlp_endpoint)
    return run(concurrency=settings.AUCTOR_WORKER_CONCURRENCY)


if __name__ == "__main__":
    sys.exit(main())
