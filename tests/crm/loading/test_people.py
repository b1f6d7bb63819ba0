"""What is concluded of people when they are told of again."""

from datetime import datetime, timedelta
from pathlib import Path

from auctor.crm.import_folder import import_folder
from auctor.crm.models.people import Contact, Owner
from auctor.crm.vocabulary import RecordState
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.crm.folders import CONTACTS, OWNERS, write_folder

LATER = NOW + timedelta(days=2)


def bring(company: Company, folder: Path, now: datetime, **files: str) -> None:
    with scope.enter(company.owner):
        report = import_folder(company.owner, folder=write_folder(folder, None, **files), now=now)
    assert not report.is_refused, report.problems


def contact(company: Company, name: str) -> tuple[int | None, datetime | None, datetime | None]:
    with scope.enter(company.owner):
        found = Contact.objects.get(remote_id=name, record_state=RecordState.ACTIVE)
        return found.seniority, found.titled_at, found.left_at


def inactive_since(company: Company, name: str) -> datetime | None:
    with scope.enter(company.owner):
        since: datetime | None = Owner.objects.get(remote_id=name).inactive_since
        return since


class TestLoadContacts:
    def test_takes_what_was_so_at_first_for_so_always(self, acme: Company, tmp_path: Path) -> None:
        bring(acme, tmp_path / "a", NOW)
        assert contact(acme, "p1")[1:] == (None, None)

    def test_notes_when_a_title_turned_out_to_be_another(self, acme: Company, tmp_path: Path) -> None:
        bring(acme, tmp_path / "a", NOW)
        told = CONTACTS.replace("Leiter Einkauf", "Chief Executive Officer").replace("Ines Ito", "Ines Ivo")
        bring(acme, tmp_path / "b", LATER, contacts=told)
        assert contact(acme, "p2")[1:] == (LATER, None)
        assert contact(acme, "p1")[1:] == (None, None)

    def test_notes_when_somebody_turned_out_to_work_elsewhere(self, acme: Company, tmp_path: Path) -> None:
        bring(acme, tmp_path / "a", NOW)
        bring(acme, tmp_path / "b", LATER, contacts=CONTACTS.replace("p2,c1", "p2,c2"))
        assert contact(acme, "p2")[1:] == (None, LATER)
        bring(acme, tmp_path / "c", LATER + timedelta(days=1), contacts=CONTACTS.replace("p2,c1,Jan", "p2,c2,Jon"))
        assert contact(acme, "p2")[2] == LATER


class TestLoadOwners:
    def test_notes_since_when_somebody_is_inactive(self, acme: Company, tmp_path: Path) -> None:
        bring(acme, tmp_path / "a", NOW)
        assert [inactive_since(acme, name) for name in ("u1", "u3")] == [None, NOW]
        told = OWNERS.replace("bob@acme.example,true", "bob@acme.example,false").replace("Gone Gray", "Gone Grey")
        bring(acme, tmp_path / "b", LATER, owners=told)
        assert [inactive_since(acme, name) for name in ("u1", "u3")] == [LATER, NOW]
        bring(acme, tmp_path / "c", LATER + timedelta(days=1), owners=OWNERS)
        assert [inactive_since(acme, name) for name in ("u1", "u3")] == [None, NOW]
