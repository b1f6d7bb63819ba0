"""SOQL and its pages, asked by plain HTTP and by simple-salesforce."""

from typing import Any

import httpx2
import pytest
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest

from tests.twins.doors import Door

DATA = "/services/data/v59.0"


def ask(app: httpx2.Client, text: str, **headers: str) -> Any:
    answer = app.get(f"{DATA}/query", params={"q": text}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def records(app: httpx2.Client, text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(app, text)["records"]
    return found


class TestQuery:
    def test_finds_everything_that_is_not_deleted(self, salesforce: Door, app: httpx2.Client, sdk: Salesforce) -> None:
        truth = {row["Id"] for row in salesforce.act("truth", type="Opportunity") if not row["IsDeleted"]}
        assert {row["Id"] for row in records(app, "SELECT Id FROM Opportunity")} == truth
        assert {row["Id"] for row in sdk.query_all("SELECT Id FROM Opportunity")["records"]} == truth

    def test_reaches_parents_and_children(self, app: httpx2.Client) -> None:
        text = (
            "select Id, Account.Name, Owner.Email, (select ContactId, Contact.Email, IsPrimary from"
            " OpportunityContactRoles) from opportunity where LeadSource != null order by CloseDate desc limit 5"
        )
        for row in records(app, text):
            assert row["attributes"]["url"].endswith(f"/Opportunity/{row['Id']}")
            assert row["Account"]["attributes"]["type"] == "Account"
            assert row["Owner"]["Email"].endswith(".example")
            assert sum(role["IsPrimary"] for role in row["OpportunityContactRoles"]["records"]) == 1
            assert all(role["Contact"]["Email"] for role in row["OpportunityContactRoles"]["records"])

    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            ("Name = 'alpha'", {"Alpha"}),
            ("Name LIKE 'al%'", {"Alpha"}),
            ("Name LIKE '%t_'", {"Beta"}),
            ("Name IN ('Alpha', 'Beta', 'Nobody')", {"Alpha", "Beta"}),
            ("Name NOT IN ('Alpha')", {"Beta", "O'Gamma"}),
            ("Name = 'O\\'Gamma'", {"O'Gamma"}),
            ("Amount > 100", {"Beta"}),
            ("Amount = null", {"O'Gamma"}),
            ("Amount != 100", {"Beta", "O'Gamma"}),
            ("CloseDate >= 2026-05-01", {"Beta"}),
            ("NOT Amount > 100 AND (Name = 'Alpha' OR Name = 'Beta')", {"Alpha"}),
            ("SystemModstamp >= 2026-03-02T08:00:00Z AND SystemModstamp < 2026-03-02T12:00:00+01:00", "all"),
            ("CreatedDate = TODAY", "all"),
            ("IsWon = false", "all"),
            ("Account.Name = 'Query Ltd'", "all"),
            ("AccountId IN (SELECT Id FROM Account WHERE Name = 'Query Ltd')", "all"),
        ],
    )
    def test_filters(self, three: str, app: httpx2.Client, where: str, expected: Any) -> None:
        found = {
            row["Name"]
            for row in records(app, f"SELECT Name FROM Opportunity WHERE AccountId = '{three}' AND ({where})")
        }
        assert found == ({"Alpha", "Beta", "O'Gamma"} if expected == "all" else expected)

    def test_sorts_nulls_first_unless_told(self, three: str, app: httpx2.Client) -> None:
        text = f"SELECT Name FROM Opportunity WHERE AccountId = '{three}' ORDER BY Amount"
        assert [row["Name"] for row in records(app, text)] == ["O'Gamma", "Alpha", "Beta"]
        assert [row["Name"] for row in records(app, f"{text} DESC NULLS LAST")] == ["Beta", "Alpha", "O'Gamma"]
        assert [row["Name"] for row in records(app, f"{text} LIMIT 1 OFFSET 1")] == ["Alpha"]

    def test_counts(self, salesforce: Door, app: httpx2.Client) -> None:
        number = len(salesforce.act("truth", type="Account"))
        assert ask(app, "SELECT COUNT() FROM Account") == {"totalSize": number, "done": True, "records": []}

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("SELECT Id FROM", "MALFORMED_QUERY"),
            ("SELECT Id FROM Opportunity WHERE", "MALFORMED_QUERY"),
            ("SELECT Id FROM Opportunity WHERE Name = 'open", "MALFORMED_QUERY"),
            ("SELECT Id, Nothing FROM Opportunity", "INVALID_FIELD"),
            ("SELECT Id FROM Opportunity WHERE Amount = 'x'", "INVALID_FIELD"),
            ("SELECT Nobody.Name FROM Opportunity", "INVALID_FIELD"),
            ("SELECT Id FROM Nothing", "INVALID_TYPE"),
            ("", "MALFORMED_QUERY"),
        ],
    )
    def test_refuses_in_an_array(self, app: httpx2.Client, text: str, code: str) -> None:
        answer = app.get(f"{DATA}/query", params={"q": text})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)

    def test_is_refused_to_the_vendors_client_in_its_own_way(self, sdk: Salesforce) -> None:
        with pytest.raises(SalesforceMalformedRequest):
            sdk.query("SELECT Nothing FROM Opportunity")

    @pytest.mark.parametrize(
        "text", ["SELECT StageName FROM Opportunity GROUP BY StageName", "SELECT FIELDS(ALL) FROM Task"]
    )
    def test_says_what_it_leaves_out(self, app: httpx2.Client, text: str) -> None:
        assert app.get(f"{DATA}/query", params={"q": text}).status_code == 501

    def test_hides_old_activities_from_query(self, salesforce: Door, app: httpx2.Client) -> None:
        salesforce.act("settings", archives_after_days=100)
        text = {"q": "SELECT Id FROM Event"}
        some, all_ = (app.get(f"{DATA}/{way}", params=text).json()["totalSize"] for way in ("query", "queryAll"))
        salesforce.act("settings", archives_after_days=365)
        assert 0 < some < all_


