"""The daily mail to owners."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core import mail as outbox
from django.db import transaction
from django.test import override_settings

from auctor.audit import mail
from auctor.audit.verify import open_kept
from auctor.tenancy import scope
from tests.audit.conftest import Bench
from tests.audit.exporting import export_of, findings
from tests.audit.forge import KEY
from tests.audit.writing import write
from tests.cast import Company


@pytest.fixture
def owners() -> Iterator[None]:
    before = mail.installed()
    mail.install(lambda _actor: ["alice@acme.example"])
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        outbox.outbox = []
        yield
    mail.install(before)


def send(company: Company) -> int:
    with scope.enter(company.system), transaction.atomic():
        return mail.mail_checkpoint(company.system, now=datetime.now(UTC))


class TestMailCheckpoint:
    def test_carries_a_proof_that_the_export_must_meet(self, sealer: Bench, acme: Company, owners: None) -> None:
        write(acme, 3)
        sealer.seal()
        assert send(acme) == 1
        [message] = outbox.outbox
        assert message.to == ["alice@acme.example"]
        [(name, text, _type)] = message.attachments
        kept = open_kept(str(name), str(text), KEY.public_key().public_bytes_raw())
        assert kept.head
        assert kept.head.size == 3
        assert findings(export_of(acme), str(text)) == set()

    def test_is_recorded(self, sealer: Bench, acme: Company, owners: None) -> None:
        write(acme)
        sealer.seal()
        send(acme)
        sealer.seal()
        assert '\\"action\\":\\"audit:checkpoint_mailed\\"' in export_of(acme)

    def test_goes_to_whom_the_people_of_the_workspace_name(self, sealer: Bench, acme: Company) -> None:
        find = mail.installed()
        assert find
        with scope.enter(acme.system), transaction.atomic():
            assert list(find(acme.system)) == ["alice@acme.example"]

    def test_is_not_sent_before_anything_was_sealed(self, sealer: Bench, acme: Company, owners: None) -> None:
        assert send(acme) == 0
        assert outbox.outbox == []
