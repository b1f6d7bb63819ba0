"""What the database remembers of its vault, and the end of keys."""

from datetime import UTC, datetime

import pytest

from auctor.vault.keyring import Keyring, Purpose
from auctor.vault.keystore import KeysDestroyed
from auctor.vault.models import Fingerprint
from auctor.vault.operations import destroy_keys, remember_keystore
from tests.vault.conftest import ACME, BOREALIS

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.django_db
class TestRememberKeystore:
    def test_writes_one_row_once(self, installed: Keyring) -> None:
        remember_keystore()
        remember_keystore()
        found = Fingerprint.objects.get()
        assert found.keystore == installed.keystore.identity()
        assert found.known == "auctor"


class TestDestroyKeys:
    def test_ends_one_workspace_for_good(self, installed: Keyring) -> None:
        sealed = {w: installed.seal(w, Purpose.CRM, b"x", context=b"t|c|r") for w in (ACME, BOREALIS)}
        installed.keystore.backup(now=NOW)
        destroy_keys(ACME, now=NOW)
        with pytest.raises(KeysDestroyed):
            installed.open(ACME, Purpose.CRM, sealed[ACME], context=b"t|c|r")
        with pytest.raises(KeysDestroyed):
            installed.seal(ACME, Purpose.CRM, b"x", context=b"t|c|r")
        assert installed.open(BOREALIS, Purpose.CRM, sealed[BOREALIS], context=b"t|c|r") == b"x"
