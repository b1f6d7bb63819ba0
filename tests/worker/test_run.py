"""Workers as real processes on a real queue."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections, transaction

from auctor.jobs.queries import access_job, list_failures
from auctor.jobs.queue import defer
from auctor.jobs.records import FailureRecord, JobRecord, JobState
from auctor.tenancy import scope
from auctor.tenancy.records import Actor
from auctor.worker.run import HEARTBEAT_SECONDS, RESCUE_SECONDS, STALLED_SECONDS, Held
from tests.cast import Company
from tests.conftest import superuser
from tests.waiting import wait_until

PROGRAM = Path(__file__).with_name("sample_jobs.py")
Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def start(committed: None, tmp_path: Path) -> Iterator[Start]:
    """Start a worker on the test's database; all are killed afterwards."""
    started: list[subprocess.Popen[str]] = []
    server = settings.AUCTOR_SERVER
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://postgres@/{server.dbname}?host={server.host}",
        "AUCTOR_LOG_FORMAT": "json",
    }

    def start_one() -> "subprocess.Popen[str]":
        log = (tmp_path / f"worker-{len(started)}.log").open("w")
        process = subprocess.Popen(
            [sys.executable, "-P", str(PROGRAM), str(tmp_path)], env=environment, stdout=log, stderr=log, text=True
        )
        log.close()
        started.append(process)
        return process

    yield start_one
    for process in started:
        process.kill()
        process.wait()


def enqueue(actor: Actor, name: str, *, key: str = "one") -> int:
    with transaction.atomic():
        return defer(actor, name, key=key)


def look(actor: Actor, number: int) -> JobRecord:
    with transaction.atomic(), scope.enter(actor):
        return access_job(actor, job_id=number)


def failures(actor: Actor) -> list[FailureRecord]:
    with transaction.atomic(), scope.enter(actor):
        return list_failures(actor)


def wait_for(actor: Actor, number: int, state: JobState, *, seconds: float = 90) -> JobRecord:
    wait_until(lambda: look(actor, number).state is state, seconds=seconds)
    return look(actor, number)


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


