"""What every call passes, tried on every operation there is."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connections, transaction

from auctor.identity import limits, tokens, workspaces
from auctor.identity.models import Invitation, Reply
from auctor.tenancy import scope
from auctor.tenancy.models import Workspace
from auctor.tenancy.permissions import PERMISSIONS_OF
from auctor.tenancy.records import Actor
from tests.api.calling import Program, body_of, calls_of, program_of, token_for
from tests.api.tries import INVITED, TRIES, P, Try
from tests.cast import NOW, Company
from tests.conftest import superuser

WITH_ID = [one for one in TRIES if one.made]
WRITES = [one for one in TRIES if one.method != "GET"]


def named(one: Try) -> str:
    return one.operation


def without_ids(response: Any) -> str:
    """An answer but for ids of anything: of the request, of what was asked for."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", response.content.decode())


@pytest.fixture
def erin() -> Iterator[None]:
    """Mails are kept in memory, as Django's tests keep them."""
    mail.outbox = []
    yield
    mail.outbox.clear()


@pytest.mark.parametrize("one", TRIES, ids=named)
class TestGuarded:
    def test_answers_nobody_without_a_token(self, acme: Company, one: Try) -> None:
        response = Program().call(one.method, one.address(acme), one.body)
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == 'Bearer realm="auctor"'
        assert body_of(response)["code"] == "api.token_unknown"

    def test_answers_nobody_with_an_unknown_token(self, acme: Company, one: Try) -> None:
        path = one.address(acme)
        for token in ("auctor_" + "x" * 43, "x", "auctor_", "sch\u00f6n"):
            assert Program(token).call(one.method, path, one.body).status_code == 401

    def test_answers_nobody_with_an_expired_token(self, acme: Company, one: Try) -> None:
        old = token_for(acme.owner, now=datetime.now(UTC) - timedelta(days=30, seconds=1))
        assert Program(old.secret).call(one.method, one.address(acme), one.body).status_code == 401

    def test_answers_nobody_with_a_revoked_token(self, acme: Company, one: Try) -> None:
        made = token_for(acme.owner)
        with scope.enter(acme.owner), transaction.atomic():
            tokens.revoke_token(acme.owner, token_id=made.record.id, now=NOW)
        assert Program(made.secret).call(one.method, one.address(acme), one.body).status_code == 401

    def test_serves_the_one_who_may(self, acme: Company, one: Try) -> None:
        response = program_of(acme.owner).call(one.method, one.address(acme), one.body)
        assert response.status_code == one.status, response.content
        assert response["X-Request-ID"]
        (entry,) = calls_of(acme.owner)
        assert entry.details == {"operation": one.operation, "method": one.method, "status": one.status}
        assert entry.request_id == response["X-Request-ID"]
        assert entry.outcome == ("ok" if one.status < 400 else "refused")

    def test_refuses_roles_without_the_permission(self, acme: Company, one: Try) -> None:
        path = one.address(acme)
        for role, held in PERMISSIONS_OF.items():
            response = program_of(acme.of(role)).call(one.method, path, {"no": "field"})
            if one.permission not in held:
                assert response.status_code in {403, 422}, role
                assert one.method != "GET" or response.status_code == 403

    def test_refuses_a_token_without_the_scope(self, acme: Company, one: Try) -> None:
        other = P.SELF_READ if one.permission is not P.SELF_READ else P.DEAL_READ
        response = program_of(acme.owner, {other}).call(one.method, one.address(acme), one.body)
        assert response.status_code == 403
        assert body_of(response)["code"] == "tenancy.forbidden"
        assert calls_of(acme.owner)[0].outcome == "refused"

    def test_refuses_other_methods(self, acme: Company, one: Try) -> None:
        program, path = program_of(acme.owner), one.address(acme)
        answered = {other.method for other in TRIES if other.path == one.path}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"} - answered:
            response = program.call(method, path)
            assert response.status_code == 405, method
            assert set(response["Allow"].split(", ")) == answered
            assert body_of(response)["code"] == "api.method_not_allowed"

    def test_refuses_a_query_that_it_does_not_have(self, acme: Company, one: Try) -> None:
        response = program_of(acme.owner).call(one.method, f"{one.address(acme)}?colour=red", one.body)
        assert response.status_code == 400
        assert body_of(response)["code"] == "api.unknown_parameter"

    def test_changes_nothing_in_a_workspace_whose_pilot_has_ended(self, acme: Company, one: Try) -> None:
        path, made = one.address(acme), token_for(acme.owner)
        with scope.enter(acme.system), transaction.atomic():
            Workspace.objects.update(kind="pilot", pilot_ends_at=datetime.now(UTC) - timedelta(seconds=1))
        response = Program(made.secret).call(one.method, path, one.body)
        harmless = (one.method == "GET" and one.operation != "list_invitations") or one.operation == "revoke_token"
        assert response.status_code == (one.status if harmless else 403), response.content
        assert harmless or "read-only" in body_of(response)["detail"]

    def test_is_closed_with_the_workspace(self, acme: Company, one: Try) -> None:
        path, made = one.address(acme), token_for(acme.owner)
        with scope.enter(acme.owner), transaction.atomic():
            workspaces.close_workspace(acme.owner, now=NOW)
        assert Program(made.secret).call(one.method, path, one.body).status_code == 401


