"""A keyring of its own for each test that asks for one: real files, real keys."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from auctor.vault import keyring as keyrings
from auctor.vault import root
from auctor.vault.keyring import Keyring
from auctor.vault.startup import open_vault, prepare
from tests.conftest import superuser

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


@pytest.fixture(scope="module")
def note_table(django_db_setup: None) -> Iterator[None]:
    """The table of `tests.vault.models`, for as long as one module's tests run."""
    # Models can be read only after Django was set up, which is later than this file.
    from tests.vault.models import create_table, drop_table

    with superuser() as admin:
        create_table(admin)
    yield
    with superuser() as admin:
        drop_table(admin)
