import socket

import pytest

from auctor.kit.ports import PortInUse, is_listening, require_free_port


@pytest.fixture
def listening() -> "socket.socket":
    """A listener that shares its port, as servers with several processes do."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


class TestRequireFreePort:
    def test_names_the_port_that_somebody_shares(self, listening: socket.socket) -> None:
        port = listening.getsockname()[1]
        with listening, pytest.raises(PortInUse, match=f"Port {port} cannot be listened on"):
            require_free_port("127.0.0.1", port)

    def test_is_content_when_the_listener_has_gone(self, listening: socket.socket) -> None:
        port = listening.getsockname()[1]
        listening.close()
        require_free_port("127.0.0.1", port)


class TestIsListening:
    def test_tells_whether_somebody_accepts(self, listening: socket.socket) -> None:
        port = listening.getsockname()[1]
        with listening:
            assert is_listening("127.0.0.1", port)
        assert not is_listening("127.0.0.1", port)
