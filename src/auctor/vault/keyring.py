"""Sealing and opening values with the keys of a workspace and a purpose.

A sealed value is one byte of format, four bytes of key id (big-endian), then Tink's AES-256-GCM output: a
nonce of 12 bytes, the ciphertext, a tag of 16. Its associated data are the workspace's 16 bytes, the caller's
context and the key id: a value that is moved to another workspace, table, column or row, or under another
key, does not open.

VaultError
├── ValueMoved       it was sealed for another place, or was changed
├── KeyUnknown       the key that sealed it is not in the keystore
└── NotSealed        these bytes were never sealed
"""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tink import TinkError

from auctor.kit.errors import AuctorError
from auctor.vault.keysets import Aead, Digester, Keysets, aeads_by_id, digesters, primary_id
from auctor.vault.keystore import Keystore, KeystoreChanged, StoredKeysets
from auctor.vault.root import RootKey, RootKeyWrong

FORMAT = b"\x01"
HEADER_BYTES = 5
# Another process may have rotated: so old may a process's view of a keyset be. Rotation waits this long.
FRESH_SECONDS = 5.0
# Opened keysets held at once; the oldest leave first. One takes about 6 KiB.
MOST_OPENED = 4096


class Purpose(StrEnum):
    """What a keyset is for. One workspace has one keyset for each, made when it is first needed."""

    TOKENS = "tokens"
    CONTACTS = "contacts"
    CRM = "crm"
    SUMMARIES = "summaries"
    PREFERENCES = "preferences"
    AUDIT = "audit"
    IDENTITY = "identity"


class VaultError(AuctorError):
    """A value cannot be sealed or opened."""

    code: ClassVar[str] = "vault.error"
    status: ClassVar[int] = 500


class ValueMoved(VaultError):
    """It was sealed for another workspace, table, column or row, or was changed."""

    code: ClassVar[str] = "vault.value_moved"


class KeyUnknown(VaultError):
    """The key that sealed it is not in the keystore."""

    code: ClassVar[str] = "vault.key_unknown"


class NotSealed(VaultError):
    """These bytes were never sealed by this product."""

    code: ClassVar[str] = "vault.not_sealed"


@dataclass(frozen=True, slots=True)
class Opened:
    """A keyset ready for use. `keys` are looked up by a sealed value's first five bytes."""

    keys: dict[bytes, Aead]
    header: bytes
    digesters: tuple[Digester, ...]
    version: int
    checked_at: float


