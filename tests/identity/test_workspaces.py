"""Making, changing, ending and closing workspaces."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from auctor.identity import profiles, queries, workspaces
from auctor.identity.models import Session
from auctor.identity.records import Profile
from auctor.identity.sessions import digest_of
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden
from auctor.tenancy.records import Actor, WorkspaceKind, WorkspaceState
from tests.cast import NOW, Company

CONSOLE = Actor.system(None, "cli")
PROFILE = Profile("Acme", time_zone="Europe/Berlin", currency="EUR", year_begins_in=4)


class TestCreateWorkspace:
    def test_seals_the_name(self, db: None) -> None:
        made = workspaces.create_workspace(CONSOLE, profile=PROFILE, now=NOW)
        with scope.enter(Actor.system(made.id, "test")), connection.cursor() as cursor:
            cursor.execute("SELECT name, settings FROM identity_workspaceprofile")
            name, settings = cursor.fetchone()
            assert b"Acme" not in bytes(name)
            assert b"Berlin" not in bytes(settings)
            assert profiles.find(made.id) == PROFILE

    def test_ends_a_pilot_after_its_days(self, db: None) -> None:
        made = workspaces.create_workspace(CONSOLE, profile=PROFILE, kind=WorkspaceKind.PILOT, days=30, now=NOW)
        assert made.pilot_ends_at == NOW + timedelta(days=30)
        assert not made.is_read_only(NOW + timedelta(days=29))
        assert made.is_read_only(NOW + timedelta(days=30))

    def test_is_for_the_console_only(self, acme: Company) -> None:
        with scope.enter(acme.owner), pytest.raises(Forbidden):
            workspaces.create_workspace(acme.owner, profile=PROFILE, now=NOW)

    @pytest.mark.parametrize(
        "profile",
        [
            Profile(""),
            Profile("x" * 81),
            Profile("Acme", time_zone="Mars/Olympus"),
            Profile("Acme", currency="euro"),
            Profile("Acme", year_begins_in=13),
        ],
    )
    def test_refuses(self, db: None, profile: Profile) -> None:
        with pytest.raises(profiles.ProfileRefused):
            workspaces.create_workspace(CONSOLE, profile=profile, now=NOW)


class TestChangeProfile:
    def test_writes_down_the_names_of_fields_only(self, acme: Company) -> None:
        with scope.enter(acme.admin):
            workspaces.change_profile(acme.admin, profile=PROFILE, now=NOW)
            with connection.cursor() as cursor:
                cursor.execute("SELECT body FROM audit.entry WHERE action = 'workspace:changed'")
                (body,) = cursor.fetchone()
        assert '"fields":["name","time_zone","year_begins_in"]' in body
        assert "Berlin" not in body

    def test_needs_the_permission(self, acme: Company) -> None:
        with scope.enter(acme.manager), pytest.raises(Forbidden):
            workspaces.change_profile(acme.manager, profile=PROFILE, now=NOW)


class TestEndPilot:
    def test_marks_what_is_over_once(self, db: None) -> None:
        made = workspaces.create_workspace(CONSOLE, profile=PROFILE, kind=WorkspaceKind.PILOT, days=1, now=NOW)
        inside = Actor.system(made.id, "worker")
        with scope.enter(inside):
            assert not workspaces.end_pilot(inside, now=NOW + timedelta(hours=23))
            assert workspaces.end_pilot(inside, now=NOW + timedelta(days=1))
            assert not workspaces.end_pilot(inside, now=NOW + timedelta(days=2))
            assert queries.get_details(inside).state is WorkspaceState.READ_ONLY

    def test_is_undone_by_an_extension(self, db: None) -> None:
        made = workspaces.create_workspace(CONSOLE, profile=PROFILE, kind=WorkspaceKind.PILOT, days=1, now=NOW)
        inside = Actor.system(made.id, "cli")
        late = NOW + timedelta(days=3)
        with scope.enter(inside):
            workspaces.end_pilot(inside, now=late)
            extended = workspaces.extend_pilot(inside, days=10, now=late)
        assert extended.state is WorkspaceState.ACTIVE
        assert extended.pilot_ends_at == late + timedelta(days=10)

    def test_leaves_a_real_workspace_alone(self, acme: Company) -> None:
        with scope.enter(acme.system):
            assert not workspaces.end_pilot(acme.system, now=NOW + timedelta(days=999))
            with pytest.raises(workspaces.NotAPilot):
                workspaces.extend_pilot(acme.system, days=1, now=NOW)


class TestMakeFull:
    def test_takes_the_end_away(self, db: None) -> None:
        made = workspaces.create_workspace(CONSOLE, profile=PROFILE, kind=WorkspaceKind.PILOT, days=1, now=NOW)
        inside = Actor.system(made.id, "cli")
        with scope.enter(inside):
            full = workspaces.make_full(inside, now=NOW)
        assert full.kind is WorkspaceKind.REAL
        assert not full.is_read_only(NOW + timedelta(days=99))


class TestCloseWorkspace:
    def test_is_for_owners(self, acme: Company) -> None:
        with scope.enter(acme.admin), pytest.raises(Forbidden):
            workspaces.close_workspace(acme.admin, now=NOW)

    def test_ends_the_sessions_in_it(self, acme: Company) -> None:
        Session.objects.create(
            digest=digest_of("k"), data={}, chosen=acme.workspace_id, created_at=NOW, last_seen_at=NOW, expires_at=NOW
        )
        with scope.enter(acme.owner):
            workspaces.close_workspace(acme.owner, now=NOW)
        assert not Session.objects.exists()

    def test_can_be_undone_for_thirty_days(self, acme: Company) -> None:
        with scope.enter(acme.owner):
            workspaces.close_workspace(acme.owner, now=NOW)
        with scope.enter(acme.system):
            with pytest.raises(workspaces.AlreadyClosed):
                workspaces.reopen_workspace(acme.system, now=NOW + timedelta(days=30))
            workspaces.reopen_workspace(acme.system, now=NOW + timedelta(days=29))
            assert queries.get_details(acme.system).state is WorkspaceState.ACTIVE

    def test_stays_possible_when_the_pilot_has_ended(self, acme: Company) -> None:
        owner = replace(acme.owner, read_only=True)
        with scope.enter(owner):
            workspaces.close_workspace(owner, now=NOW)


class TestFindWorkspace:
    def test_takes_a_name_or_an_id(self, db: None) -> None:
        made = workspaces.create_workspace(CONSOLE, profile=PROFILE, now=NOW)
        assert queries.find_workspace("acme").id == made.id
        assert queries.find_workspace(str(made.id)).profile == PROFILE

    def test_asks_back_when_two_have_the_name(self, db: None) -> None:
        for _ in range(2):
            workspaces.create_workspace(CONSOLE, profile=PROFILE, now=NOW)
        with pytest.raises(queries.WorkspaceUnclear, match="2 workspaces"):
            queries.find_workspace("Acme")
        with pytest.raises(queries.WorkspaceUnclear, match="no workspace"):
            queries.find_workspace("Nowhere")
