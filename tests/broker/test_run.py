"""The broker's process."""

import subprocess
import sys
from pathlib import Path

import pytest

from auctor.broker import run
from tests.broker.benches import Bench

WEIGH = "import auctor.broker.run, sys; print(sorted({name.split('.')[0] for name in sys.modules}))"


class TestMain:
    def test_loads_no_framework(self) -> None:
        found = subprocess.run([sys.executable, "-P", "-c", WEIGH], capture_output=True, text=True, check=True).stdout
        for heavy in ("django", "procrastinate", "ninja", "structlog", "numpy", "pyarrow", "polars", "pydantic"):
            assert f"'{heavy}'" not in found

    def test_ends_when_it_is_told_to(self, bench: Bench) -> None:
        process = bench.processes[0]
        process.terminate()
        assert process.wait(60) == 0


class TestReadSettings:
    def test_takes_stand_ins_on_this_machine_only(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("AUCTOR_DATA", str(tmp_path))
        monkeypatch.setenv("AUCTOR_STAND_INS", '{"hubspot": "http://10.0.0.1:80"}')
        with pytest.raises(ValueError, match="this machine"):
            run.read_settings()