class Keyring:
    """The door of one process to its keys.

    Opened keysets are kept, bounded, for as long as the process lives.
    """

    def __init__(
        self,
        keystore: Keystore,
        open_root: Callable[[], RootKey],
        *,
        most_opened: int = MOST_OPENED,
        fresh_seconds: float = FRESH_SECONDS,
    ) -> None:
        self.keystore = keystore
        self._open_root = open_root
        self._root: RootKey | None = None
        self._opened: dict[tuple[UUID, str], Opened] = {}
        self._most_opened = most_opened
        self._fresh_seconds = fresh_seconds
        self._lock = threading.RLock()
        self._identity = ""

    def seal(self, workspace_id: UUID, purpose: Purpose, plaintext: bytes, *, context: bytes) -> bytes:
        """Seal for one place.

        `context` names it, as `table|column|row`; the workspace and key id are added.
        """
        return self.seal_many(workspace_id, purpose, [plaintext], [context])[0]

    def open(self, workspace_id: UUID, purpose: Purpose, sealed: bytes, *, context: bytes) -> bytes:
        """Open what was sealed for this place. Raises a `VaultError`."""
        return self.open_many(workspace_id, purpose, [sealed], [context])[0]

    def seal_many(
        self, workspace_id: UUID, purpose: Purpose, plaintexts: Sequence[bytes], contexts: Sequence[bytes]
    ) -> list[bytes]:
        """Seal a list at once.

        Do it inside the transaction that writes, so that a rotation can wait for it.
        """
        opened = self._ready(workspace_id, purpose, make=True)
        header = opened.header
        encrypt = opened.keys[header].encrypt
        before, after = workspace_id.bytes, header[1:]
        return [
            header + encrypt(plaintext, before + context + after)
            for plaintext, context in zip(plaintexts, contexts, strict=True)
        ]

    def open_many(
        self, workspace_id: UUID, purpose: Purpose, sealed: Sequence[bytes], contexts: Sequence[bytes]
    ) -> list[bytes]:
        """Open a list at once. Raises a `VaultError` for the first value that does not open."""
        opened = self._ready(workspace_id, purpose, make=False)
        before = workspace_id.bytes
        plain: list[bytes] = []
        for value, context in zip(sealed, contexts, strict=True):
            header = value[:HEADER_BYTES]
            key = opened.keys.get(header)
            if key is None:
                opened = self._reloaded_for(workspace_id, purpose, header)
                key = opened.keys[header]
            try:
                plain.append(key.decrypt(value[HEADER_BYTES:], before + context + header[1:]))
            except TinkError as error:
                raise ValueMoved(
                    "A sealed value does not open: it was sealed for another place, or was changed.",
                    where=f"workspace {workspace_id}, {_place(context)}",
                    mend="Values are copied by reading and writing them through the product, never in SQL.",
                ) from error
        return plain

    def header(self, workspace_id: UUID, purpose: Purpose) -> bytes:
        """The first five bytes of values that are sealed from now on."""
        return self._ready(workspace_id, purpose, make=True).header

    def headers(self, workspace_id: UUID, purpose: Purpose) -> frozenset[bytes]:
        """The first five bytes of all values that can be opened; empty when there is no keyset."""
        try:
            return frozenset(self._ready(workspace_id, purpose, make=False).keys)
        except KeyUnknown:
            return frozenset()

    def digesters(self, workspace_id: UUID, purpose: Purpose) -> tuple[Digester, ...]:
        """HMAC-SHA-256 under each living index key, the primary first.

        `auctor.vault.blind` is their only user.
        """
        return self._ready(workspace_id, purpose, make=True).digesters

    def forget(self, workspace_id: UUID | None = None) -> None:
        """Drop opened keysets of a workspace, or all of them and the root key."""
        with self._lock:
            if workspace_id is None:
                self._opened.clear()
                self._root = None
            for key in [key for key in self._opened if key[0] == workspace_id]:
                del self._opened[key]

    def read(self, row: StoredKeysets) -> Keysets:
        """Unwrap a row. Raises `RootKeyWrong`."""
        return Keysets.from_bytes(self._unwrap(row.wrapped, self.binding(row.workspace_id, row.purpose)))

    def change(self, workspace_id: UUID, purpose: Purpose, step: Callable[[Keysets], Keysets]) -> None:
        """Change a keyset in the keystore; other processes see it at the latest `FRESH_SECONDS` later."""
        row = self.keystore.find(workspace_id, purpose)
        if row is None:
            raise _no_keyset(workspace_id, purpose)
        changed = step(self.read(row)).to_bytes()
        wrapped = self.root().wrap(changed, bound_to=self.binding(workspace_id, purpose))
        self.keystore.replace(row, wrapped=wrapped, root=self.root().name)
        self.forget(workspace_id)

    def root(self) -> RootKey:
        """The root key, opened at first use."""
        with self._lock:
            if self._root is None:
                self._root = self._open_root()
            return self._root

    def binding(self, workspace_id: UUID, purpose: str) -> bytes:
        """What a wrapped keyset is bound to: this keystore, the workspace, the purpose."""
        if not self._identity:
            self._identity = self.keystore.identity()
        return f"{self._identity}|{workspace_id}|{purpose}".encode()

    def _ready(self, workspace_id: UUID, purpose: Purpose, *, make: bool) -> Opened:
        opened = self._opened.get((workspace_id, purpose))
        if opened is not None and time.monotonic() - opened.checked_at < self._fresh_seconds:
            return opened
        return self._load(workspace_id, purpose, make=make)

    def _load(self, workspace_id: UUID, purpose: Purpose, *, make: bool) -> Opened:
        with self._lock:
            known = self._opened.pop((workspace_id, purpose), None)
            row = self.keystore.find(workspace_id, purpose)
            if row is None:
                if not make:
                    raise _no_keyset(workspace_id, purpose)
                row = self._make(workspace_id, purpose)
            if known is not None and known.version == row.version:
                opened = Opened(known.keys, known.header, known.digesters, known.version, time.monotonic())
            else:
                opened = _open(self.read(row), row.version)
            while len(self._opened) >= self._most_opened:
                del self._opened[next(iter(self._opened))]
            self._opened[(workspace_id, purpose)] = opened
            return opened

    def _make(self, workspace_id: UUID, purpose: Purpose) -> StoredKeysets:
        fresh = Keysets.new().to_bytes()
        try:
            return self._add(workspace_id, purpose, fresh)
        except KeystoreChanged:
            # The root key was rotated since this process read it.
            self._root = None
            return self._add(workspace_id, purpose, fresh)

    def _add(self, workspace_id: UUID, purpose: Purpose, fresh: bytes) -> StoredKeysets:
        root = self.root()
        wrapped = root.wrap(fresh, bound_to=self.binding(workspace_id, purpose))
        return self.keystore.add(StoredKeysets(workspace_id, purpose, wrapped, root.name, 1))

    def _unwrap(self, wrapped: bytes, bound_to: bytes) -> bytes:
        try:
            return self.root().unwrap(wrapped, bound_to=bound_to)
        except RootKeyWrong:
            # The file may have been rotated since this process read it.
            self._root = None
            return self.root().unwrap(wrapped, bound_to=bound_to)

    def _reloaded_for(self, workspace_id: UUID, purpose: Purpose, header: bytes) -> Opened:
        if len(header) < HEADER_BYTES or header[:1] != FORMAT:
            raise NotSealed(
                "A column that holds sealed values holds something else.",
                where=f"workspace {workspace_id}, purpose {purpose}",
                mend="Was the row written by hand? Write it through the product.",
            )
        opened = self._load(workspace_id, purpose, make=False)
        if header not in opened.keys:
            raise KeyUnknown(
                f"The key {int.from_bytes(header[1:])} that sealed a value is not in the keystore.",
                where=f"workspace {workspace_id}, purpose {purpose}",
                mend="The keystore is older than the database: put back a newer copy of keystore.sqlite.",
            )
        return opened


