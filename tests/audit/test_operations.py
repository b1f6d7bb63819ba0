"""What an administrator does to the log."""

import shutil

import psycopg
from django.conf import settings
from django.db import transaction

from auctor.audit.operations import begin_after_restore
from auctor.tenancy.roles import dsn
from tests.audit.conftest import Bench
from tests.audit.test_epoch import NOW, back_up, restore
from tests.audit.writing import write
from tests.cast import Company
from tests.conftest import superuser


class TestBeginAfterRestore:
    def test_is_run_by_an_administrator_and_recorded(self, committed: None, acme: Company) -> None:
        words = dsn(settings.AUCTOR_SERVER, "auctor_sealer", settings.AUCTOR_DATA)
        with psycopg.connect(words, autocommit=True) as connection:
            sealer = Bench(connection, settings.AUCTOR_DATA)
            write(acme)
            sealer.seal()
            backup = back_up()
            write(acme)
            sealer.seal()
            restore(backup)
            with transaction.atomic():
                origin = begin_after_restore(now=NOW)
            sealer.start()
            assert sealer.state.origin == origin
            sealer.seal()
        shutil.rmtree(settings.AUCTOR_DATA / "checkpoints")
        with superuser() as admin:
            actions = admin.execute("SELECT action FROM audit.entry ORDER BY at").fetchall()
        assert [row[0] for row in actions] == ["deal:read", "audit:epoch_started"]