@pytest.mark.parametrize("one", WITH_ID, ids=named)
class TestForeignIds:
    def test_answer_exactly_as_random_ones(self, acme: Company, borealis: Company, one: Try) -> None:
        program = program_of(acme.owner)
        foreign = program.call(one.method, one.address(borealis), one.body)
        random = program.call(one.method, one.path.format(id=uuid4()), one.body)
        assert foreign.status_code == random.status_code == 404
        assert without_ids(foreign) == without_ids(random)
        assert {**foreign.headers, "X-Request-ID": ""} == {**random.headers, "X-Request-ID": ""}

    @pytest.mark.parametrize("word", ["x", "0", "..", "a" * 300, "{id}"])
    def test_that_are_none_are_not_found_or_refused(self, acme: Company, one: Try, word: str) -> None:
        response = program_of(acme.owner).call(one.method, one.path.format(id=word), one.body)
        assert response.status_code in {400, 404, 422}
        assert response["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("one", WRITES, ids=named)
class TestIdempotency:
    def test_gives_the_first_answer_again(self, acme: Company, one: Try) -> None:
        program, path = program_of(acme.owner), one.address(acme)
        first = program.call(one.method, path, one.body, key="k1")
        again = program.call(one.method, path, one.body, key="k1")
        assert (first.status_code, first.content) == (again.status_code, again.content)
        assert first.status_code == one.status
        assert first.headers.get("Content-Type") == again.headers.get("Content-Type")

    def test_refuses_the_key_for_another_request(self, acme: Company, one: Try) -> None:
        program, path = program_of(acme.owner), one.address(acme)
        program.call(one.method, path, one.body, key="k1")
        response = program.call(one.method, path, {"other": "body"}, key="k1")
        assert response.status_code == 422
        assert body_of(response)["code"] == "identity.key_reused"

    @pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "\u00fc"])
    def test_refuses_a_key_that_is_none(self, acme: Company, one: Try, key: str) -> None:
        response = program_of(acme.owner).call(one.method, one.address(acme), one.body, key=key)
        assert response.status_code == 400
        assert body_of(response)["code"] == "identity.key_refused"


@pytest.mark.usefixtures("committed")
class TestRepeatedCalls:
    def test_keep_a_refusal(self, acme: Company) -> None:
        program = program_of(acme.owner)
        wrong = {"email": "no address", "role": "member"}
        first = program.call("POST", "/invitations", wrong, key="k1")
        assert first.status_code == 422
        assert program.call("POST", "/invitations", wrong, key="k1").content == first.content

    def test_do_not_keep_a_failure_of_ours(self, acme: Company) -> None:
        program = program_of(acme.owner)
        with superuser() as admin:
            admin.execute("REVOKE INSERT ON identity_invitation FROM auctor_app")
            try:
                first = program.call("POST", "/invitations", INVITED, key="k1")
            finally:
                admin.execute("GRANT INSERT ON identity_invitation TO auctor_app")
        assert first.status_code == 500
        assert body_of(first)["code"] == "api.failed"
        assert [(entry.details["status"], entry.outcome) for entry in calls_of(acme.owner)] == [(500, "failed")]
        assert program.call("POST", "/invitations", INVITED, key="k1").status_code == 201

    def test_do_not_keep_a_refused_method(self, acme: Company) -> None:
        program = program_of(acme.owner)
        for _ in range(2):
            response = program.call("PUT", "/workspace", key="k1")
            assert (response.status_code, response["Allow"]) == (405, "GET, PATCH")

    def test_belong_to_one_token(self, acme: Company) -> None:
        first = program_of(acme.owner).call("POST", "/invitations", INVITED, key="k1")
        other = program_of(acme.admin).call("POST", "/invitations", INVITED, key="k1")
        assert body_of(first)["id"] != body_of(other)["id"]

    def test_are_forgotten_after_a_day(self, acme: Company) -> None:
        program = program_of(acme.owner)
        program.call("POST", "/invitations", INVITED, key="k1")
        with scope.enter(acme.system), transaction.atomic():
            Reply.objects.update(created_at=datetime.now(UTC) - timedelta(hours=25))
        other = {"email": "frank@acme.example", "role": "member"}
        assert program.call("POST", "/invitations", other, key="k1").status_code == 201

    def test_at_the_same_moment_run_it_once(self, acme: Company) -> None:
        program = program_of(acme.owner)
        answers: list[bytes] = []

        def call() -> None:
            try:
                answers.append(program.call("POST", "/invitations", INVITED, key="k1").content)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=call) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == 6
        assert len(set(answers)) == 1
        with scope.enter(acme.system), transaction.atomic():
            assert Invitation.objects.count() == 1
        assert len(calls_of(acme.owner)) == 6


