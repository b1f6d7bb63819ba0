"""How fresh the sources are."""

from datetime import UTC, datetime, timedelta

from auctor.crm.records import CoverageRecord, Freshness
from auctor.web.freshness import to_sources

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def covered(name: str, kind: str, hours: float) -> CoverageRecord:
    return CoverageRecord(name, kind, None, NOW - timedelta(hours=hours), NOW)


class TestToSources:
    def test_names_those_of_one_moment_together_and_what_is_old_apart(self) -> None:
        known = (covered("deals", "", 1), covered("activities", "email", 1), covered("activities", "meeting", 99))
        told = to_sources(Freshness(known, ()), now=NOW)
        assert [(one.label, one.is_stale) for one in told] == [("Deals, mail", False), ("Meetings", True)]

    def test_takes_the_oldest_moment_of_a_source(self) -> None:
        known = (covered("deal_changes", "stage", 1), covered("deal_changes", "amount", 3))
        (told,) = to_sources(Freshness(known, ()), now=NOW)
        assert told.until == NOW - timedelta(hours=3)

    def test_names_what_never_came(self) -> None:
        told = to_sources(Freshness((), ("activities", "owners")), now=NOW)
        assert [(one.label, one.until) for one in told] == [("No activities", None)]
