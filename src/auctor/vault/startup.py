"""Opening the vault when a process starts, and making it at the very first start.

The database remembers which keystore belongs to it. What it remembers is read before anything else is done,
also before migrations, and a vault that does not match stops the start.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from auctor.kit.errors import AuctorError
from auctor.tenancy.records import INSTANCE_ID
from auctor.vault import keyring
from auctor.vault import root as roots
from auctor.vault.keyring import Keyring, Purpose, VaultError, new_identity
from auctor.vault.keystore import FILE_NAME, Keystore

SECRETS = "secrets"
PROOF = b"auctor keystore"
# The table is named here and not asked of the model, because it is read before the models may be.
TABLE = "vault_fingerprint"
COLUMN = "known"


class VaultMismatch(AuctorError):
    """This keystore belongs to another database."""

    code: ClassVar[str] = "vault.mismatch"
    status: ClassVar[int] = 500


class Cursor(Protocol):
    """What psycopg's and Django's cursors share."""

    def execute(self, query: str, /) -> object:
        """Run one statement."""

    def fetchone(self) -> tuple[object, ...] | None:
        """Its next row."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the database knows about its keystore: its name, and a known value that was sealed with it."""

    row: bytes
    keystore: str
    known: bytes


def read_fingerprint(cursor: Cursor) -> Remembered | None:
    """What the database remembers; None before the first start was finished. Reads only."""
    cursor.execute(f"SELECT to_regclass('{TABLE}')")
    found = cursor.fetchone()
    if found is None or found[0] is None:
        return None
    cursor.execute(f"SELECT id::text, keystore, {COLUMN} FROM {TABLE}")  # noqa: S608 - constants
    row = cursor.fetchone()
    if row is None:
        return None
    identifier, keystore, known = row
    return Remembered(bytes.fromhex(str(identifier).replace("-", "")), str(keystore), bytes(known))  # type: ignore[call-overload]


def open_vault(data: Path, *, uri: str = "", credentials: Path | None = None) -> Keyring:
    """The keyring of a data folder that was prepared; opens nothing yet."""
    keystore = Keystore(data / FILE_NAME)
    return Keyring(
        keystore,
        lambda: roots.open_root(uri, secrets_folder=data / SECRETS, credentials=credentials),
    )


def prepare(
    data: Path, *, uri: str = "", credentials: Path | None = None, remembered: Remembered | None = None
) -> Keyring:
    """Open the vault, making it at the first start, and prove that root key, keystore and database match.

    1. A database that remembers a keystore gets exactly that one: nothing is made, nothing is repaired.
    2. A database that remembers none gets a keystore that was never used, or a new one.
    3. The root key must open the keystore's proof, and the keystore the database's known value.

    Raises `RootKeyUnfit`, `KeystoreUnfit`, `VaultMismatch`. Touches nothing when it raises.
    """
    ring = open_vault(data, uri=uri, credentials=credentials)
    if remembered is None and not ring.keystore.path.exists():
        _make(ring, data, uri)
    prove_root(ring)
    if remembered is None:
        _refuse_used(ring)
    else:
        prove_match(ring, remembered)
    return ring


def prove_root(ring: Keyring) -> None:
    """Raises `RootKeyUnfit` when the root key is not the one that wraps this keystore, `KeystoreLost` without one."""
    proof = ring.keystore.proof()
    ring.root().unwrap(proof, bound_to=proof_binding(ring))


def is_open() -> bool:
    """Whether this process can open values now, for a readiness probe. Never raises."""
    try:
        prove_root(keyring.current())
    except AuctorError:
        return False
    return True


def prove_match(ring: Keyring, remembered: Remembered) -> None:
    """Raises `VaultMismatch` when the database's known value was sealed with another keystore."""
    if ring.keystore.identity() != remembered.keystore:
        raise VaultMismatch(
            "This keystore belongs to another database.",
            where=str(ring.keystore.path),
            mend="Put back the keystore that belongs to this database, or point auctor to the other database.",
        )
    try:
        ring.open(INSTANCE_ID, Purpose.IDENTITY, remembered.known, context=known_context(remembered.row))
    except VaultError as error:
        raise VaultMismatch(
            f"The keystore does not open the database's known value. {error.message}",
            where=str(ring.keystore.path),
            mend="The keystore is older than the database: put back a newer copy of it.",
        ) from error


def proof_binding(ring: Keyring) -> bytes:
    """What the keystore's proof is bound to."""
    return ring.binding(INSTANCE_ID, "proof")


def known_context(row: bytes) -> bytes:
    """The place of the known value, as the fields write it."""
    return f"{TABLE}|{COLUMN}|".encode() + row


def _make(ring: Keyring, data: Path, uri: str) -> None:
    roots.create_root(uri, secrets_folder=data / SECRETS)
    identity = new_identity()
    root = ring.root()
    proof = root.wrap(PROOF, bound_to=f"{identity}|{INSTANCE_ID}|proof".encode())
    ring.keystore.create(root=root.name, proof=proof, identity=identity)


def _refuse_used(ring: Keyring) -> None:
    """A database that was emptied or exchanged must not take over the keys of another one's workspaces."""
    used = [row for row in ring.keystore.rows() if row.workspace_id != INSTANCE_ID]
    if used:
        workspaces = len({row.workspace_id for row in used})
        raise VaultMismatch(
            f"The keystore holds keys of workspaces ({workspaces}), but this database is new.",
            where=str(ring.keystore.path),
            mend="Point auctor to the database that belongs to it; or, to start afresh, move the keystore away.",
        )
