"""Which addresses may be called."""

import pytest

from auctor.broker.addresses import is_public
from tests.broker.corpus import PUBLIC, corpus


class TestIsPublic:
    @pytest.mark.parametrize("address", PUBLIC)
    def test_takes_what_is_routed_for_everybody(self, address: str) -> None:
        assert is_public(address)

    def test_refuses_every_other_one(self) -> None:
        tried = corpus()
        assert len(tried) >= 300
        assert [address for address in tried if is_public(address)] == []
