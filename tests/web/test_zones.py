"""The zone that times are shown in."""

from datetime import UTC, datetime

from django.utils import timezone

from auctor.identity import profiles
from auctor.identity.records import Profile
from auctor.tenancy import scope
from auctor.web.zones import workspace_zone
from tests.cast import Company


class TestWorkspaceZone:
    def test_is_the_workspace_s_own_and_ends_with_the_block(self, acme: Company) -> None:
        moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
        with scope.enter(acme.owner):
            profiles.keep(acme.workspace_id, Profile("Acme", time_zone="Europe/Berlin"))
            with workspace_zone(acme.owner) as name:
                assert (name, f"{timezone.localtime(moment):%H:%M %Z}") == ("Europe/Berlin", "14:00 CEST")
        assert f"{timezone.localtime(moment):%H:%M %Z}" == "12:00 UTC"
