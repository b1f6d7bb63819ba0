"""Times are shown in the workspace's zone, and the zone is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.utils import timezone

from auctor.identity.queries import get_profile
from auctor.tenancy.records import Actor


@contextmanager
def workspace_zone(actor: Actor) -> Iterator[str]:
    """Within the block, moments are written and days begin as in the workspace's zone, whose IANA name is given."""
    name = get_profile(actor).time_zone
    with timezone.override(ZoneInfo(name)):
        yield name
