import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from auctor.kit.children import ChildRunner, Failure, Limits

# What a child may do to its parent, chosen by the message.
BEHAVIOUR = """
import ctypes, os, resource, signal, subprocess, sys, time

count = 0

def answer(message):
    global count
    count += 1
    word, _, rest = message.partition(b" ")
    return globals()["do_" + word.decode()](rest)

def do_echo(rest): return rest
def do_count(rest): return str(count).encode()
def do_pid(rest): return str(os.getpid()).encode()
def do_sleep(rest): time.sleep(60)
def do_spin(rest):
    while True: pass
def do_raise(rest): raise ValueError(f"the text of the message: {rest}")
def do_exit(rest): sys.exit(3)
def do_crash(rest): ctypes.string_at(0)
def do_vanish(rest): os._exit(0)
def do_long(rest): return b"x" * int(rest)
def do_text(rest): return "text"
def do_eat(rest): return bytes(2 * 1024 ** 3)[:1]
def do_print(rest):
    print("A" * 100_000, flush=True)
    print("B" * 100_000, file=sys.stderr, flush=True)
    return b"printed"
def do_write(rest):
    with open(rest, "wb") as file:
        file.write(b"some")
    return b"written"
def do_core(rest): return str(resource.getrlimit(resource.RLIMIT_CORE)).encode()
def do_environment(rest): return repr(sorted(os.environ)).encode()
def do_grandchild(rest):
    return str(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid).encode()

def pipe():
    return max(number for number in range(3, 16) if os.path.exists(f"/proc/self/fd/{number}")
               and not os.get_inheritable(number) and "pipe" in os.readlink(f"/proc/self/fd/{number}"))
def do_forge(rest):
    os.write(pipe(), b"A\\0\\0\\0\\4mine" * 2)
    return b"own"
def do_garbage(rest):
    os.write(pipe(), b"\\xff\\0\\0\\0\\0")
    return b""
def do_huge(rest):
    os.write(pipe(), b"A\\xff\\xff\\xff\\xff")
    return b""

def enter(): pass
def enter_and_note(): open("/dev/null").close()
def cannot_enter(): raise OSError("no landlock here")
def exits(): raise SystemExit(0)
"""

Make = Callable[..., ChildRunner]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    (tmp_path / "behaviour.py").write_text(BEHAVIOUR)
    (tmp_path / "broken.py").write_text("raise RuntimeError('cannot be imported')")
    with ExitStack() as stack:

        def runner(function: str = "behaviour:answer", sandbox: str | None = None, **limits: float) -> ChildRunner:
            made = ChildRunner(function, sandbox=sandbox, limits=Limits(**limits), folders=[tmp_path])  # type: ignore[arg-type]
            return stack.enter_context(made)

        yield runner


