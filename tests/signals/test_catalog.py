"""The catalog is complete, and every signal says what it reads and tells."""

import string
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from auctor.signals import catalog
from auctor.signals.catalog import SIGNALS
from auctor.signals.frame import DealFrame
from auctor.signals.records import Signal
from auctor.signals.scan import scan
from auctor.signals.sentences import sentence
from auctor.signals.vocabulary import NormLevel, State
from tests.signals.chance import made_up
from tests.signals.worlds import moment

GROUPS = ("state", "past", "touches", "cover", "norms")
ALWAYS_READ = {"state.live", "state.paused", "pairs.at"}


class Watched:
    """A group of columns that notes what is taken from it."""

    def __init__(self, group: Any, name: str, taken: set[str]) -> None:
        self._group, self._name, self._taken = group, name, taken

    def __getattr__(self, column: str) -> Any:
        self._taken.add(f"{self._name}.{column}")
        return getattr(self._group, column)


def watched(frame: DealFrame) -> tuple[DealFrame, set[str]]:
    taken: set[str] = set()
    groups = {name: Watched(getattr(frame, name), name, taken) for name in GROUPS}
    return DealFrame(pairs=frame.pairs, **groups), taken  # type: ignore[arg-type]


class TestCatalog:
    def test_lists_every_file_that_defines_a_signal(self) -> None:
        spec = find_spec("auctor.signals")
        assert spec is not None
        folder = Path(str(spec.origin)).parent
        written = {path.stem for path in folder.glob("*.py") if "\nSIGNAL = Signal(" in path.read_text()}
        assert {signal.key for signal in SIGNALS} == written
        assert len(catalog.KEYS) == 12

    @pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.key)
    def test_reads_what_it_says_it_reads(self, signal: Signal) -> None:
        frame, taken = watched(scan(made_up(5).load(), range(26), [moment(80)] * 26).frame)
        signal.compute(frame)
        assert taken - ALWAYS_READ == set(signal.reads) - ALWAYS_READ

    @pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.key)
    def test_explains_itself(self, signal: Signal) -> None:
        assert signal.question.endswith("?")
        assert signal.definition.endswith(".")
        assert signal.defaults
        assert signal.clears
        for name, reason in signal.reasons.items():
            assert reason.state != State.FIRED or reason.clears, name

    @pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.key)
    def test_fills_every_place_of_its_sentences(self, signal: Signal) -> None:
        verdict = signal.compute(scan(made_up(5).load(), range(26), [moment(80)] * 26).frame)
        known = {*verdict.details, "value", "threshold", "norm", "guess", "late_edits"}
        for name, reason in signal.reasons.items():
            places = {place for _, place, _, _ in string.Formatter().parse(reason.sentence) if place}
            assert places <= known, name

    def test_says_so_where_a_number_is_not_known(self) -> None:
        told = sentence(catalog.BY_KEY["stage_stall"], "clear", {"value": None}, (NormLevel.PIPELINE, 31))
        assert told == "an unknown number of days in this stage are usual (31 won deals of the pipeline)."
