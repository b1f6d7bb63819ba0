"""Planned meetings, as whoever waits for one asks about them."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from auctor.crm import meetings
from auctor.crm.import_folder import import_folder
from auctor.crm.models.activities import Activity
from auctor.crm.models.deals import Deal
from auctor.crm.vocabulary import RecordState
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.crm.folders import ACTIVITIES, write_folder

STATES = ("planned", "cancelled", "no_show")
SOON, LATER = NOW + timedelta(days=2), NOW + timedelta(days=9)


def line(key: str, at: datetime, state: str, *, kind: str = "meeting") -> str:
    moment, booked = (one.strftime("%Y-%m-%dT%H:%M:%SZ") for one in (at, NOW - timedelta(days=3)))
    return f"{key},d1,{kind},,,{moment},,{booked},{state},,u1,\n"


def plan(company: Company, folder: Path, *lines: str) -> UUID:
    """The deal, with these meetings."""
    head = ACTIVITIES.splitlines()[0]
    with scope.enter(company.owner):
        files = write_folder(folder, None, activities=f"{head}\n{''.join(lines)}", activity_participants="")
        report = import_folder(company.owner, folder=files, now=NOW)
        assert not report.is_refused, report.problems
        deal_id: UUID = Deal.objects.get(remote_id="d1").id
        return deal_id


class TestFindNextMeeting:
    def test_is_the_first_that_stands_and_is_to_come(self, acme: Company, tmp_path: Path) -> None:
        deal_id = plan(
            acme,
            tmp_path,
            line("past", NOW - timedelta(days=1), "planned"),
            line("off", SOON - timedelta(days=1), "cancelled"),
            line("call", SOON - timedelta(hours=1), "planned", kind="call"),
            line("later", LATER, "planned"),
            line("untold", SOON, ""),
        )
        with scope.enter(acme.owner):
            found = meetings.find_next_meeting(acme.owner, deal_id, now=NOW)
            assert found is not None
            assert (found.begins_at, found.is_off) == (SOON, False)
            after = meetings.find_next_meeting(acme.owner, deal_id, now=SOON)
            assert after is not None
            assert after.begins_at == LATER
            assert meetings.find_next_meeting(acme.owner, deal_id, now=LATER) is None

    def test_is_nobody_else_s(self, acme: Company, borealis: Company, tmp_path: Path) -> None:
        deal_id = plan(acme, tmp_path, line("soon", SOON, "planned"))
        with scope.enter(borealis.owner):
            assert meetings.find_next_meeting(borealis.owner, deal_id, now=NOW) is None


class TestListMeetings:
    def test_tells_how_they_stand_now(self, acme: Company, tmp_path: Path) -> None:
        plan(
            acme, tmp_path, line("done", NOW - timedelta(days=1), "done"), *(line(name, SOON, name) for name in STATES)
        )
        with scope.enter(acme.owner):
            ids = {row.remote_id: row.id for row in Activity.objects.all()}
            found = meetings.list_meetings(acme.owner, [*ids.values(), uuid7()])
            assert {name: found[key].is_off for name, key in ids.items()} == {
                "planned": False,
                "done": False,
                "cancelled": True,
                "no_show": True,
            }
            Activity.objects.filter(id=ids["planned"]).update(record_state=RecordState.DELETED)
            assert meetings.list_meetings(acme.owner, [ids["planned"]])[ids["planned"]].is_off