def is_alive(number: int) -> bool:
    stat = Path(f"/proc/{number}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


class TestAsk:
    def test_returns_what_the_function_returns(self, make: Make) -> None:
        assert make().ask(b"echo some bytes\x00\xff") == b"some bytes\x00\xff"

    def test_carries_messages_larger_than_a_pipe(self, make: Make) -> None:
        message = os.urandom(1_000_000)
        assert make(answer_bytes=1_000_000).ask(b"echo " + message) == message

    def test_carries_an_empty_message_and_answer(self, make: Make) -> None:
        assert make().ask(b"echo ") == b""

    @pytest.mark.parametrize(
        ("message", "failure"),
        [
            (b"raise the text", Failure.RAISED),
            (b"unknown", Failure.RAISED),
            (b"exit", Failure.RAISED),
            (b"text", Failure.RAISED),
            (b"eat", Failure.NO_MEMORY),
            (b"sleep", Failure.TIMED_OUT),
            (b"spin", Failure.TIMED_OUT),
            (b"crash", Failure.DIED),
            (b"vanish", Failure.DIED),
            (b"long 300000", Failure.ANSWER_TOO_LARGE),
            (b"huge", Failure.ANSWER_TOO_LARGE),
            (b"garbage", Failure.BAD_ANSWER),
            (b"echo " + bytes(3_000_000), Failure.MESSAGE_TOO_LARGE),
        ],
        ids=lambda value: bytes(value[:20]).decode() if isinstance(value, bytes) else str(value),
    )
    def test_tells_a_failure_by_its_code_and_goes_on(self, make: Make, message: bytes, failure: Failure) -> None:
        runner = make(message_seconds=0.5)
        assert runner.ask(b"echo before") == b"before"
        assert runner.ask(message) is failure
        assert runner.ask(b"echo after") == b"after"

    def test_ends_a_child_that_uses_up_its_processor_time(self, make: Make) -> None:
        assert make(cpu_seconds=1, message_seconds=10).ask(b"spin") is Failure.DIED

    def test_does_not_take_a_forged_answer_for_the_next_message(self, make: Make) -> None:
        runner = make()
        assert runner.ask(b"forge") == b"mine"
        assert runner.ask(b"echo next") is Failure.BAD_ANSWER
        assert runner.ask(b"echo next") == b"next"

    def test_loses_what_the_function_prints(self, make: Make, capfd: pytest.CaptureFixture[str]) -> None:
        assert make().ask(b"print") == b"printed"
        assert capfd.readouterr() == ("", "")

    def test_lets_no_file_be_written(self, make: Make, tmp_path: Path) -> None:
        target = tmp_path / "target"
        assert not isinstance(make().ask(b"write " + bytes(target)), bytes)
        assert not target.exists() or target.stat().st_size == 0

    def test_gives_the_child_nothing_of_the_environment(self, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SOME_SECRET", "value")
        assert make().ask(b"environment") == b"['LC_ALL', 'PYTHONDONTWRITEBYTECODE', 'PYTHONPATH']"

    def test_leaves_no_core(self, make: Make) -> None:
        assert make().ask(b"core") == b"(0, 0)"


class TestBatch:
    def test_is_one_child_until_its_messages_are_used_up(self, make: Make) -> None:
        runner = make(messages=3)
        assert [runner.ask(b"count") for _ in range(7)] == [b"1", b"2", b"3", b"1", b"2", b"3", b"1"]

    def test_is_one_child_until_its_time_is_over(self, make: Make) -> None:
        runner = make(seconds=0.5)
        assert runner.ask(b"count") == b"1"
        time.sleep(0.6)
        assert runner.ask(b"count") == b"1"

    def test_is_not_ended_by_a_message_that_raises(self, make: Make) -> None:
        runner = make()
        assert [runner.ask(b"raise"), runner.ask(b"count")] == [Failure.RAISED, b"2"]


class TestSandbox:
    def test_is_entered_before_the_first_message(self, make: Make) -> None:
        assert make(sandbox="behaviour:enter").ask(b"count") == b"1"

    @pytest.mark.parametrize("sandbox", ["behaviour:cannot_enter", "behaviour:exits"])
    def test_refuses_every_message_when_it_cannot_be_entered(self, make: Make, sandbox: str) -> None:
        runner = make(sandbox=sandbox)
        assert [runner.ask(b"echo one"), runner.ask(b"echo two")] == [Failure.NO_SANDBOX] * 2

    @pytest.mark.parametrize("sandbox", ["behaviour:unknown", "unknown:enter", "broken:enter"])
    def test_refuses_every_message_when_it_does_not_exist(self, make: Make, sandbox: str) -> None:
        assert make(sandbox=sandbox).ask(b"echo one") is Failure.NOT_STARTED


class TestStart:
    @pytest.mark.parametrize("function", ["behaviour:unknown", "unknown:answer", "broken:answer", ""])
    def test_fails_with_a_code_when_there_is_no_function(self, make: Make, function: str) -> None:
        assert make(function).ask(b"echo one") is Failure.NOT_STARTED

    def test_fails_with_a_code_when_it_takes_too_long(self, make: Make) -> None:
        assert make(start_seconds=0.0).ask(b"echo one") is Failure.NOT_STARTED


class TestClose:
    def test_ends_the_child_and_what_it_started(self, make: Make) -> None:
        runner = make(open_files=64)
        child, grandchild = runner.ask(b"pid"), runner.ask(b"grandchild")
        assert isinstance(child, bytes)
        assert isinstance(grandchild, bytes)
        runner.close()
        time.sleep(0.1)
        assert not is_alive(int(child))
        assert not is_alive(int(grandchild))

    def test_may_be_called_twice(self, make: Make) -> None:
        runner = make()
        runner.ask(b"echo one")
        runner.close()
        runner.close()


class TestSpeed:
    def test_adds_less_than_a_millisecond_to_a_message(self, make: Make) -> None:
        runner = make(messages=2000)
        runner.ask(b"echo ")
        start = time.perf_counter()
        for _ in range(1000):
            runner.ask(b"echo " + bytes(10_000))
        assert (time.perf_counter() - start) / 1000 < 0.001
