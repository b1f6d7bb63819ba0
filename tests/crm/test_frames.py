"""The columns that the signals read, as they come out of the database."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from django.db import connection, transaction

from auctor.crm import bulk, frames
from auctor.crm.frame_tables import MOMENT
from auctor.crm.frame_touches import meetings, tasks
from auctor.crm.import_folder import import_folder
from auctor.crm.merge import merge
from auctor.crm.models.activities import Activity, Participant
from auctor.crm.models.deals import Deal, DealChange, DealContact
from auctor.crm.models.people import Contact
from auctor.crm.operations import override_amount
from auctor.crm.vocabulary import ActivityState, Entity
from auctor.signals.calendar import moment_of
from auctor.signals.frames import build
from auctor.signals.scan import scan
from auctor.signals.vocabulary import NEVER, Answer, Direction, Field, Seniority
from auctor.tenancy import scope
from auctor.tenancy.records import Actor
from tests.cast import NOW, Company
from tests.conftest import superuser
from tests.crm.folders import write_folder


@pytest.fixture
def acme_with_deals(committed: None, acme: Company, tmp_path: Path) -> Company:
    """Acme with deals that other connections see, too."""
    with transaction.atomic(), scope.enter(acme.admin):
        import_folder(acme.admin, folder=write_folder(tmp_path / "in"), now=NOW)
    return acme


@pytest.fixture
def inside(acme_with_deals: Company) -> Iterator[Company]:
    """The same, entered by the admin."""
    with transaction.atomic(), scope.enter(acme_with_deals.admin):
        yield acme_with_deals


def load(actor: Actor, deals: str = frames.ALL) -> frames.DealFacts:
    """The facts, as this actor."""
    with transaction.atomic(), scope.enter(actor):
        return frames.load(actor, deals=deals)


def number_of(facts: frames.DealFacts, remote_id: str) -> int:
    """The number of a deal."""
    return facts.deal_ids().index(Deal.objects.get(remote_id=remote_id).id)


class TestLoad:
    def test_is_what_the_signals_take(self, inside: Company) -> None:
        facts = frames.load(inside.admin, deals=frames.ALL)
        loaded = build(facts.tables, facts.settings)
        verdicts = scan(loaded, list(range(3)), [moment_of(NOW)] * 3)
        assert verdicts.severity().shape == (3, 12)

    def test_begins_each_field_with_what_it_was_before_its_changes(self, inside: Company) -> None:
        facts = frames.load(inside.admin, deals=frames.ALL)
        deal = facts.tables["deals"].row(number_of(facts, "d1"), named=True)
        assert deal["amount"] == 1_000_000
        owners = [key.hex() for key in facts.codes.owners]
        assert deal["owner"] != owners.index(facts.deals.row(number_of(facts, "d1"), named=True)["owner_id"].hex())

    def test_tells_messages_with_their_people(self, inside: Company) -> None:
        facts = frames.load(inside.admin, deals=frames.ALL)
        mine = facts.tables["messages"].filter(pl.col("deal") == number_of(facts, "d1")).sort("at")
        assert mine["direction"].to_list() == [Direction.OUT, Direction.IN]
        assert mine["thread"].n_unique() == 1
        sender = mine["sender"][1]
        assert facts.tables["people"]["seniority"][sender] == Seniority.CHIEF
        assert mine["to_us"].to_list() == [0, 1]

    def test_tells_what_invited_buyers_said(self, inside: Company) -> None:
        facts = frames.load(inside.admin, deals=frames.ALL)
        assert sorted(facts.tables["answers"]["answer"]) == [Answer.ACCEPTED, Answer.TENTATIVE]

    def test_reads_open_deals_only_when_told(self, inside: Company) -> None:
        assert len(frames.load(inside.admin).deals) == 2

    def test_reads_the_deals_that_were_chosen(self, inside: Company) -> None:
        chosen = [Deal.objects.get(remote_id="d3").id]
        facts = frames.load(inside.admin, deals=chosen)
        assert facts.deal_ids() == chosen
        assert set(facts.tables["changes"]["deal"]) == {0}

    def test_is_the_same_for_one_deal_as_for_all(self, inside: Company) -> None:
        every = frames.load(inside.admin, deals=frames.ALL)
        number = number_of(every, "d1")
        alone = frames.load(inside.admin, deals=[every.deal_ids()[number]])
        for table in ("changes", "messages", "meetings"):
            of_all = every.tables[table].filter(pl.col("deal") == number)
            assert of_all.height == alone.tables[table].height

    def test_shows_members_their_own_and_strangers_nothing(self, acme_with_deals: Company, borealis: Company) -> None:
        assert len(load(acme_with_deals.member).deals) == 2
        assert len(load(acme_with_deals.viewer).deals) == 3
        assert len(load(borealis.owner).deals) == 0

    def test_counts_an_override_from_when_it_was_made(self, acme_with_deals: Company) -> None:
        admin = acme_with_deals.admin
        with transaction.atomic(), scope.enter(admin):
            deal_id = Deal.objects.get(remote_id="d2").id
            override_amount(admin, deal_id=deal_id, minor=7, now=NOW)
        facts = load(admin)
        rows = facts.tables["changes"].filter((pl.col("field") == Field.AMOUNT) & (pl.col("value") == 7))
        assert rows["effective_at"].to_list() == [NOW]

    def test_follows_merges(self, acme_with_deals: Company) -> None:
        admin = acme_with_deals.admin
        with transaction.atomic(), scope.enter(admin):
            before = len(frames.load(admin, deals=frames.ALL).codes.people)
            one, other = (Contact.objects.get(remote_id=name).id for name in ("p2", "p1"))
            merge(admin, kind=Entity.CONTACT, loser_id=one, survivor_id=other, now=NOW)
            first, second = (Deal.objects.get(remote_id=name).id for name in ("d3", "d1"))
            merge(admin, kind=Entity.DEAL, loser_id=first, survivor_id=second, now=NOW)
        facts = load(admin)
        assert len(facts.codes.people) == before - 1
        assert len(facts.deals) == 2


class TestMeetings:
    def test_lets_a_cancelled_one_count_until_it_was_seen(self) -> None:
        seen = NOW - timedelta(days=5)
        early, late = seen - timedelta(days=9), seen + timedelta(days=9)
        frame = pl.DataFrame({"deal": [0, 0], "at": [early, late], "observed_at": [early - timedelta(days=20)] * 2})
        told = frame.with_columns(
            state=pl.lit(int(ActivityState.CANCELLED)), ended_at=pl.lit(None, MOMENT), seen_at=pl.lit(seen, MOMENT)
        ).with_columns(pl.col("at", "observed_at").cast(MOMENT))
        assert meetings(told)["void_at"].to_list() == [moment_of(early), moment_of(seen)]


class TestTasks:
    def test_close_when_seen_to_be_dropped_if_their_day_is_ahead(self) -> None:
        seen = NOW - timedelta(days=5)
        frame = pl.DataFrame(
            {
                "deal": [0, 0, 0],
                "due_at": [seen + timedelta(days=9)] * 3,
                "observed_at": [seen - timedelta(days=9)] * 3,
                "state": [ActivityState.CANCELLED, ActivityState.DONE, ActivityState.PLANNED],
                "ended_at": [None, seen - timedelta(days=1), None],
                "seen_at": [seen] * 3,
            }
        ).with_columns(pl.col("due_at", "observed_at", "ended_at", "seen_at").cast(MOMENT))
        assert tasks(frame)["closed_at"].to_list() == [moment_of(seen), moment_of(seen - timedelta(days=1)), NEVER]


class TestOrder:
    def test_does_not_depend_on_where_rows_lie(self, acme_with_deals: Company) -> None:
        before = load(acme_with_deals.admin)
        with transaction.atomic(), scope.enter(acme_with_deals.admin):
            # A row that is written again lies elsewhere, and is read later.
            for model in (Activity, Participant, DealChange, DealContact):
                for row in model.objects.order_by("id")[:2]:
                    model.objects.filter(id=row.id).update(workspace_id=row.workspace_id)
        after = load(acme_with_deals.admin)
        for name, table in before.tables.items():
            assert table.equals(after.tables[name]), name


class TestQueries:
    @pytest.mark.parametrize("name", ["participants", "roles"])
    def test_look_people_up_instead_of_reading_all(self, acme_with_deals: Company, name: str) -> None:
        actor, crowd = acme_with_deals.admin, range(5_000)
        many = {"id": [uuid4().hex for _ in crowd], "remote_id": [f"many{n}" for n in crowd]}
        rows = pl.DataFrame(many).with_columns(first_seen_at=pl.lit(NOW, MOMENT), observed_at=pl.lit(NOW, MOMENT))
        with transaction.atomic(), scope.enter(actor):
            bulk.write(Contact, rows, workspace_id=acme_with_deals.workspace_id)
        with superuser() as admin:
            admin.execute("ANALYZE")
        with transaction.atomic(), scope.enter(actor), connection.cursor() as cursor:
            query = frames.queries([Deal.objects.earliest("id").id])[name]
            cursor.execute(f"EXPLAIN (FORMAT json) {query}")
            plan = cursor.fetchone()[0]
        found = [node for node in _nodes(plan[0]["Plan"]) if node.get("Alias") == "k"]
        assert [node["Node Type"] for node in found] == ["Index Scan"]
        assert "id = CASE" in found[0]["Index Cond"]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)


class TestLoadWithCounts:
    def test_counts_labels_and_custom_values(self, inside: Company) -> None:
        facts = frames.load(inside.admin, deals=frames.ALL, with_counts=True).counted
        assert facts is not None
        assert facts.activities.height == 5
        assert facts.custom.filter(pl.col("code").is_not_null()).height == 2
        assert facts.custom_changes.height == 1


class TestPeriodEnds:
    def test_are_the_last_days_of_quarters(self) -> None:
        ends = [str(day) for day in frames.period_ends(1)]
        assert "2026-03-31" in ends
        assert "2026-02-28" in [str(day) for day in frames.period_ends(3)]
