"""Days: partitions ahead, anchors, and the only way out of the log."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.conf import settings

from auctor.audit.integrate import utc_day
from auctor.audit.upkeep import create_days, prune
from auctor.tenancy.roles import dsn
from tests.audit.conftest import Bench
from tests.audit.exporting import export_of, findings, proof_of
from tests.audit.writing import write, write_at
from tests.cast import Company
from tests.conftest import superuser


def as_retention() -> psycopg.Connection:
    return psycopg.connect(dsn(settings.AUCTOR_SERVER, "auctor_retention", settings.AUCTOR_DATA), autocommit=True)


def days_there() -> list[date]:
    with superuser() as admin:
        rows = admin.execute(
            "SELECT to_date(right(inhrelid::regclass::text, 8), 'YYYYMMDD') FROM pg_inherits"
            " WHERE inhparent = 'audit.entry'::regclass ORDER BY 1"
        ).fetchall()
        return [row[0] for row in rows]


def count() -> int:
    with superuser() as admin:
        row = admin.execute("SELECT count(*) FROM audit.entry").fetchone()
        return int(row[0]) if row else 0


class TestCreateDays:
    def test_makes_two_weeks_ahead_once(self, sealer: Bench) -> None:
        today = datetime.now(UTC).date()
        with superuser() as admin:
            for table in ("entry", "seal", "round"):
                admin.execute(f"DROP TABLE audit.{table}_{today + timedelta(days=14):%Y%m%d}")
        assert create_days(sealer.connection, today=today) == 1
        assert create_days(sealer.connection, today=today) == 0
        assert today + timedelta(days=14) in days_there()

    def test_walls_each_partition(self, committed: None) -> None:
        with superuser() as admin:
            open_ones = admin.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'audit'::regnamespace AND relkind IN ('r', 'p')"
                " AND relname ~ '^(entry|seal|head|anchor)' AND NOT (relrowsecurity AND relforcerowsecurity)"
            ).fetchall()
        assert open_ones == []


class TestAnchor:
    def test_ends_a_day_once(self, sealer: Bench, acme: Company, borealis: Company) -> None:
        now = datetime.now(UTC)
        write(acme, 5)
        write(borealis, 2)
        sealer.seal(now=now - timedelta(days=1))
        assert sealer.end_day(now) == 2
        assert sealer.end_day(now) == 0
        write(acme, 3)
        sealer.seal()
        assert sealer.end_day(now) == 0, "today is not over"
        with superuser() as admin:
            rows = admin.execute("SELECT day, size FROM audit.anchor ORDER BY size").fetchall()
            days = admin.execute("SELECT day, size FROM audit.checkpoint").fetchall()
        yesterday = utc_day(now) - timedelta(days=1)
        assert (rows, days) == ([(yesterday, 2), (yesterday, 5)], [(yesterday, 3)])


class Old:
    """A workspace with entries of 92, 91 and 90 days ago and of today; all anchored."""

    def __init__(self, sealer: Bench, acme: Company) -> None:
        self.now = datetime.now(UTC)
        for age, number in ((92, 4), (91, 6), (90, 5)):
            moment = self.now - timedelta(days=age)
            write_at(acme, moment, number)
            sealer.seal(now=moment)
            if age == 91:
                self.kept = proof_of(acme)
            sealer.end_day(moment + timedelta(days=1))
        write(acme, 3)
        sealer.seal()


class TestPrune:
    def test_lets_old_days_leave_and_the_rest_verify(self, sealer: Bench, acme: Company) -> None:
        old = Old(sealer, acme)
        assert count() == 18
        with as_retention() as retention:
            for _ in range(8):
                text = export_of(acme)
                assert findings(text, old.kept) == set(), "the log verifies at every moment"
                prune(retention)
                sealer.seal()
        assert count() == 3
        assert min(days_there()) > (old.now - timedelta(days=90)).date()
        text = export_of(acme)
        assert findings(text, old.kept) == set()
        assert text.count('["leaves",') == 1

    def test_finds_an_edit_after_pruning(self, sealer: Bench, acme: Company) -> None:
        Old(sealer, acme)
        with as_retention() as retention:
            for _ in range(8):
                prune(retention)
                sealer.seal()
        with superuser() as admin:
            admin.execute('UPDATE audit.entry SET body = \'{"action":"x"}\'')
        assert findings(export_of(acme)) == {"body"}
        with superuser() as admin:
            admin.execute("UPDATE audit.anchor SET root = sha256(root) WHERE size = 10")
        assert findings(export_of(acme)) == {"body", "anchor"}

    def test_signs_the_limits_before_anything_leaves(self, sealer: Bench, acme: Company) -> None:
        Old(sealer, acme)
        with as_retention() as retention:
            assert prune(retention) == []
            assert count() == 18
            assert prune(retention) == [], "the sealer has not signed yet"
            sealer.seal()
            assert len(prune(retention)) == 1
        assert count() == 14


class TestDropDay:
    def refuse(self, day: date, why: str) -> None:
        with as_retention() as retention, pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match=why):
            retention.execute("SELECT audit.drop_day(%s)", [day])

    def test_refuses_a_young_day(self, sealer: Bench) -> None:
        self.refuse(datetime.now(UTC).date() - timedelta(days=89), "younger than 90 days")

    def test_refuses_a_day_that_is_not_sealed(self, sealer: Bench, acme: Company) -> None:
        moment = datetime.now(UTC) - timedelta(days=91)
        write_at(acme, moment)
        self.refuse(moment.date(), "not every entry")

    def test_refuses_a_day_without_an_anchor(self, sealer: Bench, acme: Company) -> None:
        moment = datetime.now(UTC) - timedelta(days=91)
        write_at(acme, moment)
        sealer.seal(now=moment)
        self.refuse(moment.date(), "no anchor after")

    def test_refuses_to_leave_a_gap(self, sealer: Bench, acme: Company) -> None:
        Old(sealer, acme)
        self.refuse(datetime.now(UTC).date() - timedelta(days=91), "days before")

    def test_keeps_what_was_sealed_a_day_late_until_then(self, sealer: Bench, acme: Company) -> None:
        now = datetime.now(UTC)
        write_at(acme, now - timedelta(days=91), 4)
        sealer.seal(now=now - timedelta(days=88))
        sealer.end_day(now)
        self.refuse((now - timedelta(days=91)).date(), "no anchor after")
