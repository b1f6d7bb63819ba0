"""The end of a closed workspace."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from auctor.audit.tags import AuditTag
from auctor.identity import erasing, workspaces
from auctor.identity.models import Member, WorkspaceProfile
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden
from auctor.tenancy.records import Actor
from auctor.vault.keyring import Purpose, current
from auctor.vault.keystore import KeysDestroyed
from auctor.vault.operations import are_keys_destroyed
from tests.cast import NOW, Company
from tests.identity.test_sign_in import tags

CLOCK = Actor.system(None, "timetable")
LATER = NOW + workspaces.GRACE


def close(company: Company) -> None:
    with transaction.atomic(), scope.enter(company.owner):
        workspaces.close_workspace(company.owner, now=NOW)


@pytest.fixture(autouse=True)
def really(committed: None) -> None:
    """Rows are deleted by a connection of its own."""


def erase(company: Company, *, now: Any = LATER) -> bool:
    with transaction.atomic(), scope.enter(company.system):
        return erasing.erase_workspace(company.system, now=now)


def orders() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args ->> 'workspace_id' FROM procrastinate_jobs WHERE task_name = 'identity.erase'")
        return [row[0] for row in cursor.fetchall()]


class TestEraseWorkspace:
    def test_leaves_no_row_and_no_key(self, acme: Company) -> None:
        close(acme)
        assert erase(acme)
        assert are_keys_destroyed(acme.workspace_id)
        with transaction.atomic(), scope.enter(acme.system):
            assert not Member.objects.exists()
            assert not WorkspaceProfile.objects.exists()
        with pytest.raises(KeysDestroyed):
            current().seal(acme.workspace_id, Purpose.CRM, b"x", context=b"c")
        with transaction.atomic():
            assert (AuditTag.WORKSPACE_ERASED.value, "ok") in tags(acme)

    def test_touches_nobody_else(self, acme: Company, borealis: Company) -> None:
        close(acme)
        with transaction.atomic(), scope.enter(borealis.system):
            before = Member.objects.count()
        erase(acme)
        assert not are_keys_destroyed(borealis.workspace_id)
        with transaction.atomic(), scope.enter(borealis.system):
            assert Member.objects.count() == before > 0

    @pytest.mark.parametrize("is_closed", [True, False])
    def test_waits_for_the_grace_to_be_over(self, acme: Company, is_closed: bool) -> None:
        if is_closed:
            close(acme)
        now = LATER - timedelta(seconds=1) if is_closed else LATER
        assert not erase(acme, now=now)
        assert not are_keys_destroyed(acme.workspace_id)
        with transaction.atomic(), scope.enter(acme.system):
            assert Member.objects.exists()

    def test_is_not_for_people(self, acme: Company) -> None:
        close(acme)
        with transaction.atomic(), scope.enter(acme.owner), pytest.raises(Forbidden):
            erasing.erase_workspace(acme.owner, now=LATER)


class TestOrderErasures:
    def test_asks_once_for_what_is_over(self, acme: Company, borealis: Company) -> None:
        close(acme)
        with transaction.atomic(), scope.enter(CLOCK):
            assert erasing.order_erasures(CLOCK, now=LATER - timedelta(days=1)) == 0
            assert erasing.order_erasures(CLOCK, now=LATER) == 1
        assert orders() == [str(acme.workspace_id)]
        erase(acme)
        with transaction.atomic(), scope.enter(CLOCK):
            assert erasing.order_erasures(CLOCK, now=LATER) == 0
