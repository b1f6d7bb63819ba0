"""The door into a workspace, and what stays behind it."""

import pytest
from django.db import connection, transaction

from auctor.identity.models import Member
from auctor.tenancy import scope
from auctor.tenancy.records import Actor
from tests.cast import Company


class TestEnter:
    """`scope.enter` is the only way to rows."""

    def test_shows_the_rows_of_its_workspace_only(self, acme: Company, borealis: Company) -> None:
        with scope.enter(acme.owner):
            assert Member.objects.count() == 5
            assert Member.unscoped.exclude(workspace_id=acme.workspace_id).count() == 0
        with scope.enter(borealis.owner):
            assert {m.workspace_id for m in Member.unscoped.all()} == {borealis.workspace_id}

    def test_refuses_queries_outside(self, acme: Company) -> None:
        with pytest.raises(scope.NoScope):
            Member.objects.count()
        assert Member.unscoped.count() == 0

    def test_gives_the_outer_scope_back(self, acme: Company, borealis: Company) -> None:
        with scope.enter(acme.owner):
            with scope.enter(borealis.owner):
                pass
            assert Member.unscoped.filter(workspace_id=acme.workspace_id).count() == 5

    def test_scopes_a_transaction_that_begins_inside(self, committed: None, acme: Company) -> None:
        with scope.enter(acme.owner), transaction.atomic():
            assert Member.unscoped.count() == 5
        with transaction.atomic():
            assert Member.unscoped.count() == 0

    def test_refuses_a_context_that_nobody_signed(self, acme: Company) -> None:
        with scope.enter(Actor.anonymous()), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL app.ctx = '{acme.workspace_id}...owner.99999999999.{'0' * 64}'")
            with pytest.raises(Exception, match="not signed"), transaction.atomic():
                cursor.execute("SELECT count(*) FROM identity_member")
