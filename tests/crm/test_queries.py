"""Lists and pages of deals: filters, orders, search, and whose deals they are."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from auctor.crm import queries
from auctor.crm.doors import NoDeal
from auctor.crm.import_folder import import_folder
from auctor.crm.models.deals import Deal
from auctor.crm.paging import CursorWrong, Sort
from auctor.crm.queries import (
    DealFilter,
    access_deal,
    find_deal,
    get_freshness,
    has_deals,
    list_deals,
    list_lines,
    list_owners,
    list_pipelines,
)
from auctor.crm.records import Money
from auctor.signals.vocabulary import StageKind
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.crm.folders import write_folder


@pytest.fixture
def acme_with_deals(acme: Company, tmp_path: Path) -> Company:
    """Acme after the import of one of everything."""
    with scope.enter(acme.admin):
        import_folder(acme.admin, folder=write_folder(tmp_path / "in"), now=NOW)
    return acme


@pytest.fixture
def inside(acme_with_deals: Company) -> Iterator[Company]:
    """The same, entered by the manager."""
    with scope.enter(acme_with_deals.manager):
        yield acme_with_deals


def names(company: Company, **words: object) -> list[str]:
    """Deals of a list by the source's ids, in its order."""
    page = list_deals(company.manager, now=NOW, **words)  # type: ignore[arg-type]
    return [line.remote_id for line in page.deals]


class TestListDeals:
    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            (DealFilter(), {"d1", "d2", "d3"}),
            (DealFilter(kind=StageKind.OPEN), {"d1", "d2"}),
            (DealFilter(words="renewal"), {"d1"}),
            (DealFilter(words="RENEWAL Initech"), {"d1"}),
            (DealFilter(words="initech"), {"d1", "d3"}),
            (DealFilter(words="init"), set()),
            (DealFilter(closes_from=date(2026, 4, 1)), {"d2"}),
            (DealFilter(closes_until=date(2025, 12, 31)), {"d3"}),
            (DealFilter(ids=[]), set()),
        ],
    )
    def test_shows_what_was_asked_for(self, inside: Company, wanted: DealFilter, expected: set[str]) -> None:
        assert set(names(inside, wanted=wanted)) == expected

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            (Sort.CLOSE_DATE, ["d3", "d1", "d2"]),
            (Sort.CLOSE_DATE_LATEST, ["d2", "d1", "d3"]),
            (Sort.AMOUNT, ["d3", "d1", "d2"]),
            (Sort.AMOUNT_LARGEST, ["d2", "d1", "d3"]),
            (Sort.CREATED, ["d3", "d1", "d2"]),
        ],
    )
    def test_stands_in_the_order_asked_for(self, inside: Company, sort: Sort, expected: list[str]) -> None:
        assert names(inside, sort=sort) == expected

    @pytest.mark.parametrize("sort", list(Sort))
    def test_shows_every_deal_once_page_by_page(self, inside: Company, sort: Sort) -> None:
        Deal.objects.filter(remote_id="d2").update(close_on=None, amount=None)
        seen, cursor = [], ""
        while True:
            page = list_deals(inside.manager, now=NOW, sort=sort, cursor=cursor, limit=1)
            seen += [line.remote_id for line in page.deals]
            cursor = page.next_cursor
            if not cursor:
                break
        assert sorted(seen) == ["d1", "d2", "d3"]
        assert page.total == 3

    @pytest.mark.parametrize("cursor", ["x", "bm90IGpzb24", "eyJhIjoxfQ", "WzEsMiwzXQ"])
    def test_refuses_a_cursor_that_is_none_of_ours(self, inside: Company, cursor: str) -> None:
        with pytest.raises(CursorWrong):
            list_deals(inside.manager, now=NOW, cursor=cursor)

    def test_refuses_a_cursor_of_another_order(self, inside: Company) -> None:
        cursor = list_deals(inside.manager, now=NOW, limit=1).next_cursor
        with pytest.raises(CursorWrong):
            list_deals(inside.manager, now=NOW, cursor=cursor, sort=Sort.AMOUNT)

    def test_shows_a_member_own_deals_only(self, acme_with_deals: Company) -> None:
        with scope.enter(acme_with_deals.member):
            page = list_deals(acme_with_deals.member, now=NOW)
        assert {line.remote_id for line in page.deals} == {"d1", "d3"}
        assert page.total == 2


