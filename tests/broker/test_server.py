"""The socket: a closed set of questions, for processes of the same user."""

import os
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from auctor.broker.server import AskedWrong, to_actor
from auctor.connectors import asking, frames
from auctor.connectors.refusals import VendorError
from auctor.kit.ids import uuid7
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import ActorKind
from tests.broker.benches import Bench


def raw(sent: bytes) -> bytes:
    """What comes back for these bytes."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(30)
        line.connect(str(Path(settings.AUCTOR_DATA).joinpath(*frames.SOCKET)))
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        found = b""
        while part := line.recv(65536):
            found += part
        return found


class TestServe:
    def test_is_for_the_owner_alone(self, bench: Bench) -> None:
        path = Path(settings.AUCTOR_DATA).joinpath(*frames.SOCKET)
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert path.stat().st_uid == os.geteuid()

    @pytest.mark.parametrize(
        "sent",
        [b"", b"\0", b"\xff\xff\xff\xff", b"\0\0\0\x02", b"\0\0\0\x02{}", b"\0\0\0\x02[]", frames.pack({"op": "x"})],
    )
    def test_survives_whatever_is_sent(self, bench: Bench, sent: bytes) -> None:
        answer = raw(sent)
        assert answer == b"" or "error" in frames.unpack(answer[4:])
        assert asking.ask(bench.company.system, "ping") == {"ok": True}

    @pytest.mark.parametrize("op", ["", "open_token", "answer", "__class__", "_call", "sql"])
    def test_does_nothing_beyond_the_closed_set(self, bench: Bench, op: str) -> None:
        with pytest.raises(VendorError, match="does not do that"):
            asking.ask(bench.company.system, op)

    @pytest.mark.parametrize(
        "words",
        [{}, {"connection": "x"}, {"connection": 7}, {"connection": str(uuid7()), "operation": ["deals.list"]}],
    )
    def test_refuses_questions_that_lack_a_part(self, bench: Bench, words: dict[str, Any]) -> None:
        with pytest.raises(VendorError):
            asking.ask(bench.company.system, "call", **words)

    def test_never_answers_with_a_token(self, bench: Bench) -> None:
        made = bench.connect()
        asked = asking._actor(bench.company.system)
        words = {"op": "call", "actor": asked, "connection": str(made.id), "operation": "account"}
        answer = raw(frames.pack(words))
        assert b"portalId" in answer
        assert b"access-" not in answer
        assert b"refresh-" not in answer


class TestToActor:
    def test_is_who_asked(self) -> None:
        workspace, user = uuid7(), uuid7()
        words = {"kind": "person", "role": "owner", "workspace": str(workspace), "user": str(user), "request": "r1"}
        actor = to_actor(words)
        assert (actor.kind, actor.role, actor.request_id) == (ActorKind.PERSON, Role.OWNER, "r1")
        assert (actor.workspace_id, actor.user_id, actor.member_id) == (workspace, user, None)

    @pytest.mark.parametrize(
        "words",
        [
            None,
            {},
            {"kind": "person"},
            {"kind": "root", "workspace": str(uuid7())},
            {"workspace": "x", "kind": "system"},
        ],
    )
    def test_refuses_nobody(self, words: object) -> None:
        with pytest.raises(AskedWrong):
            to_actor(words)
