import pytest
from django.db import transaction
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from auctor.jobs.declare import declared
from auctor.jobs.queries import list_jobs
from auctor.jobs.timetable import TIMETABLE, Entry
from auctor.tenancy import scope
from auctor.tenancy.models import Workspace
from auctor.tenancy.records import Actor
from auctor.worker.run import find_jobs
from auctor.worker.timetable import TimetableWrong, register, take_turn
from tests.cast import Company


def names(actor: Actor) -> list[str]:
    with transaction.atomic(), scope.enter(actor):
        return [job.name for job in list_jobs(actor)]


class TestTakeTurn:
    def test_enqueues_one_job_for_each_open_workspace(self, committed: None, acme: Company, borealis: Company) -> None:
        with transaction.atomic(), scope.enter(borealis.system):
            Workspace.objects.filter(id=borealis.workspace_id).update(state="closed")
        assert take_turn(Entry("jobs.prune", "0 0 * * *", "Sample.")) == 1
        assert names(acme.owner) == ["jobs.prune"]
        assert names(borealis.owner) == []

    def test_enqueues_one_for_the_installation(self, committed: None, acme: Company) -> None:
        entry = Entry("jobs.prune", "0 0 * * *", "Sample.", workspaces=False, installation=True)
        assert take_turn(entry) == 1
        assert names(acme.owner) == []
        assert names(Actor.system(None, "test")) == ["jobs.prune"]

    def test_adds_nothing_while_the_last_turn_waits(self, committed: None, acme: Company) -> None:
        for _ in range(2):
            take_turn(Entry("jobs.prune", "0 0 * * *", "Sample."))
        assert names(acme.owner) == ["jobs.prune"]


class TestRegister:
    def test_knows_every_job_of_the_timetable(self) -> None:
        find_jobs()
        app = App(connector=InMemoryConnector())
        register(app, TIMETABLE, declared())
        found = {(task.periodic_id, task.cron) for task in app.periodic_registry.periodic_tasks.values()}
        assert found == {(entry.job, entry.cron) for entry in TIMETABLE}

    def test_refuses_a_job_that_nobody_declares(self) -> None:
        with pytest.raises(TimetableWrong, match=r"sample\.unknown"):
            register(App(connector=InMemoryConnector()), [Entry("sample.unknown", "* * * * *", "")], declared())
