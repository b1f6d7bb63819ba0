"""What the web server runs."""

import os
import sys
import time
from pathlib import Path

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from auctor.kit import telemetry

PATIENCE_SECONDS = 900.0


def wait_for(gate: Path | None) -> None:
    """Wait until the file is there: the database is in form by then. Callers wait with us, at the open port."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while gate is not None and not gate.exists():
        if time.monotonic() > deadline:
            sys.exit("the database was not brought into form in time")
        time.sleep(0.02)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auctor.config.settings")
django.setup()
# Loads every page while the database is being brought into form.
get_resolver().url_patterns  # noqa: B018
wait_for(settings.AUCTOR_ENVIRONMENT.gate)
telemetry.configure(settings.AUCTOR_ENVIRONMENT.otlp_endpoint)
application = get_wsgi_application()
