"""What people do to deals: pause, override, link, rate, snapshot."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from auctor.crm import operations
from auctor.crm.doors import NoDeal
from auctor.crm.import_folder import import_folder
from auctor.crm.models.deals import Deal, DealPause, Snapshot
from auctor.crm.models.people import Owner
from auctor.crm.operations import ValueRefused
from auctor.crm.queries import list_rates
from auctor.crm.records import Money
from auctor.crm.vocabulary import PauseReason
from auctor.signals.vocabulary import Forecast
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden
from tests.cast import NOW, Company
from tests.crm.folders import write_folder

LATER = NOW + timedelta(days=10)


@pytest.fixture
def inside(acme: Company, tmp_path: Path) -> Iterator[Company]:
    """Acme with deals, entered by the admin."""
    with scope.enter(acme.admin):
        import_folder(acme.admin, folder=write_folder(tmp_path / "in"), now=NOW)
        yield acme


def deal(remote_id: str = "d1") -> Deal:
    """The row."""
    found: Deal = Deal.objects.get(remote_id=remote_id)
    return found


class TestPauseDeal:
    def test_rests_until_the_day_named(self, inside: Company) -> None:
        told = operations.pause_deal(
            inside.admin, deal_id=deal().id, until=LATER, reason=PauseReason.PROCUREMENT, note="Frozen", now=NOW
        )
        assert told.line.paused_until == LATER
        assert DealPause.objects.get().note == "Frozen"

    def test_replaces_the_pause_before(self, inside: Company) -> None:
        for until in (LATER, LATER + timedelta(days=1)):
            told = operations.pause_deal(
                inside.admin, deal_id=deal().id, until=until, reason=PauseReason.HOLIDAY, now=NOW
            )
        assert told.line.paused_until == LATER + timedelta(days=1)

    def test_refuses_a_pause_that_is_over(self, inside: Company) -> None:
        with pytest.raises(ValueRefused):
            operations.pause_deal(inside.admin, deal_id=deal().id, until=NOW, reason=PauseReason.OTHER, now=NOW)

    def test_is_for_those_who_may_change_the_deal(self, inside: Company) -> None:
        deal_id = deal("d2").id
        with scope.enter(inside.member), pytest.raises(NoDeal):
            operations.resume_deal(inside.member, deal_id=deal_id, now=NOW)
        with scope.enter(inside.viewer), pytest.raises(Forbidden):
            operations.resume_deal(inside.viewer, deal_id=deal_id, now=NOW)


class TestResumeDeal:
    def test_ends_the_pause(self, inside: Company) -> None:
        operations.pause_deal(inside.admin, deal_id=deal().id, until=LATER, reason=PauseReason.OTHER, now=NOW)
        told = operations.resume_deal(inside.admin, deal_id=deal().id, now=NOW + timedelta(hours=1))
        assert told.line.paused_until is None


class TestOverrideAmount:
    def test_stands_before_the_vendors_value_and_beside_it(self, inside: Company) -> None:
        told = operations.override_amount(inside.admin, deal_id=deal().id, minor=100, now=NOW)
        assert (told.line.amount, told.vendor_amount) == (Money(100, "EUR"), Money(1_250_050, "EUR"))

    def test_is_taken_back(self, inside: Company) -> None:
        operations.override_amount(inside.admin, deal_id=deal().id, minor=100, now=NOW)
        told = operations.override_amount(inside.admin, deal_id=deal().id, minor=None, now=NOW)
        assert told.line.amount == Money(1_250_050, "EUR")

    @pytest.mark.parametrize("minor", [-1, 10**15 + 1])
    def test_refuses_what_no_deal_is_worth(self, inside: Company, minor: int) -> None:
        with pytest.raises(ValueRefused):
            operations.override_amount(inside.admin, deal_id=deal().id, minor=minor, now=NOW)


class TestOverrideCloseDate:
    def test_stands_before_the_vendors_date(self, inside: Company) -> None:
        told = operations.override_close_date(inside.admin, deal_id=deal().id, on=date(2026, 5, 1), now=NOW)
        assert (told.line.close_on, told.vendor_close_on) == (date(2026, 5, 1), date(2026, 3, 31))


class TestOverrideForecast:
    def test_is_kept_beside_the_vendors_category(self, inside: Company) -> None:
        told = operations.override_forecast(inside.admin, deal_id=deal().id, category=Forecast.PIPELINE, now=NOW)
        assert (told.forecast, told.forecast_override) == (Forecast.COMMIT, Forecast.PIPELINE)


class TestLinkOwner:
    def test_gives_the_deals_to_the_member(self, inside: Company) -> None:
        owner = Owner.objects.get(remote_id="u2")
        moved = operations.link_owner(inside.admin, owner_id=owner.id, member_id=inside.member.member_id, now=NOW)
        assert moved == 1
        with scope.enter(inside.member):
            assert Deal.objects.count() == 3


class TestSetRate:
    def test_keeps_one_rate_a_day(self, inside: Company) -> None:
        for rate in (1.2, 1.3):
            operations.set_rate(inside.admin, currency="GBP", on_day=date(2026, 1, 1), rate=rate, now=NOW)
        assert [(rate.currency, rate.rate) for rate in list_rates(inside.admin)] == [("GBP", 1.3)]

    @pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
    def test_refuses_what_is_no_rate(self, inside: Company, rate: float) -> None:
        with pytest.raises(ValueRefused):
            operations.set_rate(inside.admin, currency="GBP", on_day=date(2026, 1, 1), rate=rate, now=NOW)


class TestSnapshotYesterday:
    def test_keeps_every_open_deal_once(self, inside: Company) -> None:
        yesterday = NOW.date() - timedelta(days=1)
        assert operations.snapshot_yesterday(inside.system, now=NOW) == 2
        assert operations.snapshot_yesterday(inside.system, now=NOW) == 0
        assert set(Snapshot.objects.values_list("on_day", "amount")) == {
            (yesterday, 1_250_050),
            (yesterday, 9_000_000),
        }
