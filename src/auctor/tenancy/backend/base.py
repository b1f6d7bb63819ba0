"""The database backend: a transaction knows for whom it runs from its first statement on."""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper

from auctor.tenancy import context, scope

# Who may only read reads here, and no request opens a transaction on this connection before its first statement.
READER = "reader"


class ReadingCursor(CursorWrapper):
    """Each statement outside a transaction gets one of its own, because only a transaction knows for whom it runs."""

    def _execute(self, sql: str, params: Any, *ignored: Any) -> Any:
        if self.db.in_atomic_block or scope.find_current() is None:
            return super()._execute(sql, params, *ignored)  # type: ignore[misc]  # absent from the stubs
        with self.db.connection.transaction():
            self.db.scope_transaction()
            return super()._execute(sql, params, *ignored)  # type: ignore[misc]


class DatabaseWrapper(base.DatabaseWrapper):
    """`ATOMIC_REQUESTS` opens its transaction after middleware ran, so the scope is set here and nowhere else."""

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # absent from the stubs
        # A new transaction runs for nobody; telling it so would cost every public page a round trip.
        if not autocommit and context.says_something(scope.find_current()):
            self.scope_transaction()

    def scope_transaction(self) -> None:
        """Tell the open transaction its actor. A literal, because only that passes transaction pooling and Citus."""
        actor = scope.find_current()
        value = context.sign(actor, settings.AUCTOR_CONTEXT_KEY) if actor else ""
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL app.ctx = '{value}'")

    def make_cursor(self, cursor: Any) -> CursorWrapper:
        """A cursor as Django uses it."""
        return ReadingCursor(cursor, self) if self.alias == READER else super().make_cursor(cursor)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connections carry no search path of their own and say who they are."""
        return super().get_new_connection({"application_name": "auctor", **conn_params})
