"""One HTTP/1.1 server on loopback for one vendor; faults happen here, on the wire."""

import socket
import time
from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from auctor.twins.ground import control
from auctor.twins.ground.faults import Rule
from auctor.twins.ground.ledger import Entry
from auctor.twins.ground.messages import Answer, Request
from auctor.twins.ground.twin import Twin

HOST = "127.0.0.1"
GATEWAY_PAGE = (
    b"<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>Please stand by</h1></body></html>"
)
LARGEST_BODY = 64 * 1024 * 1024
REASONS = {status.value: status.phrase for status in HTTPStatus}


class Server(ThreadingHTTPServer):
    """Serves one twin, which is set before the first request; `port` 0 takes a free one."""

    daemon_threads = True
    block_on_close = False
    # Fifty workers that meet an expired token come at once.
    request_queue_size = 256
    twin: Twin

    def __init__(self, port: int = 0) -> None:
        """Raises OSError when the port is taken."""
        super().__init__((HOST, port), Exchange)
        self._open: set[socket.socket] = set()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.server_address[1]}"

    def start(self) -> None:
        """Serve in a thread of this process."""
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Stop serving; connections that are kept alive are closed."""
        self.shutdown()
        for connection in list(self._open):
            _cut(connection)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection until it ends."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to tell; anything else is."""
        import sys

        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Exchange(BaseHTTPRequestHandler):
    """The requests of one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 300
    server: Server

    def handle_one_request(self) -> None:
        """Read one request, answer it, and see whether another follows."""
        self.raw_requestline = self.rfile.readline(65_537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        given = self.headers.get("Content-Length") or "0"
        length = int(given) if given.isdigit() else LARGEST_BODY + 1
        if length > LARGEST_BODY or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            self._send(Answer(411))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.rfile.read(length))
        if request.path.startswith(control.DOOR):
            self._send(control.answer(self.server.twin, request))
        else:
            self._play(request)
        self.server.twin.afterwards()

    def _play(self, request: Request) -> None:
        twin = self.server.twin
        with twin.lock:
            entry = twin.ledger.note(request, twin.clock.now().isoformat())
            fault = twin.plan.take(request.method, request.path)
            entry.fault = fault.kind if fault else ""
            answer = None if fault and fault.kind == "cut_before" else self._answer(request, entry, fault)
            entry.status = answer.status if answer and not (fault and fault.kind == "cut_after") else 0
            twin.ledger.count(entry)
        if answer is None or entry.status == 0:
            self._hang_up()
            return
        self._send_faultily(answer, fault)

    def _answer(self, request: Request, entry: Entry, fault: Rule | None) -> Answer:
        twin = self.server.twin
        route = twin.router.find(request)
        entry.route = route.name if route else ""
        if fault and fault.kind == "status":
            answer = twin.refuse(fault.status or 500)
            if fault.retry_after:
                answer.headers["Retry-After"] = fault.retry_after
            return answer
        if fault and fault.kind == "html":
            return Answer(fault.status or 502, GATEWAY_PAGE, {"Content-Type": "text/html"})
        return twin.answer(request, route) if route else twin.unknown(request)

    def _send_faultily(self, answer: Answer, fault: Rule | None) -> None:
        if fault and fault.kind == "stall":
            time.sleep(fault.seconds)
        skew = timedelta(seconds=fault.seconds) if fault and fault.kind == "skew" else timedelta()
        whole = self._to_wire(answer, skew)
        if fault and fault.kind == "half":
            self.wfile.write(whole[: -max(1, len(answer.body) // 2)])
            self._hang_up()
            return
        self.wfile.write(whole)

    def _send(self, answer: Answer) -> None:
        self.wfile.write(self._to_wire(answer, timedelta()))

    def _to_wire(self, answer: Answer, skew: timedelta) -> bytes:
        moment = format_datetime((self.server.twin.clock.shown() + skew).replace(microsecond=0), usegmt=True)
        lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, '-')}", f"Date: {moment}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if answer.status not in (204, 304):
            lines.append(f"Content-Length: {len(answer.body)}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        return head + (b"" if self.command == "HEAD" else answer.body)

    def _hang_up(self) -> None:
        self.close_connection = True
        _cut(self.connection)


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