class TestAccessDeal:
    def test_shows_values_overrides_and_what_is_unknown(self, inside: Company) -> None:
        deal = access_deal(inside.manager, Deal.objects.get(remote_id="d1").id, now=NOW)
        assert (deal.line.name, deal.line.company, deal.line.owner) == ("Initech renewal", "Initech", "Bob Brown")
        assert (deal.line.stage, deal.line.pipeline) == ("Negotiation", "Sales")
        assert deal.line.amount == Money(1_250_050, "EUR")
        assert deal.custom == {"Region": "North"}
        assert deal.unknown_fields == ()

    def test_answers_alike_for_foreign_and_unknown_deals(self, inside: Company, borealis: Company) -> None:
        deal_id = Deal.objects.get(remote_id="d2").id
        asked = [(inside.member, deal_id), (borealis.owner, deal_id), (inside.manager, uuid4())]
        told = set()
        for actor, asked_id in asked:
            with scope.enter(actor), pytest.raises(NoDeal) as caught:
                access_deal(actor, asked_id, now=NOW)
            told.add(str(caught.value))
        assert len(told) == 1


class TestWords:
    def test_that_are_frequent_find_a_page_and_the_number_of_all(self, inside: Company) -> None:
        one = Deal.objects.get(remote_id="d1")
        kept = {name: getattr(one, name) for name in ("workspace_id", "pipeline_id", "stage_kind", "created_at")}
        kept |= {name: getattr(one, name) for name in ("first_seen_at", "observed_at", "touched_at")}
        made = (Deal(remote_id=f"many{number}", name="Many pumps", **kept) for number in range(queries.RARE + 1))
        Deal.objects.bulk_create(made)
        told = list_deals(inside.manager, now=NOW, wanted=DealFilter(words="pumps"), limit=5)
        assert (len(told.deals), told.total) == (5, queries.RARE + 1)
        assert told.next_cursor

    def test_find_a_members_own_deals_only(self, acme_with_deals: Company) -> None:
        member = acme_with_deals.member
        with scope.enter(acme_with_deals.manager):
            own = set(Deal.objects.filter(owner_member_id=member.member_id).values_list("remote_id", flat=True))
        with scope.enter(member):
            told = list_deals(member, now=NOW, wanted=DealFilter(words="initech"))
        assert {line.remote_id for line in told.deals} == {"d1", "d3"} & own
        assert told.total == len(told.deals)


class TestFindDeal:
    def test_finds_by_the_sources_id_and_by_words(self, inside: Company) -> None:
        by_id = find_deal(inside.manager, "d1")
        assert by_id is not None
        assert by_id == find_deal(inside.manager, "initech renewal") == find_deal(inside.manager, str(by_id))

    def test_finds_none_when_several_fit(self, inside: Company) -> None:
        assert find_deal(inside.manager, "no such deal") is None


class TestListLines:
    def test_leaves_out_what_may_not_be_seen(self, acme_with_deals: Company) -> None:
        with scope.enter(acme_with_deals.manager):
            ids = list(Deal.objects.values_list("id", flat=True))
        with scope.enter(acme_with_deals.member):
            assert len(list_lines(acme_with_deals.member, ids, now=NOW)) == 2


class TestListPipelines:
    def test_shows_stages_in_their_order(self, inside: Company) -> None:
        (pipeline,) = list_pipelines(inside.manager)
        assert [stage.name for stage in pipeline.stages] == ["New", "Offer", "Negotiation", "Won", "Lost"]


class TestListOwners:
    def test_leaves_out_whoever_was_only_mentioned(self, inside: Company) -> None:
        assert {owner.remote_id for owner in list_owners(inside.manager)} == {"u1", "u2", "u3"}


class TestHasDeals:
    def test_is_true_once_there_is_one_to_see(self, acme_with_deals: Company, borealis: Company) -> None:
        with scope.enter(acme_with_deals.manager):
            assert has_deals(acme_with_deals.manager)
        with scope.enter(borealis.owner):
            assert not has_deals(borealis.owner)


class TestGetFreshness:
    def test_tells_what_was_read_and_what_never_came(self, inside: Company) -> None:
        fresh = get_freshness(inside.manager)
        assert fresh.missing == ()
        assert {row.kind for row in fresh.coverage if row.input == "activities"} == {"", "email", "meeting", "task"}
