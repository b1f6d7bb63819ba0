"""A keyring of its own for each test that asks for one: real files, real keys."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from auctor.vault import keyring as keyrings
from auctor.vault import root
from auctor.vault.keyring import Keyring
from auctor.vault.startup import open_vault, prepare

ACME = UUID("018f0000-0000-7000-8000-00000000ac3e")
BOREALIS = UUID("018f0000-0000-7000-8000-0000000b0ea1")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a root key and a keystore."""
    prepare(tmp_path)
    return tmp_path


@pytest.fixture
def open_keyring(data: Path) -> Callable[[], Keyring]:
    """What another process would see: opens the same files anew."""
    return lambda: open_vault(data)


@pytest.fixture
def ring(open_keyring: Callable[[], Keyring]) -> Keyring:
    """One process's keyring."""
    return open_keyring()


@pytest.fixture
def installed(ring: Keyring) -> Iterator[Keyring]:
    """The keyring, also found by the module's own doors; the former one is put back."""
    former = keyrings.installed_maker()
    keyrings.install(lambda: ring)
    yield ring
    keyrings.install(former)


@pytest.fixture
def key_path(data: Path) -> Path:
    """The root key's file."""
    return data / "secrets" / root.FILE_NAME
