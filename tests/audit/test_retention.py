"""Days leave through the role that may let them, with the real sealer's rounds in between."""

import threading
from datetime import UTC, datetime, timedelta

from auctor.audit.retention import prune_days
from tests.audit.conftest import Bench
from tests.audit.exporting import export_of, findings
from tests.audit.writing import write, write_at
from tests.cast import Company


class TestPruneDays:
    def test_lets_a_day_leave_once_its_limits_are_signed(self, sealer: Bench, acme: Company) -> None:
        moment = datetime.now(UTC) - timedelta(days=91)
        write_at(acme, moment, 4)
        sealer.seal(now=moment)
        sealer.end_day(moment + timedelta(days=1))
        write(acme, 2)
        sealer.seal()
        over = threading.Event()

        def seal_on() -> None:
            while not over.wait(0.1):
                sealer.seal()

        thread = threading.Thread(target=seal_on)
        thread.start()
        left = prune_days()
        over.set()
        thread.join()
        assert left[0] == moment.date()
        text = export_of(acme)
        assert findings(text) == set()
        assert text.count('["entry",') == 2

    def test_does_nothing_in_a_young_log(self, sealer: Bench, acme: Company) -> None:
        write(acme)
        sealer.seal()
        assert prune_days() == []
