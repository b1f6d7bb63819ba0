"""Merges are chains that end somewhere, and every one of them can be undone."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from auctor.crm.import_folder import import_folder
from auctor.crm.merge import MergeRefused, merge, undo_merge
from auctor.crm.models.deals import Deal
from auctor.crm.models.people import Contact
from auctor.crm.models.sources import Merge
from auctor.crm.timeline import list_contacts
from auctor.crm.vocabulary import Entity, RecordState
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.crm.folders import write_folder


@pytest.fixture
def inside(acme: Company, tmp_path: Path) -> Iterator[Company]:
    """Acme with contacts, entered by the admin."""
    with scope.enter(acme.admin):
        import_folder(acme.admin, folder=write_folder(tmp_path / "in"), now=NOW)
        yield acme


def contact(remote_id: str) -> UUID:
    """Its id."""
    found: UUID = Contact.objects.get(remote_id=remote_id).id
    return found


def join(company: Company, loser: str, survivor: str) -> UUID:
    """Merge two contacts."""
    return merge(company.admin, kind=Entity.CONTACT, loser_id=contact(loser), survivor_id=contact(survivor), now=NOW)


class TestMerge:
    def test_makes_one_record_part_of_another(self, inside: Company) -> None:
        assert join(inside, "p2", "p1") == contact("p1")
        assert Contact.objects.get(remote_id="p2").record_state == RecordState.MERGED
        on_deal = list_contacts(inside.admin, Deal.objects.get(remote_id="d1").id)
        assert {row.name for row in on_deal} == {"Ines Ito"}

    def test_follows_chains(self, inside: Company) -> None:
        join(inside, "p1", "p2")
        assert join(inside, "p2", "p3") == contact("p3")
        assert set(Merge.objects.values_list("root_id", flat=True)) == {contact("p3")}

    def test_refuses_a_circle(self, inside: Company) -> None:
        join(inside, "p1", "p2")
        join(inside, "p2", "p3")
        with pytest.raises(MergeRefused, match="circle"):
            join(inside, "p3", "p1")

    def test_refuses_a_record_that_is_merged_already_or_itself(self, inside: Company) -> None:
        join(inside, "p1", "p2")
        with pytest.raises(MergeRefused):
            join(inside, "p1", "p3")
        with pytest.raises(MergeRefused):
            join(inside, "p3", "p3")


class TestUndoMerge:
    def test_puts_everything_back(self, inside: Company) -> None:
        join(inside, "p1", "p2")
        join(inside, "p2", "p3")
        undo_merge(inside.admin, kind=Entity.CONTACT, loser_id=contact("p2"), now=NOW)
        assert Merge.objects.get().root_id == contact("p2")
        assert Contact.objects.get(remote_id="p2").record_state == RecordState.ACTIVE

    def test_refuses_what_was_never_merged(self, inside: Company) -> None:
        with pytest.raises(MergeRefused):
            undo_merge(inside.admin, kind=Entity.CONTACT, loser_id=contact("p1"), now=NOW)
