"""How a workspace counts, and what keys its ids."""

from datetime import UTC, date, datetime

import pytest

from auctor.crm.terms import ensure_keys, find_keys, get_counting, get_currency, set_holidays
from auctor.crm.vocabulary import Entity
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden
from tests.cast import NOW, Company


class TestGetCounting:
    def test_has_one_today_in_the_zone_of_the_workspace(self, acme: Company) -> None:
        with scope.enter(acme.admin):
            counting = get_counting(acme.admin)
        assert counting.today(datetime(2026, 3, 1, 23, 59, tzinfo=UTC)) == date(2026, 3, 1)


class TestGetCurrency:
    def test_is_the_one_that_the_workspace_counts_in(self, acme: Company) -> None:
        with scope.enter(acme.admin):
            assert get_currency(acme.admin) == get_counting(acme.admin).currency


class TestSetHolidays:
    def test_replaces_the_days_off(self, acme: Company) -> None:
        with scope.enter(acme.admin):
            set_holidays(acme.admin, days=[date(2026, 12, 25)], now=NOW)
            told = set_holidays(acme.admin, days=[date(2026, 1, 1), date(2026, 1, 1)], now=NOW)
        assert told.holidays == {date(2026, 1, 1)}

    def test_is_for_those_who_may_change_settings(self, acme: Company) -> None:
        with scope.enter(acme.manager), pytest.raises(Forbidden):
            set_holidays(acme.manager, days=[], now=NOW)


class TestEnsureKeys:
    def test_makes_one_salt_for_each_workspace_and_keeps_it(self, acme: Company, borealis: Company) -> None:
        made = []
        for company in (acme, acme, borealis):
            assert company.workspace_id
            with scope.enter(company.admin):
                made.append(ensure_keys(company.workspace_id).id(Entity.DEAL, "d1"))
        assert made[0] == made[1] != made[2]


class TestFindKeys:
    def test_makes_nothing(self, acme: Company) -> None:
        with scope.enter(acme.admin):
            before = find_keys().id(Entity.DEAL, "d1")
            assert before == find_keys().id(Entity.DEAL, "d1")
            assert ensure_keys(acme.workspace_id).id(Entity.DEAL, "d1") != before
