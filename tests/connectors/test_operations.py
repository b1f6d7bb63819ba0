"""Clients, sign-ins that begin, pauses; and that nobody but the broker reads what opens a connection."""

from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from auctor.connectors import operations, queries
from auctor.connectors.models import Attempt, Connection, Grant, Secret
from auctor.connectors.operations import CameBack
from auctor.connectors.records import Reason, State
from auctor.connectors.refusals import BrokerAway, SignInRefused
from auctor.connectors.rules import ChangeRefused
from auctor.tenancy import context, roles, scope
from auctor.tenancy.permissions import Forbidden, Role
from tests.cast import NOW, Company
from tests.connectors.wishes import WISH, registered, wish


def made(company: Company, state: State) -> Connection:
    row = {"vendor": "hubspot", "site": "", "reason": "none", "made_at": NOW, "changed_at": NOW}
    found: Connection = Connection.objects.create(workspace_id=company.workspace_id, state=state.value, **row)
    return found


class TestRegisterClient:
    def test_keeps_the_secret_where_nobody_but_the_broker_reads_it(self, committed: None, acme: Company) -> None:
        with scope.enter(acme.owner), transaction.atomic():
            registered(acme.owner)
        for role in ("auctor_app", "auctor_reader", "auctor_retention"):
            dsn = roles.dsn(settings.AUCTOR_SERVER, role, settings.AUCTOR_DATA)
            with psycopg.connect(dsn) as line:
                line.execute(f"SET app.ctx = '{context.sign(acme.owner, settings.AUCTOR_CONTEXT_KEY)}'")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    line.execute("SELECT sealed FROM connectors_secret")
        dsn = roles.dsn(settings.AUCTOR_SERVER, "auctor_broker", settings.AUCTOR_DATA)
        with psycopg.connect(dsn) as line:
            line.execute(f"SET app.ctx = '{context.sign(acme.owner, settings.AUCTOR_CONTEXT_KEY)}'")
            [(sealed,)] = line.execute("SELECT sealed FROM connectors_secret").fetchall()
        assert b"secret-1" not in sealed

    def test_puts_a_new_one_in_place_of_the_former(self, acme: Company) -> None:
        with scope.enter(acme.owner):
            first = registered(acme.owner)
            second = registered(acme.owner, client_id="client-2", secret="secret-2")
            assert (second.id, second.client_id) == (first.id, "client-2")
            assert Secret.objects.count() == 1

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.ANALYST, Role.MEMBER])
    def test_is_for_those_who_run_the_workspace(self, acme: Company, role: Role) -> None:
        with scope.enter(acme.of(role)), pytest.raises(Forbidden):
            registered(acme.of(role))


