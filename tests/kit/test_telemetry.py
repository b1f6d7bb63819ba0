"""Spans reach a collector: a real process sends them to a real server."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

PROGRAM = """
import sys
from opentelemetry import trace
from auctor.kit import telemetry
telemetry.configure(sys.argv[1])
with trace.get_tracer("test").start_as_current_span("risk.scan_touched", attributes={"job_id": 7}):
    pass
if sys.argv[1]:
    trace.get_tracer_provider().shutdown()
print("opentelemetry.sdk" in sys.modules)
"""


@dataclass
class Collected:
    """What a collector received: addresses and bodies."""

    origin: str
    received: list[tuple[str, bytes]] = field(default_factory=list)


@pytest.fixture
def collector() -> Iterator[Collected]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collected.received.append((self.path, body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    collected = Collected(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield collected
    server.shutdown()
    thread.join()
    server.server_close()


def run(endpoint: str) -> str:
    words = [sys.executable, "-P", "-c", PROGRAM, endpoint]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OTEL_")}
    return subprocess.run(words, check=True, capture_output=True, text=True, env=environment).stdout.strip()


class TestConfigure:
    def test_sends_spans_with_their_ids(self, collector: Collected) -> None:
        run(f"{collector.origin}/")
        (address, body), *_ = collector.received
        assert address == "/v1/traces"
        assert b"risk.scan_touched" in body
        assert b"job_id" in body

    def test_loads_nothing_without_a_collector(self) -> None:
        assert run("") == "False"
