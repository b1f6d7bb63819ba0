"""What an entry of the log says: canonical JSON of ids, counts and words of closed lists. Needs no framework."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, TypedDict
from uuid import UUID

import rfc8785

from auctor.audit.tags import AuditTag
from auctor.kit.errors import AuctorError
from auctor.tenancy.records import INSTANCE_ID, Actor
from auctor.vault import keyring

MOST_BYTES = 16 * 1024
VERSION = 1

# Ids, digests, counts and words of closed lists pass; a name, an e-mail address or a sentence does not.
_WORD = re.compile(r"[a-z][a-z0-9_.]{0,63}")
_TOKEN = re.compile(r"[A-Za-z0-9_.:/+=-]{0,128}")


class EntryRefused(AuctorError):
    """Something that may not stand in the log: text of a person, or too much. A mistake of ours."""

    code: ClassVar[str] = "audit.entry_refused"
    status: ClassVar[int] = 500


class What(TypedDict, total=False):
    """What an entry may say besides actor and tag.

    `subject` is the id of what was touched and `subject_kind` its word (`deal`); `fields` are names of fields, never
    their values; `outcome` is `ok` when not given; `details` hold ids, counts and words of closed lists.
    """

    subject: UUID | str | None
    subject_kind: str
    fields: Sequence[str]
    outcome: str
    details: Mapping[str, str | int | bool] | None


def compose(actor: Actor, tag: AuditTag, what: What, *, now: datetime) -> str:
    """The body of one entry. Raises `EntryRefused` for text that is no id, number or closed word, above 16 KiB too."""
    body = rfc8785.dumps(_fields(actor, tag, what, now=now))
    if len(body) > MOST_BYTES:
        raise EntryRefused(f"An entry of {len(body)} bytes was to be recorded; {MOST_BYTES} is the limit.")
    return body.decode()


def address_context(workspace_id: UUID) -> bytes:
    """What a sealed address is bound to: it opens in entries of its own workspace only."""
    return b"audit.entry|address|" + workspace_id.bytes


def _fields(actor: Actor, tag: AuditTag, what: What, *, now: datetime) -> dict[str, Any]:
    details = what.get("details") or {}
    subject = what.get("subject")
    found: dict[str, Any] = {
        "v": VERSION,
        "at": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "action": tag.value,
        "actor": _actor(actor),
        "outcome": _word(what.get("outcome") or "ok", "outcome"),
        "subject": _token(str(subject), "subject") if subject else None,
        "kind": _word(kind, "subject_kind") if (kind := what.get("subject_kind")) else None,
        "fields": [_word(name, "fields") for name in what.get("fields", ())] or None,
        "details": {_word(name, "details"): _detail(value) for name, value in details.items()} or None,
        "request": _token(actor.request_id, "request_id") or None,
        "address": _seal_address(actor),
    }
    return {name: value for name, value in found.items() if value is not None}


def _actor(actor: Actor) -> dict[str, str]:
    found = {"kind": actor.kind.value, "name": _token(actor.name, "the actor's name")}
    found |= {"role": actor.role.value if actor.role else ""}
    ids = {"user": actor.user_id, "member": actor.member_id, "token": actor.token_id}
    found |= {name: str(value) if value else "" for name, value in ids.items()}
    return {name: value for name, value in found.items() if value}


def _seal_address(actor: Actor) -> str | None:
    if not actor.address:
        return None
    workspace_id = actor.workspace_id or INSTANCE_ID
    context = address_context(workspace_id)
    return keyring.seal(workspace_id, keyring.Purpose.AUDIT, actor.address.encode(), context=context).hex()


def _word(text: str, place: str) -> str:
    if not _WORD.fullmatch(text):
        raise EntryRefused(f"The text in {place} is no word of a closed list.")
    return text


def _token(text: str, place: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise EntryRefused(f"The text in {place} is no id, digest or number.")
    return text


def _detail(value: str | int | bool) -> str | int | bool:
    return _token(value, "details") if isinstance(value, str) else value
