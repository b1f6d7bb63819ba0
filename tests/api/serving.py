"""The product's own web server and sealer as processes on the test's database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from auctor.cli import web_server
from auctor.config.environment import Environment
from auctor.kit.ports import is_listening


@dataclass(frozen=True)
class Served:
    """Where the server answers, and what its clients trust."""

    origin: str
    authority: Path
    log: Path


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """granian with TLS and the sealer; both are gone afterwards. Logs go to the folder."""
    env = Environment(port=free_port())
    where = settings.AUCTOR_SERVER
    words = {
        **os.environ,
        "AUCTOR_PORT": str(env.port),
        "AUCTOR_DATABASE_ADDRESS": f"postgresql:///{where.dbname}?host={where.host}",
    }
    with ExitStack() as stack:
        stack.enter_context(_process([sys.executable, "-P", "-m", "auctor.audit.seal"], words, folder / "seal.log"))
        log = folder / "web.log"
        web = stack.enter_context(_process(web_server.command(env), words, log))
        deadline = time.monotonic() + 60
        while not is_listening("127.0.0.1", env.port):
            assert web.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield Served(f"https://localhost:{env.port}", env.data / "certificates" / "authority.pem", log)


@contextmanager
def _process(words: Sequence[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(words, env=environment, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
