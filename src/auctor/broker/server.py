"""The socket: who may speak, what may be asked, and how it is answered."""

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from auctor.broker.calls import Call, Caller
from auctor.broker.ending import Ender
from auctor.broker.tokens import Keeper
from auctor.connectors import frames, refusals
from auctor.connectors.refusals import VendorError
from auctor.kit.errors import AuctorError
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import Actor, ActorKind

MOST_AT_ONCE = 64
_CREDENTIALS = struct.Struct("3i")


class AskedWrong(AuctorError):
    """A message that asks for nothing there is, or lacks a part."""

    code: ClassVar[str] = "broker.asked_wrong"
    status: ClassVar[int] = 400


@dataclass
class Server:
    """Answers on a socket of this machine, to processes of its own user only."""

    keeper: Keeper
    caller: Caller
    ender: Ender
    say: Callable[[str, str], None]
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_AT_ONCE))

    async def open(self, path: Path) -> asyncio.Server:
        """Listen; the folder and the socket are for the owner alone."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        path.unlink(missing_ok=True)
        mask = os.umask(0o177)
        try:
            return await asyncio.start_unix_server(self.serve, str(path))
        finally:
            os.umask(mask)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One asker, message after message, until it hangs up."""
        try:
            if _user_of(writer) != os.geteuid():
                self.say("warning", "a process of another user was turned away")
                return
            while head := await reader.read(frames.HEAD.size):
                rest = await reader.readexactly(frames.HEAD.size - len(head))
                size = frames.length(head + rest, most=frames.MOST_ASKED)
                asked = frames.unpack(await reader.readexactly(size))
                async with self._places:
                    answer = await self.answer(asked)
                writer.write(frames.pack(answer))
                await writer.drain()
        except (frames.FrameWrong, asyncio.IncompleteReadError, ConnectionError):
            self.say("warning", "an asker hung up in the middle of a message")
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Whatever happens is an answer: no question ends the broker."""
        try:
            do = self._operations().get(str(asked.get("op")), _refuse)
            return await do(to_actor(asked.get("actor")), asked)
        except AuctorError as error:
            return {"error": refusals.to_words(error)}
        except Exception as error:  # noqa: BLE001 - the one place where an asker is told that we failed
            self.say("error", f"{asked.get('op')}: {type(error).__name__}")
            told = VendorError(f"The broker failed ({type(error).__name__}).", mend="Its log says more; try again.")
            return {"error": refusals.to_words(told)}

    def _operations(self) -> dict[str, Callable[[Actor, Mapping[str, Any]], Awaitable[dict[str, Any]]]]:
        """The closed set."""
        return {
            "ping": self._ping,
            "exchange": self._exchange,
            "call": self._call,
            "check": self._check,
            "revoke": self._revoke,
        }

    async def _ping(self, _actor: Actor, _asked: Mapping[str, Any]) -> dict[str, Any]:
        return {"ok": True}

    async def _exchange(self, actor: Actor, asked: Mapping[str, Any]) -> dict[str, Any]:
        code, site = _text(asked, "code", most=4096), _text(asked, "site", most=200)
        connection = _uuid(asked, "connection")
        xid = await self.keeper.exchange(actor, connection, attempt_id=_uuid(asked, "attempt"), code=code, site=site)
        # Whose account it is shows on the page at once; a vendor that fails to say so has let us in all the same.
        with contextlib.suppress(VendorError):
            await self.caller.check(actor, connection)
        return {"ok": True, "xid": xid}

    async def _call(self, actor: Actor, asked: Mapping[str, Any]) -> dict[str, Any]:
        call = Call(
            _text(asked, "operation", most=80), _words(asked, "places"), _words(asked, "query"), asked.get("body")
        )
        assert actor.workspace_id is not None
        return {"answer": await self.caller.call(actor.workspace_id, _uuid(asked, "connection"), call)}

    async def _check(self, actor: Actor, asked: Mapping[str, Any]) -> dict[str, Any]:
        await self.caller.check(actor, _uuid(asked, "connection"))
        return {"ok": True}

    async def _revoke(self, actor: Actor, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {"confirmed": await self.ender.revoke(actor, _uuid(asked, "connection"))}


async def _refuse(_actor: Actor, _asked: Mapping[str, Any]) -> dict[str, Any]:
    raise AskedWrong("The broker does not do that.")


def to_actor(words: object) -> Actor:
    """Who asks, as the asker says: it runs under our own user and holds the key that signs contexts itself."""
    if not isinstance(words, dict):
        raise AskedWrong("A question names who asks.")
    ids = {f"{name}_id": _maybe_uuid(words.get(name)) for name in ("workspace", "user", "member", "token")}
    if ids["workspace_id"] is None:
        raise AskedWrong("A question names the workspace.")
    try:
        kind, role = ActorKind(words.get("kind", "")), Role(words["role"]) if words.get("role") else None
    except ValueError:
        raise AskedWrong("A question names who asks.") from None
    texts = {"request_id": "request", "address": "address", "name": "name"}
    return Actor(kind, role=role, **ids, **{to: str(words.get(name, ""))[:128] for to, name in texts.items()})  # type: ignore[arg-type]


def _user_of(writer: asyncio.StreamWriter) -> int:
    line: socket.socket = writer.get_extra_info("socket")
    _process, user, _group = _CREDENTIALS.unpack(
        line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    )
    return int(user)


def _uuid(asked: Mapping[str, Any], name: str) -> UUID:
    found = _maybe_uuid(asked.get(name))
    if found is None:
        raise AskedWrong(f"The question lacks {name}.")
    return found


def _maybe_uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) and value else None
    except ValueError:
        raise AskedWrong("An id that is none.") from None


def _text(asked: Mapping[str, Any], name: str, *, most: int) -> str:
    value = asked.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise AskedWrong(f"The part {name} of a question is no text, or too long.")
    return value


def _words(asked: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = asked.get(name) or {}
    if not isinstance(value, dict):
        raise AskedWrong(f"The part {name} of a question is no object.")
    return value