class TestRun:
    def test_enters_the_workspace_of_each_job(
        self, start: Start, acme: Company, borealis: Company, tmp_path: Path
    ) -> None:
        jobs = {company: enqueue(company.owner, "sample.scope", key="one") for company in (acme, borealis)}
        installation = enqueue(Actor.system(None, "test"), "sample.count", key="none")
        start()
        for company, number in jobs.items():
            wait_for(company.owner, number, JobState.SUCCEEDED)
            assert [failure.name for failure in failures(company.owner)] == ["row"]
        assert sorted(lines(tmp_path / "scope-one")) == sorted(
            f"{company.workspace_id} sample.scope {company.workspace_id} system UTC" for company in (acme, borealis)
        )
        wait_until(lambda: lines(tmp_path / "count-none") == ["run"])
        assert look(Actor.system(None, "test"), installation).name == "sample.count"

    def test_tries_again_by_policy_and_keeps_nothing_of_a_failed_run(
        self, start: Start, acme: Company, tmp_path: Path
    ) -> None:
        stumbling, refused = enqueue(acme.owner, "sample.stumble", key="one"), enqueue(acme.owner, "sample.refuse")
        worker = start()
        assert wait_for(acme.owner, stumbling, JobState.SUCCEEDED).attempts == 3
        assert wait_for(acme.owner, refused, JobState.FAILED).error == "sample.missing"
        assert lines(tmp_path / "refuse") == ["run"]
        found = [(failure.name, failure.error, failure.attempt, failure.will_retry) for failure in failures(acme.owner)]
        assert sorted(found) == [
            ("row", "", 1, False),
            ("sample.refuse", "sample.missing", 1, False),
            ("sample.stumble", "KeyError", 1, True),
            ("sample.stumble", "KeyError", 2, True),
        ]
        worker.terminate()
        assert worker.wait(60) == 0
        log = (tmp_path / "worker-0.log").read_text()
        assert '"job": "sample.stumble"' in log
        assert "words of a customer" not in log
        assert "seal" not in log

    def test_refuses_an_order_that_was_changed(
        self, start: Start, acme: Company, borealis: Company, tmp_path: Path
    ) -> None:
        number = enqueue(acme.owner, "sample.scope", key="one")
        with superuser() as connection:
            connection.execute(
                "UPDATE procrastinate_jobs SET args = args || jsonb_build_object('workspace_id', %s::text)",
                [str(borealis.workspace_id)],
            )
        start()
        assert wait_for(borealis.owner, number, JobState.FAILED).attempts == 1
        assert not (tmp_path / "scope-one").exists()
        assert failures(borealis.owner) == []

    def test_lets_running_jobs_end_and_leaves_the_rest(self, start: Start, acme: Company, tmp_path: Path) -> None:
        numbers = [enqueue(acme.owner, "sample.pause", key=str(key)) for key in range(3)]
        worker = start()
        wait_until(lambda: len(lines(tmp_path / "pause")) >= 2)
        worker.terminate()
        assert worker.wait(60) == 0
        states = [look(acme.owner, number).state for number in numbers]
        assert states == [JobState.SUCCEEDED, JobState.SUCCEEDED, JobState.WAITING]

    def test_runs_jobs_with_one_lock_one_after_another(self, start: Start, acme: Company, tmp_path: Path) -> None:
        with transaction.atomic():
            numbers = [defer(acme.owner, "sample.pause", lock="same", key=key) for key in ("1", "2")]
        start()
        for number in numbers:
            wait_for(acme.owner, number, JobState.SUCCEEDED)
        assert lines(tmp_path / "pause") == ["begin 1", "end 1", "begin 2", "end 2"]

    def test_keeps_nothing_of_a_run_whose_job_was_given_to_another_worker(
        self, start: Start, acme: Company, tmp_path: Path
    ) -> None:
        number = enqueue(acme.owner, "sample.pause", key="1")
        start()
        wait_until(lambda: len(lines(tmp_path / "pause")) == 1)
        with superuser() as connection:
            connection.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
            connection.execute(
                "UPDATE procrastinate_jobs SET worker_id = (SELECT max(id) FROM procrastinate_workers) WHERE id = %s",
                [number],
            )
        wait_until(lambda: "worker.job_lost" in (tmp_path / "worker-0.log").read_text())
        assert failures(acme.owner) == []

    def test_shares_the_queue_with_others_without_running_a_job_twice(
        self, start: Start, acme: Company, tmp_path: Path
    ) -> None:
        keys = [str(key) for key in range(60)]
        numbers = [enqueue(acme.owner, "sample.count", key=key) for key in keys]
        for _ in range(2):
            start()
        for number in numbers:
            wait_for(acme.owner, number, JobState.SUCCEEDED)
        assert [lines(tmp_path / f"count-{key}") for key in keys] == [["run"]] * 60

    def test_loses_no_job_when_its_connections_break(self, start: Start, acme: Company, tmp_path: Path) -> None:
        number = enqueue(acme.owner, "sample.pause", key="1")
        worker = start()
        wait_until(lambda: len(lines(tmp_path / "pause")) == 1)
        with superuser() as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'auctor_app'")
        connections["default"].close()
        # The first run notes its begin and its end, and cannot store it; the third line is the second run's. Only a
        # worker that ended, because its own connections broke, must be started again, as the supervisor does.
        wait_until(lambda: worker.poll() is not None or len(lines(tmp_path / "pause")) > 2)
        if worker.poll() is not None:
            assert worker.returncode == 1
            start()
        assert wait_for(acme.owner, number, JobState.SUCCEEDED).attempts == 2
        assert [failure.name for failure in failures(acme.owner)].count("row") == 1


class TestRescue:
    def test_runs_the_jobs_of_a_killed_worker_again_within_a_minute(
        self, start: Start, acme: Company, tmp_path: Path
    ) -> None:
        number = enqueue(acme.owner, "sample.hang")
        killed = start()
        wait_until(lambda: len(lines(tmp_path / "hang")) == 1)
        os.kill(killed.pid, signal.SIGKILL)
        start()
        job = wait_for(acme.owner, number, JobState.SUCCEEDED, seconds=180)
        # What the rescue itself takes; the rest is how busy this machine is.
        assert STALLED_SECONDS + HEARTBEAT_SECONDS + RESCUE_SECONDS < 60
        assert job.attempts == 2
        names = sorted((failure.name, failure.error) for failure in failures(acme.owner))
        assert names == [("row", ""), ("sample.hang", "jobs.worker_lost")]


class TestHeld:
    def test_forgets_what_is_held_and_not_run_twice_in_a_row(self) -> None:
        held = Held()
        held.running = {1}
        assert held.find_forgotten([1, 2]) == []
        assert held.find_forgotten([1, 2, 3]) == [2]
        assert held.find_forgotten([1]) == []
        assert held.find_forgotten([3]) == []