@pytest.mark.usefixtures("committed")
class TestFailedCalls:
    def test_leave_nothing_of_what_they_changed(self, acme: Company) -> None:
        # The invitation is stored before the log refuses its entry.
        program = program_of(acme.owner)
        with superuser() as admin:
            admin.execute(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$BEGIN IF NEW.body LIKE '%member:invited%' THEN RAISE 'no'; END IF; RETURN NEW; END$$"
            )
            admin.execute("CREATE TRIGGER refuse BEFORE INSERT ON audit.entry FOR EACH ROW EXECUTE FUNCTION refuse()")
            try:
                response = program.call("POST", "/invitations", INVITED)
            finally:
                admin.execute("DROP FUNCTION refuse CASCADE")
        assert response.status_code == 500
        with scope.enter(acme.system), transaction.atomic():
            assert not Invitation.objects.exists()
        assert [entry.details["status"] for entry in calls_of(acme.owner)] == [500]

    def test_say_nothing_of_ours(self, acme: Company) -> None:
        program = program_of(acme.owner)
        with superuser() as admin:
            admin.execute("REVOKE SELECT ON identity_member FROM auctor_app")
            try:
                response = program.call("GET", "/members")
            finally:
                admin.execute("GRANT SELECT ON identity_member TO auctor_app")
        assert response.status_code == 500
        assert b"identity_member" not in response.content
        assert response["Content-Type"].startswith("application/problem+json")


class TestLimits:
    def test_end_the_calls_of_one_token(self, acme: Company) -> None:
        made = token_for(acme.owner)
        actor = Actor.system(acme.workspace_id, "test")
        now = datetime.now(UTC)
        with scope.enter(actor), transaction.atomic():
            for _ in range(limits.TOKEN.amount):
                limits.take(limits.TOKEN, str(made.record.id), now=now)
        response = Program(made.secret).call("GET", "/workspace")
        assert response.status_code == 429
        assert 1 <= int(response["Retry-After"]) <= 10
        assert calls_of(acme.owner)[0].details["status"] == 429
        assert calls_of(acme.owner)[0].outcome == "limited"
        assert program_of(acme.owner).call("GET", "/workspace").status_code == 200

    def test_end_guesses_from_one_address(self, acme: Company) -> None:
        guesser = Program("auctor_guess", address="192.0.2.66")
        for _ in range(limits.WRONG_TOKEN_BY_ADDRESS.amount):
            assert guesser.call("GET", "/workspace").status_code == 401
        response = guesser.call("GET", "/workspace")
        assert response.status_code == 429
        assert 1 <= int(response["Retry-After"]) <= 300
        assert Program("auctor_guess").call("GET", "/workspace").status_code == 401


class TestAnyAddress:
    @pytest.mark.parametrize("path", ["", "/", "/nothing", "/members/", "/members/x/y", "/openapi.jsonx"])
    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    def test_below_the_api_answers_with_a_problem(self, db: None, path: str, method: str) -> None:
        response = Program().call(method, path)
        assert response.status_code in {301, 404}
        if response.status_code == 404:
            assert body_of(response)["code"] == "api.not_found"

    def test_is_described_to_everybody(self, db: None) -> None:
        response = Program().call("GET", "/openapi.json")
        assert body_of(response)["openapi"].startswith("3.1")
        refused = Program().call("POST", "/openapi.json")
        assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")

    def test_that_is_too_long_or_too_big_is_refused(self, acme: Company) -> None:
        program = program_of(acme.owner)
        big = {"name": "x" * 3 * 1024 * 1024}
        answers = [
            program.call("GET", "/workspace?x=" + "y" * 9000),
            program.call("GET", "/members?cursor=%00"),
            program.call("GET", "/members/%00"),
            program.call("PATCH", "/workspace", big),
        ]
        assert [one.status_code for one in answers] == [400, 400, 400, 413]
        assert all(body_of(one)["code"] == "api.refused" for one in answers)
        assert all(one["Content-Type"] == "application/problem+json" for one in answers)
