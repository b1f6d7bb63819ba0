from collections.abc import Iterator

import psycopg
import pytest
from django.db import transaction

from auctor.jobs.queue import defer
from auctor.jobs.rescue import MOST_LOSSES, is_still_held, list_held, rescue_forgotten, rescue_stalled
from tests.cast import Company
from tests.conftest import superuser


@pytest.fixture
def queue(committed: None) -> Iterator[psycopg.Connection]:
    """A connection that sees and bends the queue."""
    with superuser() as connection:
        yield connection


def register(queue: psycopg.Connection, *, silent_seconds: int = 0) -> int:
    """A worker that was last heard of so many seconds ago."""
    row = queue.execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
        [silent_seconds],
    ).fetchone()
    assert row is not None
    return int(row[0])


def begin(queue: psycopg.Connection, company: Company, worker: int, *, attempts: int = 0) -> int:
    """A job that the worker has begun."""
    with transaction.atomic():
        number = defer(company.owner, "crm.sync", lock=f"worker:{worker}:{attempts}")
    queue.execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s WHERE id = %s",
        [worker, attempts, number],
    )
    return number


def state(queue: psycopg.Connection, number: int) -> tuple[str, int, int | None]:
    row = queue.execute(
        "SELECT status::text, attempts, worker_id FROM procrastinate_jobs WHERE id = %s", [number]
    ).fetchone()
    assert row is not None
    return row


class TestRescueStalled:
    def test_gives_back_the_jobs_of_a_silent_worker_only(self, queue: psycopg.Connection, acme: Company) -> None:
        silent, living = register(queue, silent_seconds=21), register(queue, silent_seconds=5)
        lost, kept = begin(queue, acme, silent), begin(queue, acme, living)
        (rescued,) = rescue_stalled(seconds=20)
        assert (rescued.id, rescued.name, rescued.is_given_up) == (lost, "crm.sync", False)
        assert rescued.workspace_id == acme.workspace_id
        assert state(queue, lost) == ("todo", 1, None)
        assert state(queue, kept) == ("doing", 0, living)

    def test_strikes_the_silent_worker_off(self, queue: psycopg.Connection, acme: Company) -> None:
        register(queue, silent_seconds=21)
        living = register(queue)
        rescue_stalled(seconds=20)
        assert queue.execute("SELECT id FROM procrastinate_workers").fetchall() == [(living,)]

    def test_gives_back_the_jobs_of_a_worker_that_was_struck_off(
        self, queue: psycopg.Connection, acme: Company
    ) -> None:
        worker = register(queue)
        lost = begin(queue, acme, worker)
        queue.execute("DELETE FROM procrastinate_workers")
        assert [job.id for job in rescue_stalled(seconds=20)] == [lost]

    def test_finds_nothing_the_second_time(self, queue: psycopg.Connection, acme: Company) -> None:
        begin(queue, acme, register(queue, silent_seconds=21))
        assert len(rescue_stalled(seconds=20)) == 1
        assert rescue_stalled(seconds=20) == []

    def test_gives_up_a_job_that_loses_its_worker_again_and_again(
        self, queue: psycopg.Connection, acme: Company
    ) -> None:
        lost = begin(queue, acme, register(queue, silent_seconds=21), attempts=MOST_LOSSES)
        (rescued,) = rescue_stalled(seconds=20)
        assert rescued.is_given_up
        assert state(queue, lost)[0] == "failed"

    def test_ends_a_job_that_was_to_be_aborted(self, queue: psycopg.Connection, acme: Company) -> None:
        lost = begin(queue, acme, register(queue, silent_seconds=21))
        queue.execute("UPDATE procrastinate_jobs SET abort_requested = true")
        rescue_stalled(seconds=20)
        assert state(queue, lost)[0] == "aborted"


class TestRescueForgotten:
    def test_gives_back_what_this_worker_holds_and_names(self, queue: psycopg.Connection, acme: Company) -> None:
        worker, other = register(queue), register(queue)
        forgotten, running, foreign = (
            begin(queue, acme, worker, attempts=0),
            begin(queue, acme, worker, attempts=1),
            begin(queue, acme, other),
        )
        assert list_held(worker) == [forgotten, running]
        rescued = rescue_forgotten([forgotten, foreign], worker_id=worker)
        assert [job.id for job in rescued] == [forgotten]
        assert list_held(worker) == [running]
        assert list_held(other) == [foreign]


class TestIsStillHeld:
    def test_is_false_when_the_job_was_given_to_another_worker(self, queue: psycopg.Connection, acme: Company) -> None:
        worker, other = register(queue), register(queue)
        number = begin(queue, acme, worker)
        with transaction.atomic():
            assert is_still_held(number, worker)
        queue.execute("UPDATE procrastinate_jobs SET worker_id = %s", [other])
        with transaction.atomic():
            assert not is_still_held(number, worker)

    def test_stays_true_until_the_transaction_ends(self, queue: psycopg.Connection, acme: Company) -> None:
        number = begin(queue, acme, worker := register(queue))
        queue.execute("SET lock_timeout = '100ms'")
        with transaction.atomic():
            assert is_still_held(number, worker)
            with pytest.raises(psycopg.errors.LockNotAvailable):
                queue.execute("UPDATE procrastinate_jobs SET status = 'todo'")