class TestSecrets:
    @pytest.mark.parametrize("model", [Secret, Grant])
    def test_cannot_be_read_by_the_web_server(self, acme: Company, model: type[Secret]) -> None:
        with (
            scope.enter(acme.owner),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
        ):
            list(model.objects.all())

    def test_cannot_be_given_or_changed_by_the_web_server(self, acme: Company) -> None:
        for statement in ("UPDATE connectors_grant SET version = 9", "DELETE FROM connectors_grant"):
            with (
                scope.enter(acme.owner),
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


class TestBeginSignIn:
    def test_leads_to_the_vendor_and_grants_nothing(self, acme: Company) -> None:
        with scope.enter(acme.owner):
            registered(acme.owner)
            begun = operations.begin_sign_in(acme.owner, wish=WISH, now=NOW)
            [found] = queries.list_connections(acme.owner)
        assert begun.address.startswith("https://app.hubspot.com/oauth/authorize?")
        assert (found.id, found.state, found.reason) == (begun.connection_id, State.NEEDS_SIGN_IN, Reason.NEW)

    def test_keeps_digests_of_state_and_session_only(self, acme: Company) -> None:
        with scope.enter(acme.owner):
            registered(acme.owner)
            operations.begin_sign_in(acme.owner, wish=WISH, now=NOW)
            attempt = Attempt.objects.get()
        assert bytes(attempt.state) == queries.digest(WISH.state)
        assert bytes(attempt.session) == queries.digest(WISH.session)

    def test_needs_a_client(self, acme: Company) -> None:
        with scope.enter(acme.owner), pytest.raises(ChangeRefused, match="No client"):
            operations.begin_sign_in(acme.owner, wish=WISH, now=NOW)

    def test_goes_on_with_a_connection_but_not_with_one_that_ended(self, acme: Company) -> None:
        with scope.enter(acme.owner):
            registered(acme.owner)
            lost, ended = made(acme, State.NEEDS_SIGN_IN), made(acme, State.DISCONNECTED)
            begun = operations.begin_sign_in(acme.owner, wish=wish(connection_id=lost.id), now=NOW)
            assert begun.connection_id == lost.id
            with pytest.raises(ChangeRefused, match="ended"):
                operations.begin_sign_in(acme.owner, wish=wish(connection_id=ended.id, state="t" * 43), now=NOW)

    def test_does_not_find_a_strangers_connection(self, acme: Company, borealis: Company) -> None:
        with scope.enter(borealis.owner):
            foreign = made(borealis, State.ACTIVE)
        with scope.enter(acme.owner):
            registered(acme.owner)
            with pytest.raises(queries.NoConnection):
                operations.begin_sign_in(acme.owner, wish=wish(connection_id=foreign.id), now=NOW)


class TestFinishSignIn:
    BACK = CameBack("hubspot", WISH.session, WISH.state, "code-1")

    @pytest.mark.parametrize(
        ("change", "later"),
        [
            ({"state": "x" * 43}, timedelta()),
            ({"session": "another session"}, timedelta()),
            ({"vendor": "zoho"}, timedelta()),
            ({}, timedelta(minutes=10)),
        ],
        ids=["a state never given", "another session", "another vendor", "too late"],
    )
    def test_refuses_a_way_back_that_does_not_fit(
        self, acme: Company, change: dict[str, str], later: timedelta
    ) -> None:
        back = CameBack(
            **{"vendor": "hubspot", "session": WISH.session, "state": WISH.state, "code": "code-1", **change}
        )
        with scope.enter(acme.owner):
            registered(acme.owner)
            operations.begin_sign_in(acme.owner, wish=WISH, now=NOW)
            with pytest.raises(SignInRefused):
                operations.finish_sign_in(acme.owner, back=back, now=NOW + later)

    def test_refuses_another_person_and_a_second_use(self, acme: Company) -> None:
        with scope.enter(acme.owner):
            registered(acme.owner)
            operations.begin_sign_in(acme.owner, wish=WISH, now=NOW)
        with scope.enter(acme.admin), pytest.raises(SignInRefused):
            operations.finish_sign_in(acme.admin, back=self.BACK, now=NOW)
        with scope.enter(acme.owner):
            Attempt.objects.update(used_at=NOW)
            with pytest.raises(SignInRefused):
                operations.finish_sign_in(acme.owner, back=self.BACK, now=NOW)

    def test_says_so_when_the_broker_is_not_there(self, acme: Company) -> None:
        with scope.enter(acme.owner):
            registered(acme.owner)
            operations.begin_sign_in(acme.owner, wish=WISH, now=NOW)
            with pytest.raises(BrokerAway, match="auctor broker"):
                operations.finish_sign_in(acme.owner, back=self.BACK, now=NOW)


class TestPause:
    def test_and_resume_change_the_state_and_say_who_did(self, acme: Company) -> None:
        with scope.enter(acme.admin):
            row = made(acme, State.ACTIVE)
            paused = operations.pause(acme.admin, connection_id=row.id, now=NOW)
            assert (paused.state, paused.reason) == (State.PAUSED, Reason.PERSON)
            resumed = operations.resume(acme.admin, connection_id=row.id, now=NOW)
            assert (resumed.state, resumed.reason) == (State.ACTIVE, Reason.NONE)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT action FROM audit.entry WHERE workspace_id = %s ORDER BY id", [acme.workspace_id]
                )
                assert [row[0] for row in cursor.fetchall()] == ["connection:paused", "connection:resumed"]

    @pytest.mark.parametrize("state", [State.NEEDS_SIGN_IN, State.DISCONNECTED])
    def test_is_not_for_a_connection_that_is_not_in_use(self, acme: Company, state: State) -> None:
        with scope.enter(acme.admin), pytest.raises(ChangeRefused):
            operations.pause(acme.admin, connection_id=made(acme, state).id, now=NOW)

    def test_is_for_those_who_run_the_workspace(self, acme: Company) -> None:
        with scope.enter(acme.manager), pytest.raises(Forbidden):
            operations.pause(acme.manager, connection_id=made(acme, State.ACTIVE).id, now=NOW)


class TestDisconnect:
    def test_does_not_find_a_strangers_connection(self, acme: Company, borealis: Company) -> None:
        with scope.enter(borealis.owner):
            foreign = made(borealis, State.ACTIVE)
        with scope.enter(acme.owner), pytest.raises(queries.NoConnection):
            operations.disconnect(acme.owner, connection_id=foreign.id)
