"""The commands behind ./dev."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import dev


def run_dev(*words: str) -> subprocess.CompletedProcess[str]:
    """As ./dev does once its environment stands."""
    command = [sys.executable, "-P", str(dev.ROOT / "tools" / "dev.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def step(name: str, code: str) -> dev.Step:
    return dev.Step(name, [sys.executable, "-c", code])


class TestMain:
    def test_lists_every_command_when_none_is_given(self) -> None:
        done = run_dev()
        assert done.returncode == 0
        assert all(f"  {name} " in done.stdout for name in dev.COMMANDS)

    def test_refuses_a_command_that_does_not_exist(self) -> None:
        done = run_dev("tset")
        assert done.returncode == 2
        assert "./dev knows no command 'tset'" in done.stdout

    @pytest.mark.parametrize("words", [("check", "fast"), ("test", "everything"), ("help", "me")])
    def test_refuses_words_that_it_would_ignore(self, words: tuple[str, ...]) -> None:
        assert run_dev(*words).returncode == 2


class TestTestRounds:
    def test_compile_before_anything_is_tested_and_end_with_the_second_engine(self) -> None:
        first, second = dev.test_rounds()
        assert "kernels" in {step.name for lane in first for step in lane}
        assert [step.name for step in second[0]] == ["tests", "second-engine"]

    def test_run_every_folder_of_tests_once(self) -> None:
        tests, *slow = [step for step in dev.test_steps() if step.name in ("tests", "browser", "journeys")]
        left_out = [word.removeprefix("--ignore=") for word in tests.words if word.startswith("--ignore=")]
        assert sorted(left_out) == sorted(word for step in slow for word in step.words if word.startswith("tests/"))


class TestIncidental:
    def test_names_what_is_there(self) -> None:
        assert dev.existing(dev.INCIDENTAL) == dev.INCIDENTAL


class TestRunRounds:
    def test_goes_on_after_a_failure_and_says_so_at_the_end(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert dev.run_rounds([[[step("first", "raise SystemExit(3)"), step("second", "print('ran')")]]]) == 1
        shown = capfd.readouterr().out
        assert "ran\n" in shown
        assert "FAILED (exit code 3)" in shown
        assert "1 of 2 FAILED" in shown

    def test_succeeds_when_every_step_does(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert dev.run_rounds([[[step("only", "")]]]) == 0
        assert "passed" in capfd.readouterr().out

    def test_gives_each_run_a_data_folder_of_its_own(self, capfd: pytest.CaptureFixture[str]) -> None:
        dev.run_rounds([[[step("only", "import os; print('in', os.environ['AUCTOR_DATA'])")]]])
        folder = next(line for line in capfd.readouterr().out.splitlines() if line.startswith("in "))
        assert "auctor-check-" in folder
        assert not Path(folder.removeprefix("in ")).exists()

    def test_keeps_apart_what_lanes_beside_each_other_print(
        self, capfd: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        # Each waits until the other has begun, so that they can only end beside each other.
        met = (
            "import pathlib, sys, time; here = pathlib.Path({folder!r}); (here / {name!r}).touch(); print('begun')\n"
            "while len(list(here.iterdir())) < 2: time.sleep(0.01)\nprint('met'); sys.exit({code})"
        )
        lanes = [
            [step(name, met.format(folder=str(tmp_path), name=name, code=code))] for name, code in [("a", 0), ("b", 4)]
        ]
        assert dev.run_rounds([lanes]) == 1
        shown = capfd.readouterr().out
        assert shown.count("begun\nmet\n") == 2
        assert "FAILED (exit code 4)" in shown

    def test_gives_steps_what_saves_compiling_twice(
        self, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        names = ("NUMBA_CACHE_DIR", "PYTHONDONTWRITEBYTECODE")
        dev.run_rounds([[[step("only", f"import os; print([os.environ.get(name) for name in {names}])")]]])
        assert f"['{dev.KEPT / 'compiled'}', None]" in capfd.readouterr().out


NERVOUS = """
import pathlib
import pytest
HERE = pathlib.Path(__file__).parent
def test_steady(): (HERE / "steady").open("a").write(".")
@pytest.mark.parametrize("number", range({count}))
def test_nervous(number):
    calm = (HERE / "calm").exists()
    if {calms}: (HERE / "calm").touch()
    assert calm
"""


def trial(folder: Path, *, count: int = 1, calms: bool = False) -> dev.Step:
    """A step whose nervous tests fail; with `calms` only at the first try."""
    (folder / "test_trial.py").write_text(NERVOUS.format(count=count, calms=calms))
    name = f"trial-{folder.name}-{os.getpid()}"
    return dev.Step(name, [*dev.pytest(name), "-p", "no:randomly", str(folder / "test_trial.py")])


def tried(step: dev.Step) -> int:
    """How a run of this step ends; nothing of it is kept."""
    try:
        return dev.run_rounds([[[step]]])
    finally:
        shutil.rmtree(dev.failed(step.name), ignore_errors=True)


class TestTryAgain:
    def test_names_what_passes_only_alone(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        assert tried(trial(tmp_path, calms=True)) == 0
        assert "passed only when tried alone: " in capfd.readouterr().out
        assert (tmp_path / "steady").read_text() == "."

    def test_fails_with_what_fails_again(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        assert tried(trial(tmp_path)) == 1
        shown = capfd.readouterr().out
        assert ", again ===" in shown
        assert "FAILED (exit code 1)" in shown

    def test_leaves_many_failures_as_they_are(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        assert tried(trial(tmp_path, count=dev.FEW + 1)) == 1
        assert ", again ===" not in capfd.readouterr().out


class TestDoBench:
    def test_names_what_there_is_when_asked_for_something_else(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert dev.do_bench(["nothing"]) == 2
        assert "There is no benchmark nothing." in capfd.readouterr().out