def _open(keysets: Keysets, version: int) -> Opened:
    keys = {FORMAT + key_id.to_bytes(4): key for key_id, key in aeads_by_id(keysets.seal).items()}
    header = FORMAT + primary_id(keysets.seal).to_bytes(4)
    return Opened(keys, header, tuple(digesters(keysets.index)), version, time.monotonic())


def _no_keyset(workspace_id: UUID, purpose: Purpose) -> KeyUnknown:
    return KeyUnknown(
        "There is a sealed value, but no key for it in the keystore.",
        where=f"workspace {workspace_id}, purpose {purpose}",
        mend="The keystore is older than the database, or another one: put back the right keystore.sqlite.",
    )


def _place(context: bytes) -> str:
    table, _, rest = context.partition(b"|")
    column, _, row = rest.partition(b"|")
    name = UUID(bytes=row) if len(row) == 16 else row.decode(errors="replace")
    return f"{table.decode()}.{column.decode()}, row {name}"


def new_identity() -> str:
    """A random name for a new keystore."""
    return secrets.token_hex(16)


class _Process:
    """Which keyring this process uses; made when it is first needed."""

    def __init__(self) -> None:
        self.maker: Callable[[], Keyring] | None = None
        self.keyring: Keyring | None = None
        self.lock = threading.Lock()

    def keyring_now(self) -> Keyring:
        with self.lock:
            if self.keyring is None:
                if self.maker is None:
                    raise VaultError("This process has no keyring.", mend="Call keyring.install first.")
                self.keyring = self.maker()
            return self.keyring


_process = _Process()


def install(maker: Callable[[], Keyring] | None) -> None:
    """Say how this process gets its keyring; nothing is read before it is first needed."""
    with _process.lock:
        _process.maker, _process.keyring = maker, None


def installed_maker() -> Callable[[], Keyring] | None:
    """How this process gets its keyring, so that whoever exchanges it can put it back."""
    return _process.maker


def current() -> Keyring:
    """This process's keyring."""
    return _process.keyring or _process.keyring_now()


def seal(workspace_id: UUID, purpose: Purpose, plaintext: bytes, *, context: bytes) -> bytes:
    """`Keyring.seal` of this process's keyring."""
    return current().seal(workspace_id, purpose, plaintext, context=context)


def open_(workspace_id: UUID, purpose: Purpose, sealed: bytes, *, context: bytes) -> bytes:
    """`Keyring.open` of this process's keyring."""
    return current().open(workspace_id, purpose, sealed, context=context)
