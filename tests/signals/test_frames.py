"""Building facts from tables of any make."""

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from auctor.signals.columns import BadColumn
from auctor.signals.frames import Settings, build, pairs_of
from auctor.signals.scan import record_of, scan
from auctor.signals.vocabulary import ABSENT, UNKNOWN, Direction, Field, Table
from tests.signals.worlds import STAGES, moment

DEALS = {"created_at": [moment(0), moment(1)], "stage": [0, 1], "amount": [10, None]}
OWN: dict[str, Any] = {"inactive_at": [2**62]}


def tables(**more: Any) -> dict[str, Any]:
    return {"deals": DEALS, "stages": STAGES, "people": {"seniority": [3, 1]}, **more}


class TestBuild:
    @pytest.mark.parametrize("make", [dict, pl.DataFrame, pa.table])
    def test_takes_mappings_data_frames_and_arrow_tables(self, make: Any) -> None:
        messages = {"deal": [0], "at": [moment(3)], "direction": [1], "sender": [1]}
        facts = build(tables(deals=make(DEALS), messages=make(messages)), Settings(**OWN)).facts
        assert facts.deals.created_at.tolist() == DEALS["created_at"]
        assert facts.messages.sender.tolist() == [1]

    def test_tells_none_from_unknown(self) -> None:
        deals = build(tables()).facts.deals
        assert deals.amount.tolist() == [10, ABSENT]
        frame = scan(build(tables()), [0], [moment(2)]).frame
        assert frame.state.owner[0] == UNKNOWN

    def test_leads_evidence_back_to_the_rows_that_came(self) -> None:
        messages = {
            "deal": [1, 0, 0, 0],
            "at": [moment(5), moment(9), moment(3), moment(4)],
            "direction": [Direction.IN] * 4,
            "is_automatic": [0, 0, 1, 0],
            "sender": [0, 0, 0, 0],
            "thread": [1, 2, 3, 4],
        }
        people = {"message": [0, 1, 2], "person": [1, 1, 1]}
        coverage = {"source": [0, 1, 2]}
        loaded = build(tables(messages=messages, message_people=people, coverage=coverage))
        assert [loaded.origin(Table.MESSAGES, row) for row in range(3)] == [3, 1, 0]
        assert loaded.facts.messages.named_in.tolist() == [1, 2]
        found = record_of(scan(loaded, [0], [moment(20)]), loaded, "reply_latency", 0)
        assert [proof.row for proof in found.evidence] == [3]

    def test_asks_for_each_table_once(self) -> None:
        asked: list[str] = []

        class Lazy(dict[str, Any]):
            def get(self, name: str, default: Any = None) -> Any:
                asked.append(name)
                return super().get(name, default)

        build(Lazy(tables()))
        assert len(asked) == len(set(asked))

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"ghosts": {}}, "no table 'ghosts'"),
            ({"tasks": {"deal": [0], "due_at": [1], "colour": [1]}}, "no column 'colour'"),
            ({"tasks": {"deal": [0]}}, "column is missing"),
            ({"tasks": {"deal": [2], "due_at": [1]}}, "between 0 and 1"),
            ({"tasks": {"deal": [None], "due_at": [1]}}, "refers to nothing"),
            ({"tasks": {"deal": [0, 1], "due_at": [1]}}, "differ in length"),
            ({"deals": {"created_at": [0], "stage": [9]}}, "stage 9 is not below 6"),
            ({"deals": {"created_at": [0], "owner": [3]}}, "owner 3 is not below 0"),
            ({"deals": {"created_at": [0], "close_on": [2**40]}}, "beyond 30 bits"),
            ({"stages": {**STAGES, "stage": [0, 1, 2, 3, 4, 6]}}, "Stage 5 has no version"),
            ({"changes": {"deal": [0], "field": [1], "effective_at": [0], "bulk": [1]}}, "no moment in bulk_known_at"),
            ({"deals": {"created_at": [0], "source": [1]}}, "no row of history_since"),
        ],
    )
    def test_names_what_does_not_fit(self, more: dict[str, Any], words: str) -> None:
        with pytest.raises(BadColumn, match=words):
            build(tables(**more))

    def test_is_content_with_nothing(self) -> None:
        assert len(build({}).facts.deals.created_at) == 0


class TestPairsOf:
    def test_sorts_pairs_and_says_how(self) -> None:
        pairs, order = pairs_of([1, 0, 1], [5, 9, 4], build(tables()).facts)
        assert (pairs.deal.tolist(), pairs.at.tolist()) == ([0, 1, 1], [9, 4, 5])
        assert order is not None
        assert order.tolist() == [1, 2, 0]


class TestLateRecords:
    @pytest.mark.parametrize("days", [0.001, 1, 400])
    def test_count_from_when_they_came(self, days: float) -> None:
        """Short and long delays are held differently; both are exact to the microsecond."""
        seen = moment(3 + days)
        messages = {"deal": [0], "at": [moment(3)], "observed_at": [seen], "direction": [1], "sender": [0]}
        loaded = build(tables(messages=messages, coverage={"source": [0, 1, 2]}))
        touched = scan(loaded, [0, 0], [seen - 1, seen]).frame.touches.touch_row
        assert touched.tolist() == [-1, 0]

    def test_of_fields_count_so_too(self) -> None:
        changes = {
            "deal": [0],
            "field": [Field.AMOUNT],
            "effective_at": [moment(1)],
            "observed_at": [moment(9)],
            "value": [7],
        }
        found = scan(build(tables(changes=changes)), [0, 0], [moment(8), moment(9)]).frame.state.amount
        assert np.array_equal(found, [10, 7])
