"""Deals as a program sees them."""

from pathlib import Path

import pytest

from auctor.crm.import_folder import import_folder
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from auctor.tenancy.permissions import Permission
from tests.api.calling import body_of, program_of
from tests.cast import NOW, Company
from tests.crm.folders import write_folder


@pytest.fixture
def filled(acme: Company, tmp_path: Path) -> Company:
    """Acme with a small pipeline."""
    with scope.enter(acme.owner):
        import_folder(acme.owner, folder=write_folder(tmp_path), now=NOW)
    return acme


def id_of(company: Company, remote_id: str) -> str:
    """Our id of a deal."""
    page = body_of(program_of(company.owner).call("GET", "/deals?kind=all"))
    return str(next(one["id"] for one in page["items"] if one["remote_id"] == remote_id))


class TestListDeals:
    def test_shows_deals_in_pages(self, filled: Company) -> None:
        program = program_of(filled.owner)
        first = body_of(program.call("GET", "/deals?kind=all&limit=2&sort=-amount"))
        assert first["total"] == 3
        rest = body_of(program.call("GET", f"/deals?kind=all&limit=2&sort=-amount&cursor={first['next_cursor']}"))
        names = [one["name"] for one in [*first["items"], *rest["items"]]]
        assert sorted(names) == ["=cmd|' /C calc'!A0", "Initech renewal", "Umbrella roll-out"]
        assert rest["next_cursor"] == ""

    @pytest.mark.parametrize(
        ("query", "remote_ids"),
        [
            ("", {"d1", "d2"}),
            ("kind=won", {"d3"}),
            ("words=initech", {"d1"}),
            ("closes_from=2026-06-01", {"d2"}),
            ("owner_id=00000000-0000-7000-8000-000000000007", set()),
        ],
    )
    def test_narrows(self, filled: Company, query: str, remote_ids: set[str]) -> None:
        page = body_of(program_of(filled.owner).call("GET", f"/deals?{query}"))
        assert {one["remote_id"] for one in page["items"]} == remote_ids

    @pytest.mark.parametrize(
        "query", ["kind=open%20", "sort=name", "owner_id=x", "closes_from=1", "cursor=AAAA", "x=1"]
    )
    def test_refuses_a_query_that_does_not_fit(self, filled: Company, query: str) -> None:
        response = program_of(filled.owner).call("GET", f"/deals?{query}")
        assert response.status_code in {400, 422}
        assert response["Content-Type"] == "application/problem+json"

    def test_shows_members_their_own(self, filled: Company) -> None:
        page = body_of(program_of(filled.member).call("GET", "/deals?kind=all"))
        assert {one["remote_id"] for one in page["items"]} == {"d1", "d3"}

    def test_is_not_for_a_token_without_it(self, filled: Company) -> None:
        assert program_of(filled.owner, {Permission.RISK_READ}).call("GET", "/deals").status_code == 403


class TestReadDeal:
    def test_shows_everything_that_stands_on_it(self, filled: Company) -> None:
        found = body_of(program_of(filled.owner).call("GET", f"/deals/{id_of(filled, 'd1')}"))
        assert found["amount"] == {"minor": 1_250_050, "currency": "EUR"}
        assert found["custom"] == {"Region": "North"}
        assert found["forecast"] == "commit"

    def test_is_not_for_strangers(self, filled: Company, borealis: Company) -> None:
        program = program_of(borealis.owner)
        answers = [program.call("GET", f"/deals/{key}") for key in (id_of(filled, "d1"), str(uuid7()))]
        assert [answer.status_code for answer in answers] == [404, 404]


class TestReadDealTimeline:
    def test_goes_on_where_it_ended(self, filled: Company) -> None:
        program, key = program_of(filled.owner), id_of(filled, "d1")
        seen: list[str] = []
        cursor = ""
        while True:
            page = body_of(program.call("GET", f"/deals/{key}/timeline?limit=3&cursor={cursor}"))
            seen += [one["id"] for one in [*page["activities"], *page["changes"]]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        assert len(seen) == len(set(seen)) == 12
        assert [one["stage"] for one in page["stays"]] == ["New", "Offer", "Negotiation"]

    @pytest.mark.parametrize("cursor", ["AAAA", "MjAyNi0wMS0wMQ"])
    def test_refuses_a_cursor_of_others(self, filled: Company, cursor: str) -> None:
        found = program_of(filled.owner).call("GET", f"/deals/{id_of(filled, 'd1')}/timeline?cursor={cursor}")
        assert found.status_code == 400


class TestListDealContacts:
    def test_shows_roles_and_addresses(self, filled: Company) -> None:
        found = body_of(program_of(filled.owner).call("GET", f"/deals/{id_of(filled, 'd1')}/contacts"))
        assert {(one["name"], one["role"]) for one in found} == {
            ("Ines Ito", "decision_maker"),
            ("Jan Jung", "champion"),
        }
