import os
import subprocess
import sys
from pathlib import Path

import pytest

from auctor.kit.lockfile import AlreadyRunning, FolderLock, find_holder

HOLD = """
import sys, time
from pathlib import Path
from auctor.kit.lockfile import FolderLock
lock = FolderLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
time.sleep(600)
"""


class TestFolderLock:
    def test_names_the_process_that_holds_the_folder(self, tmp_path: Path) -> None:
        with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            assert find_holder(tmp_path) == holder.pid
            with pytest.raises(AlreadyRunning, match=f"Already running, process {holder.pid}"):
                FolderLock(tmp_path).acquire()
            holder.kill()

    def test_is_free_after_its_holder_was_killed(self, tmp_path: Path) -> None:
        with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            holder.kill()
        assert find_holder(tmp_path) is None
        lock = FolderLock(tmp_path)
        lock.acquire()
        lock.release()


class TestFindHolder:
    def test_is_nobody_after_a_release(self, tmp_path: Path) -> None:
        lock = FolderLock(tmp_path)
        lock.acquire()
        assert find_holder(tmp_path) == os.getpid()
        lock.release()
        assert find_holder(tmp_path) is None

    def test_is_nobody_in_a_folder_that_does_not_exist(self, tmp_path: Path) -> None:
        assert find_holder(tmp_path / "nothing") is None
