"""The commands behind ./dev, for people who have a checkout.

Standard library only, so that it can speak even when the environment is broken. Every command is a
function in COMMANDS; everything it runs is printed before it runs.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTHON = [sys.executable, "-P"]
SOURCES = ["src", "tests", "tools", "bench"]
SLOW_TESTS = ["tests/browser", "tests/journeys"]
# Tests that ask the database for nothing of their own: what the floors below store and read is tried there, and that
# has to pass on a second engine. CONTRIBUTING.md states the rule.
INCIDENTAL = ["tests/web", "tests/api", "tests/cli", "tests/bad_input", "tests/round_trip"]
INCIDENTAL += [f"tests/risk/test_{name}.py" for name in ("learn", "replay", "scoring")]
# One more than the two cores that are the floor: a test often waits for a process of its own.
# Who has nothing left takes from the others: single tests wait for half a minute.
PROCESSES = ["-n", "3", "--dist", "worksteal"]
# What runs keep for the next one: compiled kernels, migrated clusters.
KEPT = ROOT / ".cache"
# More failures than this are no accident of a busy machine.
FEW = 8
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")
LOCKS = {
    "locks/runtime.txt": ["pyproject.toml"],
    "locks/dev.txt": ["pyproject.toml", "--group", "dev"],
    "locks/uv.txt": ["locks/uv.in"],
}


@dataclass(frozen=True)
class Step:
    """One program of a run: its name on screen, its words, what it needs from the machine."""

    name: str
    words: Sequence[str]
    needs: Sequence[str] = ()
    environment: dict[str, str] = field(default_factory=dict)


# Steps after each other, and such lanes beside each other.
Lane = list[Step]
Round = list[Lane]


@dataclass(frozen=True)
class Outcome:
    """How one step ended and how long it took; `again` are the tests that passed only when tried alone."""

    name: str
    code: int
    seconds: float
    again: Sequence[str] = ()


# What a step may need from Debian: the package, and how to see that it is there.
PACKAGES: dict[str, Callable[[], bool]] = {
    "chromium": lambda: shutil.which("chromium") is not None,
    "postgresql": lambda: any(DEBIAN_POSTGRES.glob("*/bin/initdb")),
}


def existing(paths: Sequence[str]) -> list[str]:
    """Those of the paths that are there: a checkout may lack a folder that nobody needs yet."""
    return [path for path in paths if (ROOT / path).exists()]


def quick_steps() -> list[Step]:
    """What needs neither a database nor a browser."""
    sources = existing(SOURCES)
    return [
        Step("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
        Step("lint", [str(BIN / "ruff"), "check", "--quiet", "."]),
        Step("types", [*PYTHON, "-m", "mypy", *sources]),
        Step("imports", [str(BIN / "lint-imports"), "--no-logo"]),
        Step("docs", [*PYTHON, "-m", "tools.reference", "--check"]),
    ]


def test_steps() -> list[Step]:
    """Everything that ./dev test runs."""
    return [step for lanes in test_rounds() for lane in lanes for step in lane]


def test_rounds() -> list[Round]:
    """The same in the order of the run: two lanes at a time, so that neither core waits for the other's step.

    Kernels come before everything that would compile them again.
    """
    slow = existing(SLOW_TESTS)
    left_out = [f"--ignore={path}" for path in slow]
    tests = Step("tests", [*pytest("tests"), *PROCESSES, *left_out, "tests"])
    left_out += [f"--ignore={path}" for path in INCIDENTAL]
    second = Step(
        "second-engine",
        [*pytest("second-engine"), *PROCESSES, "-m", "database", *left_out, "tests"],
        needs=["postgresql"],
        environment={"AUCTOR_TEST_ENGINE": "debian"},
    )
    whole = []
    if "tests/browser" in slow:
        # One process, because it drives one browser on one installation.
        whole.append(Step("browser", [*pytest("browser"), "tests/browser"], needs=["chromium"]))
    if "tests/journeys" in slow:
        whole.append(Step("journeys", [*pytest("journeys"), "tests/journeys"], needs=["postgresql"]))
    kernels = Step("kernels", [*PYTHON, "-m", "tools.kernels"])
    sizes = Step("sizes", [*PYTHON, "-m", "tools.sizes"])
    return [[[*quick_steps(), sizes], [kernels]], [[tests, second], whole]]


def pytest(step: str) -> list[str]:
    """Run tests, and keep which of them failed."""
    return [*PYTHON, "-m", "pytest", "-q", "-o", f"cache_dir={failed(step)}"]


def failed(step: str) -> Path:
    """Where the tests of a step that failed are kept until the run is over."""
    return KEPT / "failed" / step


def run(words: Sequence[str], environment: dict[str, str] | None = None, output: IO[bytes] | None = None) -> int:
    """Run a command from the root of the repository, return its exit code; it prints to `output` if that is given."""
    variables = {**frugal(), "PYTHONPATH": str(ROOT), **(environment or {})}
    errors = None if output is None else subprocess.STDOUT
    return subprocess.run(list(words), cwd=ROOT, env=variables, stdout=output, stderr=errors, check=False).returncode


def spoken(words: Sequence[str], environment: dict[str, str] | None = None) -> int:
    """Print a command, then run it."""
    say(f"$ {written(words)}")
    return run(words, environment)


def written(words: Sequence[str]) -> str:
    """A command as a person would type it at the root of the repository."""
    return shlex.join(shorten(word) for word in words)


def frugal() -> dict[str, str]:
    """The environment, in which nothing is compiled twice: tests start some hundred processes of Python.

    Each of them would pay three seconds where modules are not kept, and half a minute for the kernels of the signals.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "NUMBA_CACHE_DIR": str(KEPT / "compiled")}


