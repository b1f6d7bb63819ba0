"""One-time links from the console."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from auctor.identity import invitations, joining, links, queries
from auctor.identity.models import Link, User
from auctor.identity.records import Profile
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden, Role
from auctor.tenancy.records import Actor, WorkspaceKind
from tests.cast import NOW, Company

CONSOLE = Actor.system(None, "cli")
HOME = "127.0.0.1"
PASSWORD = "quiet-harbour-lantern"


def secret_of(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def demo() -> tuple[UUID, str]:
    workspace_id = links.ensure_demo(CONSOLE, now=NOW)
    return workspace_id, secret_of(links.make_demo_link(CONSOLE, workspace_id=workspace_id, now=NOW))


class TestEnsureDemo:
    def test_makes_one_and_no_more(self, db: None) -> None:
        assert links.ensure_demo(CONSOLE, now=NOW) == links.ensure_demo(CONSOLE, now=NOW)
        assert [one.kind for one in queries.list_all_workspaces()] == [WorkspaceKind.DEMO]

    def test_has_no_password(self, db: None) -> None:
        links.ensure_demo(CONSOLE, now=NOW)
        assert not User.objects.get().has_usable_password()

    def test_does_not_count_as_owned(self, acme: Company) -> None:
        assert queries.has_owner()
        with scope.enter(acme.owner), pytest.raises(Forbidden):
            links.ensure_demo(acme.owner, now=NOW)

    def test_leaves_the_first_owner_to_be_made(self, db: None) -> None:
        links.ensure_demo(CONSOLE, now=NOW)
        assert not queries.has_owner()


class TestUseDemoLink:
    def test_opens_the_demo_once(self, db: None) -> None:
        workspace_id, secret = demo()
        user, opened = links.use_demo_link(secret, address=HOME, now=NOW)
        assert (user.email, opened) == (links.DEMO_OWNER, workspace_id)
        with pytest.raises(invitations.LinkRefused):
            links.use_demo_link(secret, address=HOME, now=NOW)

    @pytest.mark.parametrize("address", ["192.0.2.1", "", "localhost", "10.0.0.1", "2001:db8::1"])
    def test_is_refused_from(self, db: None, address: str) -> None:
        _workspace, secret = demo()
        assert not links.is_usable(secret, links.LinkKind.DEMO, address=address, now=NOW)
        with pytest.raises(invitations.LinkRefused):
            links.use_demo_link(secret, address=address, now=NOW)
        assert links.use_demo_link(secret, address="::1", now=NOW)

    def test_ends_after_a_quarter_of_an_hour(self, db: None) -> None:
        _workspace, secret = demo()
        with pytest.raises(invitations.LinkRefused):
            links.use_demo_link(secret, address=HOME, now=NOW + timedelta(minutes=15))

    def test_opens_no_other_workspace(self, acme: Company) -> None:
        secret = secret_of(links.make_demo_link(CONSOLE, workspace_id=acme.workspace_id, now=NOW))
        with pytest.raises(invitations.LinkRefused):
            links.use_demo_link(secret, address=HOME, now=NOW)

    def test_is_replaced_by_a_newer_one(self, db: None) -> None:
        _workspace, old = demo()
        _workspace, new = demo()
        with pytest.raises(invitations.LinkRefused):
            links.use_demo_link(old, address=HOME, now=NOW)
        assert links.use_demo_link(new, address=HOME, now=NOW)

    def test_is_kept_as_a_digest_and_written_down(self, db: None) -> None:
        workspace_id, secret = demo()
        links.use_demo_link(secret, address=HOME, now=NOW)
        with scope.enter(Actor.system(workspace_id, "test")), connection.cursor() as cursor:
            cursor.execute("SELECT l::text FROM identity_link l")
            assert secret not in cursor.fetchone()[0]
            cursor.execute("SELECT action FROM audit.entry ORDER BY id")
            tags = [row[0] for row in cursor.fetchall()]
        assert tags[-2:] == ["demo_link:made", "demo_link:used"]


class TestUseOwnerLink:
    def use(self, secret: str, **words: object) -> object:
        given = {
            "email": "olga@nordwind.example",
            "password": PASSWORD,
            "name": "Olga",
            "profile": Profile("Nordwind"),
            "now": NOW,
            **words,
        }
        return links.use_owner_link(secret, **given)  # type: ignore[arg-type]

    def test_makes_the_workspace_and_its_owner(self, db: None) -> None:
        self.use(secret_of(links.make_owner_link(CONSOLE, now=NOW)))
        made = queries.find_workspace("Nordwind")
        inside = Actor.system(made.id, "test")
        with scope.enter(inside):
            (owner,) = queries.list_members(inside)
        assert (owner.email, owner.role, owner.name) == ("olga@nordwind.example", Role.OWNER, "Olga")
        assert queries.has_owner()

    def test_works_once(self, db: None) -> None:
        secret = secret_of(links.make_owner_link(CONSOLE, now=NOW))
        self.use(secret)
        with pytest.raises(invitations.LinkRefused):
            self.use(secret, email="other@nordwind.example")

    def test_adds_no_second_first_owner(self, acme: Company) -> None:
        secret = secret_of(links.make_owner_link(CONSOLE, workspace_id=acme.workspace_id, now=NOW))
        with pytest.raises(invitations.LinkRefused):
            self.use(secret)
        assert Link.objects.get().used_at is None

    def test_takes_over_no_account(self, acme: Company) -> None:
        secret = secret_of(links.make_owner_link(CONSOLE, now=NOW))
        with pytest.raises(joining.AlreadyMember):
            self.use(secret, email="alice@acme.example")
        self.use(secret)
