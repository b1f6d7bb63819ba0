"""What holds for all signals at once: no peeking, no company, no clock, no compiler changes an answer."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auctor.signals import kernels
from auctor.signals.catalog import KEYS
from auctor.signals.frames import Loaded
from auctor.signals.norms import learn
from auctor.signals.records import Proof, SignalRecord
from auctor.signals.scan import Scan, record_of, scan, severities
from auctor.signals.vocabulary import DAY, Field, Source, State
from tests.signals.chance import DAYS, made_up
from tests.signals.cutting import Cut, cut, shifted
from tests.signals.worlds import EARLY, LATE, WON, World, moment

SEEDS = st.integers(0, 10_000)
TIMES = st.floats(0, DAYS + 20)
FEW = settings(max_examples=12, deadline=None)


def records(found: Scan, loaded: Loaded, row: int = 0) -> list[SignalRecord]:
    return [record_of(found, loaded, key, row) for key in KEYS]


def judged(world: World, day: float, deals: list[int]) -> list[list[SignalRecord]]:
    loaded = world.load()
    found = scan(loaded, deals, [moment(day)] * len(deals))
    return [records(found, loaded, row) for row in range(len(deals))]


def all_deals(world: World) -> list[int]:
    return list(range(len(world.rows["deals"])))


def as_before(record: SignalRecord, then: Cut) -> SignalRecord:
    """The record of a world without its future, with the rows of evidence that they are in the whole one."""
    return replace(record, evidence=tuple(Proof(one.table, then.before(*one)) for one in record.evidence))


class TestHonesty:
    @FEW
    @given(SEEDS, TIMES)
    def test_sees_nothing_that_came_on_record_later(self, seed: int, day: float) -> None:
        world = made_up(seed)
        then = cut(world, moment(day))
        now = judged(world, day, then.kept["deals"])
        assert now == [
            [as_before(one, then) for one in told] for told in judged(then.world, day, all_deals(then.world))
        ]

    @FEW
    @given(SEEDS, TIMES)
    def test_judges_one_deal_as_it_judges_all(self, seed: int, day: float) -> None:
        world = made_up(seed)
        deals = all_deals(world)
        together = judged(world, day, deals)
        assert [judged(world, day, [deal])[0] for deal in deals[-4:]] == together[-4:]

    @FEW
    @given(SEEDS, st.lists(TIMES, min_size=2, max_size=6))
    def test_judges_many_moments_as_it_judges_each(self, seed: int, days: list[float]) -> None:
        world = made_up(seed)
        loaded, deal = world.load(), len(world.rows["deals"]) - 1
        together = scan(loaded, [deal] * len(days), [moment(day) for day in days])
        for row, day in enumerate(days):
            alone = scan(loaded, [deal], [moment(day)])
            assert records(together, loaded, row) == records(alone, loaded)

    @FEW
    @given(SEEDS, TIMES, st.integers(1, 200))
    def test_does_not_depend_on_the_date(self, seed: int, day: float, weeks: int) -> None:
        world, later = made_up(seed), shifted(made_up(seed), weeks)
        deals = all_deals(world)[-4:]
        assert judged(world, day, deals) == judged(later, day + 7 * weeks, deals)

    @FEW
    @given(SEEDS, TIMES)
    def test_keeps_severities_between_nothing_and_one(self, seed: int, day: float) -> None:
        world = made_up(seed)
        found = scan(world.load(), all_deals(world), [moment(day)] * len(all_deals(world)))
        for verdict in found.verdicts.values():
            assert ((verdict.severity >= 0) & (verdict.severity <= 1)).all()
            assert ((verdict.severity > 0) == (verdict.state == State.FIRED)).all()

    @FEW
    @given(SEEDS, TIMES)
    def test_knows_nothing_about_buyers_without_any_source(self, seed: int, day: float) -> None:
        world = made_up(seed, norms=False)
        for table in ("messages", "message_people", "meetings", "answers", "tasks", "roles", "coverage"):
            world.rows[table] = []
        for found in judged(world, day, all_deals(world)):
            states = {record.key: record.state for record in found}
            assert State.FIRED not in {
                states[key] for key in ("reply_latency", "buyer_silence", "champion", "next_step")
            }
            assert states["engagement_drop"] == states["champion"] == State.UNKNOWN


class TestCompiledCode:
    def test_answers_as_plain_python_does(self) -> None:
        """Plain kernels answer small scans, compiled ones large scans; the same pairs go through both."""
        worlds = [made_up(seed) for seed in range(6)]
        plain = [judged(world, 80, all_deals(world)) for world in worlds]
        before = dict(kernels._COMPILED)
        enough = kernels.FEW_ROWS
        for world, expected in zip(worlds, plain, strict=True):
            loaded, deals = world.load(), all_deals(world)
            copies = -(-enough // len(deals))
            many = scan(loaded, deals * copies, [moment(80)] * (len(deals) * copies))
            assert [records(many, loaded, row) for row in range(len(deals))] == expected
        assert len(kernels._COMPILED) > len(before) or before


class TestPauses:
    def test_lets_nothing_fire_until_they_end(self) -> None:
        world = World()
        deal = world.deal(stage=LATE, close_on=10)
        world.rows["pauses"].append((deal, moment(30), moment(50)))
        assert world.judge("close_date_credible", 29).state == State.FIRED
        assert world.judge("close_date_credible", 40).reason == "paused"
        assert world.judge("close_date_credible", 51).state == State.FIRED


class TestClosedDeals:
    def test_are_not_judged(self) -> None:
        world = World()
        deal = world.deal(stage=EARLY)
        world.change(deal, Field.STAGE, 20, WON)
        assert {world.judge(key, 30).reason for key in KEYS} == {"not_open"}

    def test_are_judged_again_once_reopened(self) -> None:
        world = World()
        deal = world.deal(stage=EARLY)
        world.change(deal, Field.STAGE, 20, WON)
        world.change(deal, Field.STAGE, 25, LATE)
        assert world.judge("stage_stall", 30).state == State.OK

    def test_are_not_judged_before_they_exist(self) -> None:
        world = World()
        world.deal(20)
        assert world.judge("stage_stall", 10).reason == "not_open"


class TestSeverities:
    def test_agree_with_the_scan_in_the_order_asked(self) -> None:
        world = made_up(3)
        loaded, deals = world.load(), all_deals(world)[::-1]
        moments = [moment(60 + number) for number in range(len(deals))]
        full, short = scan(loaded, deals, moments), severities(loaded, deals, moments)
        for column, key in enumerate(KEYS):
            np.testing.assert_array_equal(short.state[:, column], full.verdicts[key].state)
            np.testing.assert_array_equal(short.severity[:, column], full.verdicts[key].severity)


class TestNormsOfTheDay:
    def test_serve_a_single_deal_without_the_others(self) -> None:
        world = made_up(7)
        loaded, last = world.load(), len(world.rows["deals"]) - 1
        norms = learn(loaded.facts, np.array([moment(80)]))
        assert norms.source is None
        alone = World(rows=dict(world.rows), settings=world.settings, covered=False)
        alone.rows = {
            name: [row for row in rows if name != "changes" or row[0] == last] for name, rows in world.rows.items()
        }
        small = alone.load()
        found = scan(small, [last], [moment(80)], norms=norms)
        expected = scan(loaded, [last], [moment(80)])
        assert [r.severity for r in records(found, small)] == [r.severity for r in records(expected, loaded)]

    def test_do_not_serve_another_day(self) -> None:
        loaded = made_up(7).load()
        norms = learn(loaded.facts, np.array([moment(80)]))
        with pytest.raises(KeyError, match="No norms were learnt"):
            scan(loaded, [0], [moment(80) + DAY], norms=norms)


class TestMissingInput:
    @pytest.mark.parametrize("source", list(Source))
    def test_never_makes_a_signal_fire(self, source: Source) -> None:
        for seed in range(8):
            world = made_up(seed, norms=False)
            blind = made_up(seed, norms=False)
            blind.rows["coverage"] = [row for row in blind.rows["coverage"] if row[1] != source]
            deals = all_deals(world)
            for seen, unseen in zip(judged(world, 80, deals), judged(blind, 80, deals), strict=True):
                for full, less in zip(seen, unseen, strict=True):
                    assert less.state != State.FIRED or full.state == State.FIRED or full.state == State.UNKNOWN
