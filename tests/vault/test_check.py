"""Findings about the vault."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction

from auctor.tenancy import scope
from auctor.tenancy.records import INSTANCE_ID, Actor
from auctor.vault.check import check_vault, require_vault
from auctor.vault.keyring import Keyring, Purpose
from auctor.vault.models import Fingerprint
from auctor.vault.operations import remember_keystore
from tests.vault.conftest import ACME
from tests.vault.models import Note

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(db: None, installed: Keyring) -> Keyring:
    """A vault that the database remembers."""
    remember_keystore()
    return installed


class TestCheckVault:
    def test_finds_nothing_when_all_is_well(self, whole: Keyring) -> None:
        whole.seal(ACME, Purpose.CRM, b"x", context=b"t|c|r")
        assert check_vault([ACME]) == []

    def test_finds_a_lost_root_key(self, whole: Keyring, key_path: Path) -> None:
        key_path.unlink()
        assert [finding.code for finding in check_vault()] == ["vault.root_key_lost"]

    def test_finds_a_root_key_that_others_read(self, whole: Keyring, key_path: Path) -> None:
        key_path.chmod(0o440)
        (finding,) = check_vault()
        assert finding.code == "vault.root_key_open"
        assert finding.is_fatal
        assert finding.where == str(key_path)
        assert f"chmod 0400 {key_path}" in finding.mend

    def test_finds_a_keystore_of_another_database(self, whole: Keyring) -> None:
        Fingerprint.objects.update(keystore="another")
        assert [finding.code for finding in check_vault()] == ["vault.mismatch"]

    def test_finds_files_that_others_may_use(self, whole: Keyring, data: Path) -> None:
        (data / "keystore.sqlite").chmod(0o644)
        (data / "secrets").chmod(0o755)
        findings = check_vault()
        assert [(f.code, f.is_fatal) for f in findings] == [("vault.open_to_others", False)] * 2
        assert [f.where for f in findings] == [str(data / "keystore.sqlite"), str(data / "secrets")]

    def test_finds_an_interrupted_rotation(self, whole: Keyring) -> None:
        whole.seal(ACME, Purpose.CRM, b"x", context=b"t|c|r")
        whole.change(ACME, Purpose.CRM, lambda keys: keys.announce().switch())
        (finding,) = check_vault()
        assert (finding.code, finding.is_fatal) == ("vault.rotation_unfinished", False)

    @pytest.mark.usefixtures("note_table")
    def test_finds_values_whose_key_is_missing(self, whole: Keyring) -> None:
        with scope.enter(Actor.system(ACME, "test")), transaction.atomic():
            Note.objects.bulk_create(Note(workspace_id=ACME, title=str(n)) for n in range(3))
        assert check_vault([ACME], tables=[Note]) == []
        whole.change(ACME, Purpose.CRM, lambda keys: keys.announce().switch().drop_old())
        (finding,) = check_vault([ACME], tables=[Note])
        assert finding.code == "vault.key_unknown"
        assert finding.what.startswith("3 values")
        assert finding.where == f"workspace {ACME}, vaulttest_note.title"

    @pytest.mark.usefixtures("note_table")
    def test_expects_nothing_of_a_workspace_whose_keys_were_destroyed(self, whole: Keyring) -> None:
        with scope.enter(Actor.system(ACME, "test")), transaction.atomic():
            Note(workspace_id=ACME, title="x").save()
        whole.keystore.destroy(ACME, now=NOW)
        assert check_vault([ACME], tables=[Note]) == []

    def test_asks_the_installation_too(self, whole: Keyring) -> None:
        whole.change(INSTANCE_ID, Purpose.IDENTITY, lambda keys: keys.announce().switch())
        Fingerprint.objects.get().save()
        codes = [finding.code for finding in check_vault([ACME])]
        assert codes == ["vault.rotation_unfinished"]


class TestRequireVault:
    def test_opens_what_the_database_remembers(self, whole: Keyring, data: Path) -> None:
        assert require_vault(data).keystore.identity() == whole.keystore.identity()

    def test_touches_nothing_when_the_keystore_is_lost(self, whole: Keyring, data: Path) -> None:
        (data / "keystore.sqlite").unlink()
        with pytest.raises(Exception, match="keystore is not there"):
            require_vault(data)
        assert not (data / "keystore.sqlite").exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM vault_fingerprint")
            assert cursor.fetchone() == (1,)