def run_rounds(rounds: Sequence[Round]) -> int:
    """Run all steps, also after a failure, and end with a table. 0 if every one passed.

    Reading the settings makes keys in the data folder; an installation on this machine must not be touched.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="auctor-check-") as data:
        environment = {"AUCTOR_DATA": data}
        outcomes = [outcome for lanes in rounds for outcome in run_round(lanes, environment)]
        steps = {step.name: step for lanes in rounds for lane in lanes for step in lane}
        outcomes = [try_again(steps[outcome.name], outcome, environment) for outcome in outcomes]
    summarise(outcomes, time.monotonic() - began)
    return int(any(outcome.code for outcome in outcomes))


def run_round(lanes: Round, environment: dict[str, str]) -> list[Outcome]:
    """Run lanes beside each other; what a step printed is shown when it has ended, unless it runs alone."""
    busy = [lane for lane in lanes if lane]
    if len(busy) == 1:
        return [run_step(step, environment) for step in busy[0]]
    with ThreadPoolExecutor(max(1, len(busy))) as pool:
        done = pool.map(lambda lane: [run_aside(step, environment) for step in lane], busy)
        return [outcome for outcomes in done for outcome in outcomes]


def run_step(step: Step, environment: dict[str, str]) -> Outcome:
    """Run one step under its heading and take its time."""
    shutil.rmtree(failed(step.name), ignore_errors=True)
    say(f"\n=== {step.name} ===")
    began = time.monotonic()
    code = spoken(step.words, {**environment, **step.environment})
    return Outcome(step.name, code, time.monotonic() - began)


def run_aside(step: Step, environment: dict[str, str]) -> Outcome:
    """Run one step beside others: what it printed comes in one piece, when it has ended."""
    shutil.rmtree(failed(step.name), ignore_errors=True)
    began = time.monotonic()
    with tempfile.TemporaryFile() as output:
        code = run(step.words, {**environment, **step.environment}, output)
        output.seek(0)
        said = output.read().decode(errors="replace").rstrip()
    say("\n".join([f"\n=== {step.name} ===", f"$ {written(step.words)}", *([said] if said else [])]))
    return Outcome(step.name, code, time.monotonic() - began)


def try_again(step: Step, outcome: Outcome, environment: dict[str, str]) -> Outcome:
    """Try few failed tests once more, by themselves, when all else is done.

    Steps run beside each other on machines that others use, too. A test that passes only alone is named at the end and
    wants mending, but does not stop whoever waits for the run; one that fails again does.
    """
    kept = failed(step.name) / "v" / "cache" / "lastfailed"
    if outcome.code != 1 or not kept.exists():
        return outcome
    names = sorted(json.loads(kept.read_text(encoding="utf-8")))
    if not 0 < len(names) <= FEW:
        return outcome
    words = [
        *pytest(step.name),
        "-p",
        "no:randomly",
        "--last-failed",
        "--last-failed-no-failures=none",
        *step.words[-1:],
    ]
    say(f"\n=== {step.name}, again ===")
    code = spoken(words, {**environment, **step.environment})
    return Outcome(step.name, code, outcome.seconds, () if code else names)


def summarise(outcomes: Sequence[Outcome], seconds: float) -> None:
    """One line for each step, and one for the whole run, in which steps overlap."""
    say("\n=== summary ===")
    for outcome in outcomes:
        verdict = "passed" if outcome.code == 0 else f"FAILED (exit code {outcome.code})"
        say(f"{outcome.name:<14} {outcome.seconds:6.1f} s  {verdict}")
        for name in outcome.again:
            say(f"{'':<14} passed only when tried alone: {name}")
    bad = sum(outcome.code != 0 for outcome in outcomes)
    say(f"{'all':<14} {seconds:6.1f} s  {f'{bad} of {len(outcomes)} FAILED' if bad else 'passed'}")


def provide(packages: Sequence[str]) -> bool:
    """Install missing Debian packages when that is allowed; otherwise say what to install."""
    missing = sorted({package for package in packages if not PACKAGES[package]()})
    if not missing:
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"installing {' and '.join(missing)}")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        spoken(["apt-get", "update", "-qq"], quiet)
        spoken(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], quiet)
    still = [package for package in missing if not PACKAGES[package]()]
    if still:
        say(f"The tests need {' and '.join(still)}. Install with: sudo apt-get install {' '.join(still)}")
        say("Or run the steps that do without: ./dev test format lint types imports docs tests")
    return not still


def say(text: str) -> None:
    """Print at once, so that the order on screen is the order of events."""
    print(text, flush=True)


def shorten(word: str) -> str:
    """A path inside the repository as a person would type it."""
    return word.removeprefix(f"{ROOT}/")


def do_up(words: list[str]) -> int:
    """Start everything with a demo workspace; ends with Ctrl-C."""
    os.execv(sys.executable, [*PYTHON, "-m", "auctor", "up", "--demo", *words])


def do_test(words: list[str]) -> int:
    """Run every test there is, or the named steps."""
    steps = {step.name: step for step in test_steps()}
    parser = argparse.ArgumentParser(prog="./dev test", description=do_test.__doc__)
    parser.add_argument("step", nargs="*", help=f"one of: {', '.join(steps)}")
    chosen = parser.parse_args(words).step or list(steps)
    unknown = [name for name in chosen if name not in steps]
    if unknown:
        parser.error(f"there is no step {', '.join(unknown)}; there are {', '.join(steps)}")
    if not provide([package for name in chosen for package in steps[name].needs]):
        return 2
    return run_rounds([[[step for step in lane if step.name in chosen] for lane in lanes] for lanes in test_rounds()])


def do_check(words: list[str]) -> int:
    """Run what needs neither database nor browser: format, lint, types, imports, docs."""
    no_words("check", words)
    return run_rounds([[quick_steps()]])


def do_fix(words: list[str]) -> int:
    """Put the code into the house's format and mend what ruff can mend."""
    no_words("fix", words)
    ruff = str(BIN / "ruff")
    mended = spoken([ruff, "check", "--fix", "--quiet", "."])
    return spoken([ruff, "format", "--quiet", "."]) or mended


