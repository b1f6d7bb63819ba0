"""`python -m auctor.worker.compiling` compiles the signals' kernels: a process of its own, behind everything else."""

import os
import signal
import subprocess
import time

from auctor.kit.launch import bound_command, python_command
from auctor.risk import compiled

GENTLE = 19
# The first minute of an installation belongs to whoever waits for its first page.
WAIT_SECONDS = 60.0


def start() -> "subprocess.Popen[bytes] | None":
    """Start it where compiled code is missing; it ends with this process."""
    if not compiled.is_awaited():
        return None
    command = bound_command(python_command("auctor.worker.compiling"), signal.SIGKILL)
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    os.nice(GENTLE)
    time.sleep(WAIT_SECONDS)
    compiled.compile_all()
