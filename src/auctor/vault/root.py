"""The root key: a file that only its owner reads, or a key service that never lets its key out.

RootKeyUnfit
├── RootKeyLost          the file is not there
├── RootKeyOpen          others can read the file
├── RootKeyWrong         it does not open what it should have wrapped
└── RootKeyUnreachable   the key service's library is missing, its address is wrong, or it does not answer
"""

import hashlib
import importlib
import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import tink
from tink import secret_key_access

from auctor.kit.errors import AuctorError
from auctor.vault import keysets
from auctor.vault.keysets import Aead

FILE_NAME = "root.key"
FILE_MODE = 0o400
BINDING_BYTES = 32


class RootKeyUnfit(AuctorError):
    """The root key cannot be used."""

    code: ClassVar[str] = "vault.root_key_unfit"
    status: ClassVar[int] = 500


class RootKeyLost(RootKeyUnfit):
    """The file with the root key is not there."""

    code: ClassVar[str] = "vault.root_key_lost"


class RootKeyOpen(RootKeyUnfit):
    """Somebody besides the owner can read or change the root key."""

    code: ClassVar[str] = "vault.root_key_open"


class RootKeyWrong(RootKeyUnfit):
    """A root key, but not the one that wrapped this keystore."""

    code: ClassVar[str] = "vault.root_key_wrong"


class RootKeyUnreachable(RootKeyUnfit):
    """The key service cannot be asked."""

    code: ClassVar[str] = "vault.root_key_unreachable"


@dataclass(frozen=True, slots=True)
class RootKey:
    """Wraps keysets. `name` is written beside each one it wrapped and changes with every rotation."""

    name: str
    aead: Aead
    place: str

    def wrap(self, secret: bytes, *, bound_to: bytes) -> bytes:
        """Encrypt; the result unwraps only with the same `bound_to`. Raises `RootKeyUnreachable`."""
        # The binding travels inside the plaintext because Tink's client of HashiCorp Vault refuses associated
        # data.
        try:
            return bytes(self.aead.encrypt(hashlib.sha256(bound_to).digest() + secret, b""))
        except Exception as error:
            raise RootKeyUnreachable(
                f"The root key could not wrap a keyset: {error}",
                where=self.place,
                mend="Check that the key service answers and that this machine may encrypt with the key.",
            ) from error

    def unwrap(self, wrapped: bytes, *, bound_to: bytes) -> bytes:
        """Decrypt what `wrap` made.

        Raises `RootKeyWrong` for another key, another binding or a damaged value, and `RootKeyUnreachable` when a
        key service refuses, because it does not tell why.
        """
        try:
            opened = bytes(self.aead.decrypt(wrapped, b""))
        except Exception as error:
            raise self._refused(error) from error
        if not secrets.compare_digest(opened[:BINDING_BYTES], hashlib.sha256(bound_to).digest()):
            raise RootKeyWrong(
                "A keyset was moved: it belongs to another workspace, purpose or keystore.",
                where=self.place,
                mend="Restore keystore.sqlite from its last backup.",
            )
        return opened[BINDING_BYTES:]

    def _refused(self, error: Exception) -> RootKeyUnfit:
        if self.name.startswith("file:"):
            return RootKeyWrong(
                "The root key does not open the keystore.",
                where=self.place,
                mend="Put back the root key that belongs to this keystore.",
            )
        return RootKeyUnreachable(
            f"The key service does not open the keystore: {error}",
            where=self.place,
            mend="Does it answer, may this machine decrypt with the key, and is it the key of this keystore?",
        )


def key_file(uri: str, secrets_folder: Path) -> Path | None:
    """The file that holds the root key, or None when a key service holds it."""
    if not uri:
        return secrets_folder / FILE_NAME
    return Path(uri.removeprefix("file:")) if uri.startswith("file:") else None


def open_root(uri: str, *, secrets_folder: Path, credentials: Path | None = None) -> RootKey:
    """The root key of a setting: "" (file in the data folder), `file:PATH`, or a key service's URI.

    Raises a `RootKeyUnfit`. Never makes a key: `create_root` does.
    """
    path = key_file(uri, secrets_folder)
    if path is not None:
        keyset = read_key_file(path)
        name = f"file:{keysets.primary_id(keyset)}"
        return RootKey(name, keysets.aead_of(keyset), f"file:{path}")
    scheme = uri.partition("://")[0]
    opener = _SERVICES.get(scheme)
    if opener is None:
        raise RootKeyUnreachable(
            f"No key service is known for the address {uri!r}.",
            where="AUCTOR_ROOT_KEY_URI",
            mend="Use hcvault://host/transit/keys/NAME, aws-kms://arn:…, gcp-kms://… or leave it empty.",
        )
    return RootKey(uri, _reach(uri, opener, credentials), uri)


def create_root(uri: str, *, secrets_folder: Path) -> bool:
    """Make the key file where a file is wanted and none is there. True when it was made."""
    path = key_file(uri, secrets_folder)
    if path is None or path.exists():
        return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _write(path, keysets.new_aead_keyset(), replace=False)


