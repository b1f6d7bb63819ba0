"""Starting a program so that it cannot outlive the process that started it.

Two walls. The kernel signals the program itself when its parent dies (`setpriv --pdeathsig`, or this
module as a launcher where setpriv is missing). What the program has started in turn does not inherit
that wish, so a watchman, a shell that reads from a pipe, kills whole process groups when the pipe ends.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1

# Each line is "+GROUP" or "-GROUP". At the end of the input (the supervisor is gone, whatever way) every
# group still on the list is asked, given three seconds, and killed. The shell keeps the lock file open while
# it does so: a new supervisor cannot start beside the remains of the old one.
_WATCHMAN = """
groups=' '
while read -r line; do
    case $line in
        +*) groups="$groups${line#+} " ;;
        -*) group=${line#-}; groups="${groups%% $group *} ${groups#* $group }" ;;
    esac
done
for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done
for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    left=
    for group in $groups; do kill -s 0 -- "-$group" 2>/dev/null && left=1; done
    [ "$left" ] || exit 0
    sleep 0.2
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
"""


def python_command(module: str, *arguments: str) -> tuple[str, ...]:
    """Run a module with this Python; `-P` keeps files of the current folder from shadowing the library."""
    return (sys.executable, "-P", "-m", module, *arguments)


def bound_command(command: Sequence[str], death_signal: signal.Signals) -> tuple[str, ...]:
    """The same command, which also receives `death_signal` when the thread that starts it dies."""
    setpriv = shutil.which("setpriv")
    if setpriv:
        return (setpriv, "--pdeathsig", death_signal.name.removeprefix("SIG"), *command)
    return (*python_command(__name__, str(int(death_signal)), str(os.getpid())), *command)


def ask_for_death_signal(number: int) -> None:
    """Ask the kernel to send this process `number` when its parent dies; only Linux can."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


class Watchman:
    """Kills the groups it was told about when this process ends without having told it otherwise."""

    def __init__(self, *, keep_open: Sequence[int] = ()) -> None:
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHMAN],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=tuple(keep_open),
            cwd="/",
            # It outlives nobody and needs nothing; a secret of the environment has no business in it.
            env={"PATH": os.environ.get("PATH", os.defpath)},
        )

    def add(self, group: int) -> None:
        """Put a process group on the list."""
        self._write(f"+{group}\n")

    def remove(self, group: int) -> None:
        """Take a process group off the list: its number may soon belong to somebody else."""
        self._write(f"-{group}\n")

    def close(self) -> None:
        """End the watch; groups still on the list are killed now."""
        if self._shell.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._shell.stdin.close()
        self._shell.wait()

    def _write(self, line: str) -> None:
        assert self._shell.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._shell.stdin.write(line.encode())
            self._shell.stdin.flush()


def _main(arguments: Sequence[str]) -> None:
    number, parent, *command = arguments
    ask_for_death_signal(int(number))
    # The parent may have died before the request was made; nobody would ever send the signal then.
    if os.getppid() != int(parent):
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 (replacing this process is the purpose)


if __name__ == "__main__":
    _main(sys.argv[1:])
