"""What stands around every page."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from auctor.identity.holders import Place
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import WorkspaceKind, WorkspaceState
from auctor.web.context import list_notices

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def place(kind: str, state: str = "active", days: int | None = None) -> Place:
    ends_at = None if days is None else NOW + timedelta(days=days)
    return Place(uuid4(), uuid4(), Role.OWNER, WorkspaceKind(kind), WorkspaceState(state), ends_at)


@pytest.mark.urls("tests.web.urls")
class TestListNotices:
    def test_says_nothing_of_a_usual_workspace(self) -> None:
        assert list_notices(place("real"), may_import=True, now=NOW) == ()
        assert list_notices(None, may_import=True, now=NOW) == ()

    def test_says_that_a_demo_is_one(self) -> None:
        (notice,) = list_notices(place("demo"), may_import=True, now=NOW)
        assert (notice.kind, notice.action_href) == ("demo", reverse("integrations-import"))

    def test_offers_the_import_to_nobody_who_may_not(self) -> None:
        (notice,) = list_notices(place("demo"), may_import=False, now=NOW)
        assert notice.action_href == ""

    def test_warns_in_the_last_week_of_a_pilot(self) -> None:
        assert list_notices(place("pilot", days=20), may_import=True, now=NOW) == ()
        assert list_notices(place("pilot", days=2), may_import=True, now=NOW)[0].text.startswith(
            "The pilot ends in 3 days."
        )

    def test_says_that_an_ended_pilot_lost_nothing(self) -> None:
        (notice,) = list_notices(place("pilot", days=-1), may_import=True, now=NOW)
        assert notice.kind == "read-only"
        assert "nothing is lost" in notice.text

    def test_says_that_a_workspace_is_closed(self) -> None:
        assert "closed" in list_notices(place("real", state="closed"), may_import=True, now=NOW)[0].text
