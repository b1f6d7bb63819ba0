"""The menu shows what a person may open."""

from uuid import uuid4

import pytest

from auctor.tenancy.permissions import Role
from auctor.tenancy.records import Actor, ActorKind
from auctor.web.icons import ICONS
from auctor.web.navigation import PLACES, list_links


def person(role: Role) -> Actor:
    return Actor(kind=ActorKind.PERSON, workspace_id=uuid4(), user_id=uuid4(), member_id=uuid4(), role=role)


@pytest.mark.urls("tests.web.urls")
class TestListLinks:
    def test_marks_the_page_that_is_open_and_those_below_it(self) -> None:
        for name in ("deals", "deals-one"):
            current = [link.place.name for link in list_links(person(Role.OWNER), current=name) if link.is_current]
            assert current == ["deals"]

    def test_leaves_out_what_may_not_be_seen(self) -> None:
        names = {link.place.name for link in list_links(person(Role.MEMBER), current="inbox")}
        assert "inbox" in names
        assert not {"settings", "audit"} & names

    def test_is_empty_for_nobody(self) -> None:
        assert list_links(None, current="") == ()
        assert list_links(Actor.anonymous(), current="") == ()


class TestPlaces:
    def test_have_keys_of_their_own_and_a_picture(self) -> None:
        assert len({place.keys for place in PLACES}) == len(PLACES)
        assert {place.name for place in PLACES} <= set(ICONS)
