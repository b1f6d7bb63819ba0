"""Installations for journeys: one is made for the whole run, each journey gets a copy of it."""

import shutil
from collections.abc import Iterator

import pytest

from tests.journeys.installation import Installation, new_folder


@pytest.fixture(scope="session")
def _original() -> Iterator[Installation]:
    made = Installation(new_folder())
    done = made.run("migrate")
    assert done.returncode == 0, done.stderr
    yield made
    shutil.rmtree(made.data)


@pytest.fixture
def installation(_original: Installation) -> Iterator[Installation]:
    """Migrated, without a workspace, not running."""
    copy = _original.copy()
    yield copy
    shutil.rmtree(copy.data, ignore_errors=True)


@pytest.fixture
def nothing() -> Iterator[Installation]:
    """A data folder with nothing in it."""
    made = Installation(new_folder())
    yield made
    shutil.rmtree(made.data, ignore_errors=True)
