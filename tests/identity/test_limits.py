"""Limits that all processes share."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from auctor.identity import limits
from auctor.identity.models import RateLimit
from tests.cast import NOW

LIMIT = limits.Limit("test", 3, timedelta(minutes=5))


class TestTake:
    def test_allows_exactly_the_amount(self, db: None) -> None:
        verdicts = [limits.take(LIMIT, "a", now=NOW) for _ in range(4)]
        assert [one.allowed for one in verdicts] == [True, True, True, False]
        assert verdicts[3].retry_after == 300

    def test_slides(self, db: None) -> None:
        for minutes in (0, 1, 2):
            assert limits.take(LIMIT, "a", now=NOW + timedelta(minutes=minutes)).allowed
        assert limits.take(LIMIT, "a", now=NOW + timedelta(minutes=4)).retry_after == 60
        assert limits.take(LIMIT, "a", now=NOW + timedelta(minutes=5)).allowed
        assert not limits.take(LIMIT, "a", now=NOW + timedelta(minutes=5, seconds=30)).allowed

    def test_counts_each_subject_alone(self, db: None) -> None:
        for _ in range(3):
            limits.take(LIMIT, "a", now=NOW)
        assert limits.take(LIMIT, "b", now=NOW).allowed

    def test_is_not_prolonged_by_refused_tries(self, db: None) -> None:
        for _ in range(3):
            limits.take(LIMIT, "a", now=NOW)
        assert not limits.take(LIMIT, "a", now=NOW + timedelta(minutes=4)).allowed
        assert limits.take(LIMIT, "a", now=NOW + timedelta(minutes=5, seconds=1)).allowed

    def test_names_nobody_in_the_table(self, db: None) -> None:
        limits.take(LIMIT, "alice@acme.example", now=NOW)
        assert b"alice" not in bytes(RateLimit.objects.get().key)

    def test_holds_when_many_try_at_the_same_moment(self, committed: None) -> None:
        barrier, allowed = Barrier(8), list[bool]()

        def attempt() -> None:
            barrier.wait()
            with transaction.atomic():
                allowed.append(limits.take(LIMIT, "a", now=NOW).allowed)
            connection.close()

        threads = [Thread(target=attempt) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(allowed) == [False] * 5 + [True] * 3


class TestGiveBack:
    def test_uncounts_one_try(self, db: None) -> None:
        for _ in range(3):
            limits.take(LIMIT, "a", now=NOW)
        limits.give_back(LIMIT, "a", now=NOW)
        assert limits.take(LIMIT, "a", now=NOW).allowed
        assert not limits.take(LIMIT, "a", now=NOW).allowed


class TestRequire:
    def test_says_when_to_come_back(self, db: None) -> None:
        for _ in range(3):
            limits.require(LIMIT, "a", now=NOW)
        with pytest.raises(limits.TooManyTries) as caught:
            limits.require(LIMIT, "a", now=NOW)
        assert caught.value.retry_after == 300
        assert caught.value.status == 429


class TestSweep:
    def test_drops_what_limits_nothing_any_more(self, db: None) -> None:
        limits.take(LIMIT, "a", now=NOW)
        assert limits.sweep(now=NOW + timedelta(minutes=4)) == 0
        assert limits.sweep(now=NOW + timedelta(minutes=6)) == 1
