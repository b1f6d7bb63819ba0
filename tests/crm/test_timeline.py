"""The timeline of a deal in words."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from auctor.crm.doors import NoDeal
from auctor.crm.import_folder import import_folder
from auctor.crm.models.deals import Deal
from auctor.crm.timeline import get_timeline, list_contacts, list_touches
from auctor.signals.vocabulary import Role, Seniority
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.crm.folders import write_folder


class TestGetTimeline:
    def test_tells_what_happened_newest_first(self, acme: Company, tmp_path: Path) -> None:
        with scope.enter(acme.admin):
            import_folder(acme.admin, folder=write_folder(tmp_path / "in"), now=NOW)
            told = get_timeline(acme.admin, Deal.objects.get(remote_id="d1").id)
        assert [activity.label for activity in told.activities] == ["Review", "Re: Offer", "Offer"]
        assert {(p.name, p.part) for p in told.activities[1].participants} == {
            ("Ines Ito", "from"),
            ("Bob Brown", "to"),
        }
        changes = {(change.label, change.old, change.new, change.actor) for change in told.changes}
        assert ("amount", "10000.00 EUR", "12500.50 EUR", "Bob Brown") in changes
        assert ("stage", "Offer", "Negotiation", "Bob Brown") in changes
        assert ("close date", "2025-12-31", "2026-03-31", "Bob Brown") in changes
        assert ("Region", "West", "North", "Bob Brown") in changes
        assert ("owner", "Mia Moss", "Bob Brown", "robot") in changes
        assert [stay.stage for stay in told.intervals] == ["New", "Offer", "Negotiation"]
        assert told.next_cursor == ""

    def test_goes_on_where_it_stopped_without_telling_twice(self, acme: Company, tmp_path: Path) -> None:
        with scope.enter(acme.admin):
            import_folder(acme.admin, folder=write_folder(tmp_path / "in"), now=NOW)
            deal_id = Deal.objects.get(remote_id="d1").id
            seen, before = [], None
            while True:
                part = get_timeline(acme.admin, deal_id, before=before, limit=2)
                seen += [row.id for row in part.activities] + [row.id for row in part.changes]
                if not part.next_cursor:
                    break
                before = datetime.fromisoformat(part.next_cursor)
        assert len(seen) == len(set(seen)) == 12


class TestListTouches:
    def test_tells_those_of_the_span_newest_first(self, acme: Company, tmp_path: Path) -> None:
        with scope.enter(acme.admin):
            import_folder(acme.admin, folder=write_folder(tmp_path / "in"), now=NOW)
            deal_id = Deal.objects.get(remote_id="d1").id
            every = get_timeline(acme.admin, deal_id).activities
            since, until = every[-1].at, every[0].at
            told = list_touches(acme.admin, deal_id, since=since, until=until + timedelta(days=1))
            assert [one.id for one in told] == [one.id for one in every]
            assert {one.participants for one in told} == {()}
            assert len(list_touches(acme.admin, deal_id, since=since, until=until)) < len(told)

    def test_tells_nothing_of_a_deal_of_others(self, acme: Company, borealis: Company, tmp_path: Path) -> None:
        with scope.enter(acme.admin):
            import_folder(acme.admin, folder=write_folder(tmp_path / "in"), now=NOW)
            deal_id = Deal.objects.get(remote_id="d1").id
        with scope.enter(borealis.owner):
            assert list_touches(borealis.owner, deal_id, since=NOW - timedelta(days=9999), until=NOW) == []
            with pytest.raises(NoDeal):
                list_contacts(borealis.owner, deal_id)


class TestListContacts:
    def test_tells_who_they_are_to_the_deal(self, acme: Company, tmp_path: Path) -> None:
        with scope.enter(acme.admin):
            import_folder(acme.admin, folder=write_folder(tmp_path / "in"), now=NOW)
            told = {row.name: row for row in list_contacts(acme.admin, Deal.objects.get(remote_id="d1").id)}
        chief = told["Ines Ito"]
        assert (chief.role, chief.role_text, chief.seniority) == (
            Role.DECISION_MAKER,
            "Decision maker",
            Seniority.CHIEF,
        )
        assert set(chief.addresses) == {"ines@initech.example", "+49 30 1"}
        assert told["Jan Jung"].ended_at is not None
