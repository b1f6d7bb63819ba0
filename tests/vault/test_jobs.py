"""What the vault does by the clock."""

from datetime import UTC, datetime

from auctor.tenancy.records import Actor
from auctor.vault.jobs import back_up
from auctor.vault.keyring import Keyring


class TestBackUp:
    def test_copies_the_keystore_and_may_run_twice(self, installed: Keyring) -> None:
        now = datetime(2026, 3, 2, 2, 23, tzinfo=UTC)
        for _ in range(2):
            back_up(Actor.system(None, "worker"), now=now)
        assert [path.name for path in installed.keystore.backups()] == ["keystore-20260302T022300Z.sqlite"]
