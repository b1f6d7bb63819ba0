from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import transaction

from auctor.jobs.arguments import ArgumentRefused, unpack
from auctor.jobs.queue import NoTransaction, defer
from auctor.tenancy import roles
from tests.cast import NOW, Company
from tests.conftest import superuser


def stored() -> list[dict[str, Any]]:
    """Every job in the queue, as committed."""
    with superuser() as connection, connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        return cursor.execute("SELECT * FROM procrastinate_jobs ORDER BY id").fetchall()


class TestDefer:
    def test_shares_the_transaction_of_the_change(self, committed: None, acme: Company) -> None:
        with transaction.atomic():
            kept = defer(acme.owner, "crm.sync", deal_id=7)
        with transaction.atomic():
            defer(acme.owner, "crm.sync", deal_id=8)
            transaction.set_rollback(True)
        (job,) = stored()
        assert (job["id"], job["task_name"], job["status"]) == (kept, "crm.sync", "todo")

    def test_stores_sealed_ids_only(self, committed: None, acme: Company) -> None:
        with transaction.atomic():
            defer(acme.member, "crm.sync", deal_id=7)
        (job,) = stored()
        assert set(job["args"]) == {"workspace_id", "asked_by", "request_id", "seal", "deal_id"}
        assert job["args"]["asked_by"] == str(acme.member.member_id)
        assert unpack("crm.sync", job["args"]).ids == {"deal_id": "7"}

    def test_refuses_a_text(self, committed: None, acme: Company) -> None:
        with pytest.raises(ArgumentRefused), transaction.atomic():
            defer(acme.owner, "crm.sync", note="They want 20 % off")
        assert stored() == []

    def test_refuses_to_run_outside_a_transaction(self, committed: None, acme: Company) -> None:
        with pytest.raises(NoTransaction):
            defer(acme.owner, "crm.sync")
        assert stored() == []

    def test_refuses_a_name_of_another_form(self, committed: None, acme: Company) -> None:
        with pytest.raises(ValueError, match="no name of a job"), transaction.atomic():
            defer(acme.owner, "sync")

    def test_adds_nothing_when_the_same_work_waits(self, committed: None, acme: Company) -> None:
        with transaction.atomic():
            first = defer(acme.owner, "crm.sync", deal_id=7)
            assert defer(acme.member, "crm.sync", deal_id=7) == first
        with transaction.atomic():
            assert defer(acme.owner, "crm.sync", deal_id=7) == first
        assert len(stored()) == 1

    @pytest.mark.parametrize("other", ["id", "workspace", "name", "time", "begun"])
    def test_adds_a_job_when_other_work_waits(
        self, committed: None, acme: Company, borealis: Company, other: str
    ) -> None:
        with transaction.atomic():
            later = NOW + timedelta(days=999) if other == "time" else None
            defer(acme.owner, "crm.sync", deal_id=7, run_at=later)
        if other == "begun":
            with superuser() as connection:
                connection.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        with transaction.atomic():
            actor = borealis.owner if other == "workspace" else acme.owner
            name = "crm.other" if other == "name" else "crm.sync"
            defer(actor, name, deal_id=8 if other == "id" else 7)
        assert len(stored()) == 2

    def test_adds_a_job_when_another_transaction_holds_the_waiting_one(self, committed: None, acme: Company) -> None:
        with transaction.atomic():
            first = defer(acme.owner, "crm.sync")
        with superuser() as other, other.transaction():
            other.execute("SELECT * FROM procrastinate_jobs FOR UPDATE")
            with transaction.atomic():
                assert defer(acme.owner, "crm.sync") != first

    def test_keeps_a_waiting_job_from_workers_until_the_change_can_be_seen(
        self, committed: None, acme: Company
    ) -> None:
        with transaction.atomic():
            first = defer(acme.owner, "crm.sync")
        with superuser() as worker:
            worker.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
            fetch = "SELECT id FROM procrastinate_fetch_job_v2(NULL, (SELECT max(id) FROM procrastinate_workers))"
            with transaction.atomic():
                defer(acme.owner, "crm.sync")
                assert worker.execute(fetch).fetchone() == (None,)
            assert worker.execute(fetch).fetchone() == (first,)

    def test_lets_jobs_with_one_lock_run_one_after_another(self, committed: None, acme: Company) -> None:
        connection_id = uuid4()
        with transaction.atomic():
            defer(acme.owner, "crm.sync", connection_id=connection_id, lock=f"connection:{connection_id}")
            defer(acme.owner, "crm.backfill", connection_id=connection_id, lock=f"connection:{connection_id}")
        first, second = stored()
        assert first["lock"] == second["lock"] == f"{acme.workspace_id}:connection:{connection_id}"

    def test_never_uses_the_lock_that_breaks_with_retries(self, committed: None, acme: Company) -> None:
        with transaction.atomic():
            defer(acme.owner, "crm.sync")
        assert stored()[0]["queueing_lock"] is None


class TestGrants:
    @pytest.mark.parametrize("role", ["auctor_reader", "auctor_sealer", "auctor_retention"])
    def test_let_no_other_role_near_the_queue(self, committed: None, role: str) -> None:
        dsn = roles.dsn(settings.AUCTOR_SERVER, role, settings.AUCTOR_DATA)
        for statement in (
            "SELECT * FROM procrastinate_jobs",
            "SELECT procrastinate_register_worker_v1()",
            "INSERT INTO procrastinate_events (job_id) VALUES (1)",
        ):
            with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)

    def test_let_the_running_role_neither_truncate_nor_alter(self, committed: None) -> None:
        dsn = roles.dsn(settings.AUCTOR_SERVER, "auctor_app", settings.AUCTOR_DATA)
        for statement in ("TRUNCATE procrastinate_jobs CASCADE", "ALTER TABLE procrastinate_jobs ADD x int"):
            with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)

    def test_cover_every_function_of_the_queue(self, committed: None) -> None:
        with superuser() as connection:
            rows = connection.execute(
                "SELECT proname FROM pg_proc WHERE starts_with(proname, 'procrastinate_')"
                " AND NOT has_function_privilege('auctor_app', oid, 'EXECUTE')"
            ).fetchall()
        assert rows == []