class TestQueryMore:
    def test_gives_every_row_once(self, app: httpx2.Client, salesforce: Door) -> None:
        page = ask(app, "SELECT Id FROM Contact ORDER BY Id", **{"Sforce-Query-Options": "batchSize=500"})
        found = [row["Id"] for row in page["records"]]
        assert len(found) == 500
        while not page["done"]:
            page = app.get(page["nextRecordsUrl"], headers={"Sforce-Query-Options": "batchSize=500"}).json()
            found += [row["Id"] for row in page["records"]]
        assert len(found) == len(set(found)) == page["totalSize"] == len(salesforce.act("truth", type="Contact"))

    def test_is_walked_by_the_vendors_client(self, sdk: Salesforce, salesforce: Door) -> None:
        sdk.headers["Sforce-Query-Options"] = "batchSize=200"
        found = [row["Id"] for row in sdk.query_all_iter("SELECT Id FROM Contact")]
        assert len(found) == len(set(found)) == len(salesforce.act("truth", type="Contact"))

    def test_forgets_cursors_beyond_ten(self, app: httpx2.Client) -> None:
        small = {"Sforce-Query-Options": "batchSize=200"}
        first = ask(app, "SELECT Id FROM Contact", **small)["nextRecordsUrl"]
        assert app.get(first).status_code == 200
        for _ in range(10):
            ask(app, "SELECT Id FROM Contact", **small)
        gone = app.get(first)
        assert (gone.status_code, gone.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


@pytest.fixture(scope="module")
def three(salesforce: Door) -> str:
    """An account with three opportunities; its id."""
    account: str = salesforce.act("create", type="Account", values={"Name": "Query Ltd"})["Id"]
    rows: list[dict[str, Any]] = [
        {"Name": "Alpha", "Amount": 100, "CloseDate": "2026-04-01"},
        {"Name": "Beta", "Amount": 200, "CloseDate": "2026-05-01"},
        {"Name": "O'Gamma", "CloseDate": "2026-03-01"},
    ]
    for row in rows:
        salesforce.act("create", type="Opportunity", values={"StageName": "Discovery", "AccountId": account, **row})
    return account
