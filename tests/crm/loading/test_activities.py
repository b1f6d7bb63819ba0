"""What is concluded of activities at ingest."""

from datetime import datetime, timedelta
from pathlib import Path

from auctor.crm.import_folder import import_folder
from auctor.crm.models.activities import Activity, Participant
from auctor.crm.models.sources import Coverage
from auctor.crm.vocabulary import Input
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.crm.folders import ACTIVITIES, PARTICIPANTS, with_line, write_folder

LATER = NOW + timedelta(days=2)
AWAY = "a6,d1,email,Out of office: back on Monday,in,2026-02-12T09:00:00Z,2026-02-16T09:00:00Z,,done,,u1,t1"


def bring(company: Company, folder: Path, now: datetime, **files: str) -> None:
    with scope.enter(company.owner):
        report = import_folder(company.owner, folder=write_folder(folder, None, **files), now=now)
    assert not report.is_refused, report.problems


def flags(company: Company) -> dict[str, tuple[bool, bool]]:
    with scope.enter(company.owner):
        rows = Activity.objects.values_list("remote_id", "is_automatic", "is_absence")
        return {key: (automatic, absent) for key, automatic, absent in rows}


class TestLoadActivities:
    def test_tells_absences_from_messages(self, acme: Company, tmp_path: Path) -> None:
        ours = AWAY.replace("a6", "a7").replace(",in,", ",out,")
        bring(acme, tmp_path / "a", NOW, activities=with_line(with_line(ACTIVITIES, AWAY), ours))
        found = flags(acme)
        assert (found["a6"], found["a7"], found["a2"]) == ((True, True), (False, False), (False, False))

    def test_forgets_no_machine_when_nobody_says_who_wrote(self, acme: Company, tmp_path: Path) -> None:
        bring(acme, tmp_path / "a", NOW)
        assert flags(acme)["a5"] == (True, False)
        told = ACTIVITIES.replace("Newsletter", "News")
        bring(acme, tmp_path / "b", LATER, activities=told, activity_participants="")
        assert flags(acme)["a5"] == (True, False)

    def test_takes_no_plan_for_a_sign_of_life(self, acme: Company, tmp_path: Path) -> None:
        """A meeting that was planned tells nothing of the day on which it was to be."""
        soon = (NOW + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        plan = f"a8,d1,meeting,Review,internal,{soon},,2026-02-25T09:00:00Z,planned,,u1,"
        bring(acme, tmp_path / "a", LATER, activities=with_line(ACTIVITIES, plan))
        with scope.enter(acme.owner):
            until = Coverage.objects.filter(input=Input.ACTIVITIES).values_list("until", flat=True)
            assert max(until) < NOW


class TestLoadParticipants:
    def test_notes_when_an_answer_turned_out_to_be_another(self, acme: Company, tmp_path: Path) -> None:
        bring(acme, tmp_path / "a", NOW)
        bring(acme, tmp_path / "b", LATER, activity_participants=PARTICIPANTS.replace("p2,,tentative", "p2,,accepted"))
        with scope.enter(acme.owner):
            rows = list(Participant.objects.filter(replied_at__isnull=False).values_list("reply", "replied_at"))
        assert rows == [(1, LATER)]
