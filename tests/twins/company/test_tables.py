"""The demo company is believable, whole, and the same every time."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auctor.twins.company import tables

TODAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def company() -> tables.Tables:
    return tables.build(TODAY)


class TestBuild:
    """What a newcomer sees is made of this."""

    def test_is_the_same_every_time(self, company: tables.Tables) -> None:
        assert tables.build(TODAY) == company
        assert tables.build(TODAY, seed=1) != company

    def test_has_the_promised_size(self, company: tables.Tables) -> None:
        assert len(company["deals"]) == tables.DEALS == 1_200
        assert len({d["pipeline_id"] for d in company["deals"]}) == 3
        assert len({d["currency"] for d in company["deals"]}) == 4
        created = [datetime.fromisoformat(d["created_at"]) for d in company["deals"]]
        assert (TODAY - min(created)).days > 700

    def test_is_open_won_and_lost_as_a_company_is(self, company: tables.Tables) -> None:
        category = {s["stage_id"]: s["category"] for s in company["stages"]}
        count = Counter(category[d["stage_id"]] for d in company["deals"])
        assert 90 <= count["open"] <= 220
        assert 0.35 <= count["won"] / (count["won"] + count["lost"]) <= 0.6

    def test_records_nothing_after_today(self, company: tables.Tables) -> None:
        assert all(datetime.fromisoformat(a["recorded_at"]) <= TODAY for a in company["activities"])
        assert all(datetime.fromisoformat(c["changed_at"]) <= TODAY for c in company["deal_changes"])
        late = [a for a in company["activities"] if datetime.fromisoformat(a["occurred_at"]) > TODAY]
        assert late
        assert {a["state"] for a in late} <= {"planned", "cancelled"}

    def test_refers_only_to_what_is_there(self, company: tables.Tables) -> None:
        ids = {name: {row[key] for row in company[name]} for name, key in KEYS.items()}
        for name, column, target in REFERENCES:
            assert {row[column] for row in company[name] if row[column]} <= ids[target], (name, column)

    def test_ends_each_history_where_the_deal_stands(self, company: tables.Tables) -> None:
        last: dict[tuple[str, str], str] = {}
        for change in company["deal_changes"]:
            assert change["old"] == last.get((change["deal_id"], change["field"]), "")
            last[change["deal_id"], change["field"]] = change["new"]
        for deal in company["deals"]:
            assert last[deal["deal_id"], "stage"] == deal["stage_id"]
            assert last[deal["deal_id"], "amount"] == deal["amount"]

    def test_lets_contact_tell_something_and_not_too_much(self, company: tables.Tables) -> None:
        """In the last three weeks buyers of won deals write more; a guess by that alone is far from sure."""
        rates = _mails_at_the_end(company)
        pairs = [(won > lost) + 0.5 * (won == lost) for won in rates["won"] for lost in rates["lost"]]
        assert 0.62 <= sum(pairs) / len(pairs) <= 0.93


KEYS = {
    "owners": "owner_id",
    "companies": "company_id",
    "contacts": "contact_id",
    "stages": "stage_id",
    "deals": "deal_id",
    "activities": "activity_id",
}
REFERENCES = [
    ("contacts", "company_id", "companies"),
    ("deals", "company_id", "companies"),
    ("deals", "owner_id", "owners"),
    ("deals", "stage_id", "stages"),
    ("deal_contacts", "deal_id", "deals"),
    ("deal_contacts", "contact_id", "contacts"),
    ("deal_changes", "deal_id", "deals"),
    ("activities", "deal_id", "deals"),
    ("activities", "owner_id", "owners"),
    ("activity_participants", "activity_id", "activities"),
    ("activity_participants", "contact_id", "contacts"),
    ("activity_participants", "owner_id", "owners"),
]


def _mails_at_the_end(company: tables.Tables) -> dict[str, list[int]]:
    """Mails from buyers in the last 21 days of each closed deal, by its end."""
    category = {s["stage_id"]: s["category"] for s in company["stages"]}
    ended = {
        c["deal_id"]: datetime.fromisoformat(c["changed_at"])
        for c in company["deal_changes"]
        if c["field"] == "stage" and category[c["new"]] != "open"
    }
    count = dict.fromkeys(ended, 0)
    for activity in company["activities"]:
        end = ended.get(activity["deal_id"])
        if end and activity["direction"] == "in" and activity["kind"] == "email":
            count[activity["deal_id"]] += 0 <= (end - datetime.fromisoformat(activity["occurred_at"])).days < 21
    found = defaultdict(list)
    for deal in company["deals"]:
        if deal["deal_id"] in count:
            found[category[deal["stage_id"]]].append(count[deal["deal_id"]])
    return found


class TestWrite:
    """The files are a history folder."""

    def test_writes_one_file_a_table(self, company: tables.Tables, tmp_path: Path) -> None:
        tables.write(tmp_path, company)
        assert {p.stem for p in tmp_path.iterdir()} == set(tables.COLUMNS)
        head = (tmp_path / "deals.csv").read_text(encoding="utf-8").splitlines()[0]
        assert head == ",".join(tables.COLUMNS["deals"])
