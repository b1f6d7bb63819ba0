"""Everything here runs real processes: a supervisor in one of its own, told what to do by a small program."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auctor.kit.lockfile import FolderLock
from auctor.kit.supervise import Child, ChildFailed, Owner, Supervisor
from tests.waiting import wait_until

PROGRAM = """
import sys, time, signal
from pathlib import Path
from auctor.kit.supervise import Child, Supervisor

folder = Path(sys.argv[1])

def child(name, code, **options):
    return Child(name=name, command=(sys.executable, "-P", "-c", code), **options)

def sleeper(name, before="", **options):
    mark = folder / f"{name}.pid"
    code = f"import os,time,signal,subprocess,sys\\n{before}\\n"
    code += f"open({str(folder / (name + '.pids'))!r}, 'a').write(f'{{os.getpid()}}\\\\n')\\n"
    code += f"open({str(mark)!r}, 'w').write(str(os.getpid()))\\ntime.sleep(600)"
    return child(name, code, ready=mark.exists, **options)
"""

# A child whose own child ignores polite requests: a server with stubborn workers.
STUBBORN = (
    "worker = subprocess.Popen([sys.executable, '-P', '-c', "
    "'import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)']); "
    "open(os.path.join({folder!r}, 'grandchild.pid'), 'w').write(str(worker.pid)); "
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
)


def is_alive(number: int) -> bool:
    try:
        stat = Path(f"/proc/{number}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def read_number(path: Path) -> int:
    wait_until(lambda: path.exists() and path.read_text().strip() != "")
    return int(path.read_text())


Launch = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Start a program that supervises; whatever it leaves is killed after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(body: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM + textwrap.dedent(body), str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


class TestStart:
    def test_waits_until_each_child_is_ready_and_keeps_the_order(self, launch: Launch, tmp_path: Path) -> None:
        program = launch(
            """
            with Supervisor(folder) as supervisor:
                supervisor.start(sleeper("first", "time.sleep(0.3)"))
                assert (folder / "first.pid").exists()
                supervisor.start(sleeper("second"))
                print(sorted(supervisor.processes()), flush=True)
            """
        )
        output, _ = program.communicate(timeout=20)
        assert program.returncode == 0, output
        assert "['first', 'second']" in output

    def test_waits_for_what_was_launched_when_it_is_asked_to(self, launch: Launch, tmp_path: Path) -> None:
        program = launch(
            """
            slow, quick = sleeper("slow", "time.sleep(1)"), sleeper("quick")
            with Supervisor(folder) as supervisor:
                supervisor.launch(slow)
                supervisor.start(quick)
                print("slow is there:", (folder / "slow.pid").exists(), flush=True)
                supervisor.wait_until_ready(slow)
                print("slow is there:", (folder / "slow.pid").exists(), flush=True)
            """
        )
        output, _ = program.communicate(timeout=20)
        assert output.split("\n")[:2] == ["slow is there: False", "slow is there: True"]

    def test_tells_the_last_words_of_a_child_that_fails(self, tmp_path: Path) -> None:
        broken = Child(
            name="broken",
            command=(sys.executable, "-c", "print('no such database'); raise SystemExit(3)"),
            ready=lambda: False,
        )
        with pytest.raises(ChildFailed) as caught, Supervisor(tmp_path) as supervisor:
            supervisor.start(broken)
        assert "exit code 3" in str(caught.value)
        assert "no such database" in str(caught.value)
        assert str(tmp_path / "logs" / "broken.log") in str(caught.value)

    def test_gives_up_on_a_child_that_never_becomes_ready(self, tmp_path: Path) -> None:
        slow = Child(name="slow", command=("sleep", "60"), ready=lambda: False, ready_within=0.3)
        with pytest.raises(ChildFailed, match=r"not ready after 0\.3 s"), Supervisor(tmp_path) as supervisor:
            supervisor.start(slow)

    def test_names_a_program_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(ChildFailed, match="ended while starting"), Supervisor(tmp_path) as supervisor:
            supervisor.start(Child(name="none", command=("/nowhere/program",), ready=lambda: False))

    def test_keeps_the_logs_to_their_owner(self, tmp_path: Path) -> None:
        with Supervisor(tmp_path) as supervisor:
            supervisor.start(Child(name="quiet", command=("sleep", "60")))
            assert (tmp_path / "logs" / "quiet.log").stat().st_mode & 0o777 == 0o600

    def test_runs_python_without_the_current_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from auctor.kit.launch import python_command

        (tmp_path / "json.py").write_text("raise SystemExit('the shadow was imported')")
        monkeypatch.chdir(tmp_path)
        done = subprocess.run(python_command("json.tool", "--help"), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_leaves_quietly_when_a_stop_signal_comes_before_the_watch(
        self, launch: Launch, tmp_path: Path, number: signal.Signals
    ) -> None:
        program = launch(
            """
            with Supervisor(folder) as supervisor:
                supervisor.start(sleeper("first"))
                time.sleep(60)
            print("stopped", supervisor.stopped)
            """
        )
        child = read_number(tmp_path / "first.pid")
        time.sleep(0.2)
        program.send_signal(number)
        output, _ = program.communicate(timeout=10)
        assert output == "stopped True\n"
        assert not is_alive(child)


class TestWatch:
    def test_starts_a_dead_child_again(self, launch: Launch, tmp_path: Path) -> None:
        program = launch(
            """
            with Supervisor(folder, notice=lambda line: print(line, flush=True)) as supervisor:
                supervisor.start(sleeper("server"))
                supervisor.watch()
            """
        )
        first = read_number(tmp_path / "server.pid")
        time.sleep(0.3)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: len((tmp_path / "server.pids").read_text().split()) == 2, seconds=60)
        program.terminate()
        output, _ = program.communicate(timeout=10)
        assert program.returncode == 0
        assert "server was killed by SIGKILL; starting it again in 0.5 s" in output

    def test_clears_the_workers_of_a_dead_child_before_starting_again(self, launch: Launch, tmp_path: Path) -> None:
        launch(
            f"""
            with Supervisor(folder) as supervisor:
                supervisor.start(sleeper("server", {STUBBORN.format(folder=str(tmp_path))!r}))
                supervisor.watch()
            """
        )
        server, worker = read_number(tmp_path / "server.pid"), read_number(tmp_path / "grandchild.pid")
        time.sleep(0.3)
        os.kill(server, signal.SIGKILL)
        wait_until(lambda: not is_alive(worker), seconds=60)

    def test_gives_up_with_a_paragraph_after_repeated_deaths(self, launch: Launch, tmp_path: Path) -> None:
        program = launch(
            """
            with Supervisor(folder) as supervisor:
                supervisor.start(sleeper("database"))
                supervisor.start(child("doomed", "raise SystemExit('disk is full')", restarts=2))
                supervisor.watch()
            """
        )
        output, _ = program.communicate(timeout=20)
        assert program.returncode == 1
        assert "doomed ended with exit code 1, 3 times in a row. Its last words:" in output
        assert "disk is full" in output
        assert not is_alive(read_number(tmp_path / "database.pid"))


class TestStop:
    def test_goes_in_reverse_order(self, launch: Launch, tmp_path: Path) -> None:
        note = "signal.signal(signal.SIGTERM, lambda *_: (open({file!r}, 'a').write({name!r}), sys.exit(0)))"
        file = str(tmp_path / "order")
        program = launch(
            f"""
            with Supervisor(folder) as supervisor:
                supervisor.start(sleeper("database", {note.format(file=file, name="database ")!r}))
                supervisor.start(sleeper("web", {note.format(file=file, name="web ")!r}))
                supervisor.watch()
            """
        )
        read_number(tmp_path / "web.pid")
        time.sleep(0.3)
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=10)
        assert (tmp_path / "order").read_text() == "web database "

    def test_kills_what_does_not_stop_within_its_limit(self, launch: Launch, tmp_path: Path) -> None:
        program = launch(
            f"""
            with Supervisor(folder) as supervisor:
                stubborn = {STUBBORN.format(folder=str(tmp_path))!r}
                supervisor.start(sleeper("stubborn", stubborn, stop_within=0.5))
                supervisor.watch()
            """
        )
        stubborn, worker = read_number(tmp_path / "stubborn.pid"), read_number(tmp_path / "grandchild.pid")
        time.sleep(0.3)
        program.terminate()
        program.communicate(timeout=5)
        assert not is_alive(stubborn)
        assert not is_alive(worker)

    def test_does_not_wait_after_a_second_signal(self, launch: Launch, tmp_path: Path) -> None:
        ignoring = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
        program = launch(
            f"""
            with Supervisor(folder) as supervisor:
                supervisor.start(sleeper("stubborn", {ignoring!r}, stop_within=60))
                supervisor.watch()
            """
        )
        read_number(tmp_path / "stubborn.pid")
        time.sleep(0.3)
        program.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert program.poll() is None
        program.send_signal(signal.SIGINT)
        assert wait_until(lambda: program.poll() is not None, seconds=3) < 3

    def test_is_not_needed_by_a_killed_supervisor(self, launch: Launch, tmp_path: Path) -> None:
        program = launch(
            f"""
            with Supervisor(folder) as supervisor:
                supervisor.start(sleeper("database"))
                supervisor.start(sleeper("stubborn", {STUBBORN.format(folder=str(tmp_path))!r}))
                supervisor.watch()
            """
        )
        names = ("database", "stubborn", "grandchild")
        left = [read_number(tmp_path / f"{name}.pid") for name in names]
        program.kill()
        wait_until(lambda: not any(is_alive(number) for number in left), seconds=60)

    def test_frees_the_folder_only_when_the_remains_of_a_killed_one_are_gone(
        self, launch: Launch, tmp_path: Path
    ) -> None:
        program = launch(
            f"""
            with Supervisor(folder) as supervisor:
                supervisor.start(sleeper("stubborn", {STUBBORN.format(folder=str(tmp_path))!r}))
                supervisor.watch()
            """
        )
        left = [read_number(tmp_path / "stubborn.pid"), read_number(tmp_path / "grandchild.pid")]
        program.kill()
        program.wait()
        lock = FolderLock(tmp_path)
        lock.acquire()
        assert not any(is_alive(number) for number in left)
        lock.release()

    @pytest.mark.parametrize("hidden", ["setpriv", "watchman"])
    def test_holds_with_one_wall_missing(self, launch: Launch, tmp_path: Path, hidden: str) -> None:
        program = launch(
            f"""
            import os
            if {hidden!r} == "setpriv":
                os.environ["PATH"] = str(folder)
            with Supervisor(folder) as supervisor:
                supervisor.start(sleeper("server"))
                if {hidden!r} == "watchman":
                    supervisor._watchman._shell.kill()
                supervisor.watch()
            """
        )
        server = read_number(tmp_path / "server.pid")
        time.sleep(0.3)
        program.kill()
        wait_until(lambda: not is_alive(server), seconds=60)


class TestOwner:
    def test_is_the_user_that_the_child_runs_as(self, tmp_path: Path) -> None:
        other = Child(name="other", command=("sleep", "600"), owner=Owner(65534, 65534))
        with Supervisor(tmp_path) as supervisor:
            if os.geteuid() != 0:
                with pytest.raises(ChildFailed, match="could not be started"):
                    supervisor.start(other)
                return
            supervisor.start(other)
            number = supervisor.processes()["other"]
            assert "Uid:\t65534\t65534\t65534\t65534" in Path(f"/proc/{number}/status").read_text()
            assert "Groups:\t \n" in Path(f"/proc/{number}/status").read_text()
        assert not is_alive(number)