def do_bench(words: list[str]) -> int:
    """Run the benchmarks, or the named ones, each alone; figures go to bench/results/."""
    benches = {path.stem: path for path in sorted((ROOT / "bench").glob("[!_]*.py"))}
    unknown = [name for name in words if name not in benches]
    if unknown:
        say(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(benches) or 'none yet'}")
        return 2
    codes = [measure(name) for name in words or benches]
    return int(any(codes))


def measure(name: str) -> int:
    """Run one benchmark; its standard output, one JSON object, becomes bench/results/<name>.json."""
    say(f"\n=== {name} ===")
    words = [*PYTHON, "-m", f"bench.{name}"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True, check=False)
    try:
        figures = json.dumps(json.loads(done.stdout), indent=2)
    except ValueError:
        say(f"{name} printed no JSON (exit code {done.returncode}):\n{done.stdout}")
        return done.returncode or 1
    say(figures)
    results = ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    (results / f"{name}.json").write_text(f"{figures}\n", encoding="utf-8")
    return done.returncode


def do_shot(words: list[str]) -> int:
    """Take a picture of every page: light, dark, wide and 360 px."""
    return spoken([*PYTHON, "-m", "tools.shots", *words]) if provide(["chromium"]) else 2


def do_docs(words: list[str]) -> int:
    """Write docs/reference/ from the code; --check only compares."""
    return spoken([*PYTHON, "-m", "tools.reference", *words])


def do_lock(words: list[str]) -> int:
    """Compile the lock files again: hashes, no addresses. --upgrade takes newer versions."""
    compile_words = [str(BIN / "uv"), "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    plain = ["--no-emit-index-url", "--no-header", "--python-version", "3.11"]
    for lock, inputs in LOCKS.items():
        code = spoken([*compile_words, *plain, *words, *inputs, "--output-file", lock])
        if code:
            return code
    return 0


def do_help(words: list[str]) -> int:
    """Show this list."""
    no_words("help", words)
    say("./dev COMMAND, where COMMAND is one of\n")
    for name, command in COMMANDS.items():
        say(f"  {name:<6} {command.__doc__}")
    say("\nThe product's own command is `auctor`: .venv/bin/auctor --help")
    return 0


def no_words(name: str, words: list[str]) -> None:
    """Refuse arguments that a command would otherwise ignore in silence."""
    argparse.ArgumentParser(prog=f"./dev {name}", description=COMMANDS[name].__doc__).parse_args(words)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "up": do_up,
    "test": do_test,
    "check": do_check,
    "fix": do_fix,
    "bench": do_bench,
    "shot": do_shot,
    "docs": do_docs,
    "lock": do_lock,
    "help": do_help,
}


def main(words: list[str]) -> int:
    """Find the command and run it; without one, show the list."""
    name = words[0] if words else "help"
    if name in ("-h", "--help"):
        name = "help"
    if name not in COMMANDS:
        say(f"./dev knows no command {name!r}.\n")
        do_help([])
        return 2
    try:
        return COMMANDS[name](words[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