def read_key_file(path: Path) -> bytes:
    """The serialized root keyset. Raises `RootKeyLost`, `RootKeyOpen`, or `RootKeyWrong` for another file."""
    try:
        with path.open("rb") as file:
            _refuse_open_file(path, os.fstat(file.fileno()))
            content = file.read()
    except FileNotFoundError:
        raise RootKeyLost(
            "The root key is not there. Without it no sealed value can be opened.",
            where=str(path),
            mend="Put back the copy made at installation; if there is none, the data is lost.",
        ) from None
    except OSError as error:
        raise RootKeyLost(
            f"The root key cannot be read: {error.strerror}.",
            where=str(path),
            mend="Start auctor as the user who owns the file.",
        ) from None
    return _parse(path, content)


def append_key(path: Path) -> None:
    """First half of a rotation: a new key, at once the primary; the old ones still unwrap."""
    grown = keysets.switch(keysets.announce(read_key_file(path)))
    _write(path, grown, replace=True)


def drop_old_keys(path: Path) -> None:
    """Last half of a rotation: only the primary stays. Call it when nothing is wrapped by the old ones."""
    _write(path, keysets.drop_old(read_key_file(path)), replace=True)


def _refuse_open_file(path: Path, status: os.stat_result) -> None:
    mode = stat.S_IMODE(status.st_mode)
    if mode != FILE_MODE:
        raise RootKeyOpen(
            f"The root key has the permissions {mode:04o}; it is used only with {FILE_MODE:04o}.",
            where=str(path),
            mend=f"Find out who read it, then run: chmod {FILE_MODE:04o} {path}",
        )
    if status.st_uid != os.geteuid():
        raise RootKeyOpen(
            f"The root key belongs to user {status.st_uid}, not to the one who runs auctor.",
            where=str(path),
            mend=f"Run: chown {os.geteuid()} {path}",
        )


def _parse(path: Path, content: bytes) -> bytes:
    try:
        handle = tink.json_proto_keyset_format.parse(content.decode(), secret_key_access.TOKEN)
        return bytes(tink.proto_keyset_format.serialize(handle, secret_key_access.TOKEN))
    except (tink.TinkError, UnicodeDecodeError) as error:
        raise RootKeyWrong(
            "The file is not a root key.",
            where=str(path),
            mend="Put back the copy that was made when auctor was installed.",
        ) from error


def _write(path: Path, keyset: bytes, *, replace: bool) -> bool:
    """Write beside, sync, name it in one step: a kill leaves the old file or the new one, whole."""
    handle = tink.proto_keyset_format.parse(keyset, secret_key_access.TOKEN)
    text = tink.json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        return _name(draft, path, replace=replace)
    except OSError as error:
        raise RootKeyUnfit(
            f"The root key cannot be written: {error.strerror}.",
            where=str(path),
            mend="Make room, or make the folder writable, and try again.",
        ) from None
    finally:
        draft.unlink(missing_ok=True)


def _name(draft: Path, path: Path, *, replace: bool) -> bool:
    if replace:
        draft.replace(path)
    else:
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            # Another process started at the same moment and was first; its key is the key.
            return False
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def _reach(uri: str, opener: Callable[[str, Path | None], Aead], credentials: Path | None) -> Aead:
    try:
        return opener(uri, credentials)
    except ImportError as error:
        extra = _EXTRAS[uri.partition("://")[0]]
        raise RootKeyUnreachable(
            f"The root key is at {uri}, but the library of that key service is not installed.",
            where="AUCTOR_ROOT_KEY_URI",
            mend=f"Install it: pip install 'auctor[{extra}]'",
        ) from error
    except Exception as error:
        raise RootKeyUnreachable(
            f"The key service cannot be reached: {error}",
            where=uri,
            mend="Check the address and the credentials (AUCTOR_ROOT_KEY_CREDENTIALS or the service's own).",
        ) from error


def _open_hcvault(uri: str, credentials: Path | None) -> Aead:
    """HashiCorp Vault's transit engine; the token comes from a file or VAULT_TOKEN."""
    hcvault = importlib.import_module("tink.integration.hcvault")
    hvac = importlib.import_module("hvac")
    parts = urlsplit(uri)
    token = credentials.read_text().strip() if credentials else os.environ.get("VAULT_TOKEN")
    # TLS and nothing else: what a root key unwraps does not cross a network in clear.
    client = hvac.Client(url=f"https://{parts.netloc}", token=token)
    primitive: Aead = hcvault.new_aead(parts.path, client)
    return primitive


def _open_aws(uri: str, credentials: Path | None) -> Aead:
    awskms = importlib.import_module("tink.integration.awskms")
    client = awskms.AwsKmsClient(uri, str(credentials) if credentials else None)
    primitive: Aead = client.get_aead(uri)
    return primitive


def _open_gcp(uri: str, credentials: Path | None) -> Aead:
    gcpkms = importlib.import_module("tink.integration.gcpkms")
    client = gcpkms.GcpKmsClient(uri, str(credentials) if credentials else None)
    primitive: Aead = client.get_aead(uri)
    return primitive


# Loaded by name, because these libraries are extras that few install.
_SERVICES: dict[str, Callable[[str, Path | None], Aead]] = {
    "hcvault": _open_hcvault,
    "aws-kms": _open_aws,
    "gcp-kms": _open_gcp,
}
_EXTRAS = {"hcvault": "vault", "aws-kms": "aws", "gcp-kms": "gcp"}
