"""A vendor, a real broker process beside the test, and a workspace between them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.broker.vendor import Vendor, running


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """The server."""
    with running(Vendor()) as found:
        yield found


@pytest.fixture
def bench(committed: None, acme: Any, vendor: Vendor) -> Iterator[Any]:
    """Vendor, broker, workspace."""
    # Models cannot be imported before pytest has told Django its settings.
    from tests.broker.benches import opened

    with opened(acme, vendor) as found:
        yield found
