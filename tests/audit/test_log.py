"""Recording: what stands in an entry, what may not, and that nobody takes it out again."""

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from auctor.audit.body import EntryRefused
from auctor.audit.log import record
from auctor.audit.tags import SEALED_BEFORE_ANSWER, AuditTag
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from auctor.tenancy.records import INSTANCE_ID, Actor
from tests.audit.conftest import Bench
from tests.cast import NOW, Company
from tests.conftest import superuser


def bodies(workspace_id: UUID) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM audit.entry WHERE workspace_id = %s ORDER BY at", [workspace_id])
        return [json.loads(row[0]) for row in cursor.fetchall()]


class TestRecord:
    def test_writes_ids_and_words_only(self, acme: Company) -> None:
        deal = uuid7()
        with scope.enter(acme.owner):
            record(acme.owner, AuditTag.DEAL_CHANGED, subject=deal, subject_kind="deal", fields=["amount"], now=NOW)
            [body] = bodies(acme.workspace_id)
        assert body == {
            "v": 1,
            "at": f"{NOW:%Y-%m-%dT%H:%M:%S.%f}Z",
            "action": "deal:changed",
            "actor": {
                "kind": "person",
                "user": str(acme.owner.user_id),
                "member": str(acme.owner.member_id),
                "role": "owner",
            },
            "outcome": "ok",
            "subject": str(deal),
            "kind": "deal",
            "fields": ["amount"],
        }

    def test_leaves_with_the_change_that_is_rolled_back(self, acme: Company) -> None:
        with scope.enter(acme.owner):
            with contextlib.suppress(ZeroDivisionError), transaction.atomic():
                record(acme.owner, AuditTag.DEAL_CHANGED, now=NOW)
                raise ZeroDivisionError
            assert bodies(acme.workspace_id) == []

    def test_hashes_nonce_and_body_in_the_database(self, acme: Company) -> None:
        with scope.enter(acme.owner), connection.cursor() as cursor:
            record(acme.owner, AuditTag.DEAL_READ, now=NOW)
            cursor.execute(
                "SELECT leaf = sha256('\\x00'::bytea || nonce || convert_to(body, 'UTF8')), octet_length(nonce),"
                " action, xid = pg_current_xact_id() FROM audit.entry"
            )
            assert cursor.fetchall() == [(True, 16, "deal:read", True)]

    def test_seals_the_address(self, acme: Company) -> None:
        actor = replace(acme.owner, address="203.0.113.7")
        with scope.enter(actor):
            record(actor, AuditTag.SESSION_STARTED, now=NOW)
            [body] = bodies(acme.workspace_id)
        assert "203.0.113.7" not in json.dumps(body)
        assert actor.address not in bytes.fromhex(str(body["address"])).decode("latin-1")

    def test_without_a_workspace_belongs_to_the_installation(self, acme: Company) -> None:
        entry_id = record(Actor.anonymous(), AuditTag.SIGN_IN_ATTEMPTED, outcome="failed", now=NOW)
        with scope.enter(Actor.system(INSTANCE_ID, "test")), connection.cursor() as cursor:
            cursor.execute("SELECT id FROM audit.entry")
            assert cursor.fetchall() == [(entry_id,)]

    @pytest.mark.parametrize(
        "what",
        [
            {"subject": "alice@acme.example"},
            {"subject": "Big Deal"},
            {"subject_kind": "Deal"},
            {"fields": ["Annual value"]},
            {"outcome": "Not at all"},
            {"details": {"reason": "she said so"}},
            {"details": {"Reason": "x"}},
            {"details": {"n": "x" * 129}},
        ],
        ids=str,
    )
    def test_refuses_text_of_people(self, acme: Company, what: dict[str, object]) -> None:
        with scope.enter(acme.owner), pytest.raises(EntryRefused):
            record(acme.owner, AuditTag.DEAL_CHANGED, now=NOW, **what)  # type: ignore[arg-type]

    def test_refuses_more_than_sixteen_kilobytes(self, acme: Company) -> None:
        fields = [f"field_{number:055}" for number in range(300)]
        with scope.enter(acme.owner), pytest.raises(EntryRefused, match="16384 is the limit"):
            record(acme.owner, AuditTag.DEAL_CHANGED, fields=fields, now=NOW)

    def test_waits_for_the_seal_of_a_sensitive_act_and_answers_all_the_same(
        self, sealer: Bench, acme: Company, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert AuditTag.ROLE_CHANGED in SEALED_BEFORE_ANSWER
        started = datetime.now(UTC)
        with scope.enter(acme.owner), transaction.atomic():
            record(acme.owner, AuditTag.ROLE_CHANGED, now=NOW)
        assert 0.9 < (datetime.now(UTC) - started).total_seconds() < 3
        assert "answered before it was sealed" in caplog.text


WRITES = [
    "UPDATE audit.entry SET body = '{}'",
    "UPDATE audit.entry SET workspace_id = gen_random_uuid()",
    "DELETE FROM audit.entry",
    "TRUNCATE audit.entry",
    "DROP TABLE audit.entry",
    "ALTER TABLE audit.entry DISABLE TRIGGER leaf",
    'INSERT INTO audit.entry (workspace_id, body, at) VALUES (gen_random_uuid(), \'{"action":"x"}\', now())',
    "INSERT INTO audit.entry (workspace_id, body, leaf) VALUES (gen_random_uuid(), '{\"action\":\"x\"}', '')",
    "INSERT INTO audit.entry (workspace_id, body, nonce) VALUES (gen_random_uuid(), '{\"action\":\"x\"}', '')",
    "INSERT INTO audit.entry (workspace_id, body, xid) VALUES (gen_random_uuid(), '{\"action\":\"x\"}', '1')",
    "UPDATE audit.seal SET n = 0",
    "DELETE FROM audit.seal",
    "DELETE FROM audit.head",
    "DELETE FROM audit.anchor",
    "DELETE FROM audit.round",
    "UPDATE audit.round SET note = ''",
    "UPDATE audit.epoch SET origin = ''",
    "TRUNCATE audit.anchor",
    "SELECT audit.drop_day('2026-01-01')",
]


class TestWhatNobodyMay:
    @pytest.mark.parametrize("statement", WRITES)
    def test_change_or_take_out(self, acme: Company, statement: str) -> None:
        with scope.enter(acme.owner):
            record(acme.owner, AuditTag.DEAL_READ, now=NOW)
            with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
                connection.cursor().execute(statement)

    @pytest.mark.parametrize("role", ["auctor_reader", "auctor_sealer", "auctor_retention"])
    @pytest.mark.parametrize("statement", [w for w in WRITES if "audit.entry" in w])
    def test_with_another_role(self, committed: None, role: str, statement: str) -> None:
        with superuser() as admin:
            admin.execute(f"SET ROLE {role}")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                admin.execute(statement)

    def test_read_another_workspace(self, acme: Company, borealis: Company) -> None:
        with scope.enter(acme.owner):
            record(acme.owner, AuditTag.DEAL_READ, now=NOW)
        with scope.enter(borealis.owner):
            assert bodies(acme.workspace_id) == []

    def test_write_into_another_workspace(self, acme: Company, borealis: Company) -> None:
        with (
            scope.enter(borealis.owner),
            pytest.raises(DatabaseError, match="row-level security"),
            transaction.atomic(),
        ):
            record(acme.owner, AuditTag.DEAL_READ, now=NOW)

    def test_read_a_partition_beside_its_table(self, acme: Company) -> None:
        with scope.enter(acme.owner), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(f"SELECT * FROM audit.entry_{datetime.now(UTC):%Y%m%d}")

    def test_read_entries_of_the_installation(self, sealer: Bench, acme: Company) -> None:
        with transaction.atomic():
            record(Actor.anonymous(), AuditTag.SIGN_IN_ATTEMPTED, now=NOW)
        with scope.enter(acme.owner), transaction.atomic():
            assert bodies(INSTANCE_ID) == []


class TestTags:
    def test_follow_the_naming_law(self) -> None:
        for tag in AuditTag:
            thing, _, happened = tag.value.partition(":")
            assert thing.replace("_", "").isalpha()
            assert happened.replace("_", "").isalpha()
            assert tag.value == tag.value.lower()
