"""Django's sessions, kept so that a copy of the database opens no browser: digests for keys, sealed contents.

Reading a session tells at once whose it is, in which workspace, with which role: one statement a request.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, connection, models, transaction

from auctor.identity.holders import SessionHolder
from auctor.identity.models import Session
from auctor.vault.fields import Sealed
from auctor.vault.keyring import VaultError

# Keys of the session that its row shows too, so that a session can be found by whom and where it opens.
FACTOR = "auctor.factor"
CHOSEN = "auctor.workspace"

HOLDER = "SELECT * FROM auctor.session_holder(%s, %s)"


def digest_of(key: str) -> bytes:
    """What the database knows of a session's key, which is 32 random characters and needs no salt."""
    return hashlib.sha256(key.encode()).digest()


class SessionStore(SessionBase):
    """The engine of `SESSION_ENGINE`."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        # Who holds it, as of the moment it was read; None for a session that nobody signed in with.
        self.holder: SessionHolder | None = None

    @classmethod
    def get_model_class(cls) -> type[models.Model]:
        """As Django's test client asks."""
        return Session

    def find_holder(self) -> SessionHolder | None:
        """Who holds it; reads it if nobody did before. None for a browser without a known session."""
        self._get_session()  # type: ignore[attr-defined]  # Django's own helper
        return self.holder

    def load(self) -> dict[str, Any]:
        """The contents; empty for a key that is unknown, expired, or sealed with a key that is gone."""
        row = self._read()
        if row is None:
            self._session_key = None
            return {}
        return row

    def _read(self) -> dict[str, Any] | None:
        with connection.cursor() as cursor:
            cursor.execute(HOLDER, [digest_of(self.session_key or ""), datetime.now(UTC)])
            found = cursor.fetchone()
            if found is None:
                return None
            columns = [column.name for column in cursor.description]
        words = dict(zip(columns, found, strict=True))
        try:
            data = Session(id=words["session_id"], data=Sealed(words.pop("data"))).data
        except VaultError:
            return None
        self.holder = SessionHolder.from_row(words)
        return dict(data)

    def exists(self, session_key: str) -> bool:
        """Whether a session has this key."""
        return Session.objects.filter(digest=digest_of(session_key)).exists()

    def create(self) -> None:
        """A new, empty session under a new key."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # Django's own helper
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write it. Raises `UpdateError` when it was revoked meanwhile: a revoked session does not come back."""
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # Django's own helper
        try:
            with transaction.atomic():
                row = self._new_row() if must_create else self._locked_row()
                self._fill(row, data)
                row.save(force_insert=must_create, force_update=not must_create)
        except IntegrityError as error:
            raise CreateError from error
        return None

    def _new_row(self) -> Session:
        now = datetime.now(UTC)
        return Session(digest=digest_of(self.session_key or ""), created_at=now, last_seen_at=now)

    def _locked_row(self) -> Session:
        row = Session.objects.select_for_update().filter(digest=digest_of(self.session_key or "")).first()
        if row is None:
            raise UpdateError
        return row

    def _fill(self, row: Session, data: dict[str, Any]) -> None:
        row.data = data
        row.user_id = UUID(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.chosen = UUID(data[CHOSEN]) if data.get(CHOSEN) else None
        row.factor = data.get(FACTOR, "")
        row.must_rotate = False
        row.expires_at = self.get_expiry_date()

    def delete(self, session_key: str | None = None) -> None:
        """Forget it."""
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(digest=digest_of(key)).delete()

    def cycle_key(self) -> None:
        """The same contents under a new key; the row, which people see in their list, stays the same one."""
        old, data = self.session_key, self._session  # type: ignore[attr-defined]  # Django's own attribute
        if old is None:
            self.create()
        else:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            moved = Session.objects.filter(digest=digest_of(old)).update(
                digest=digest_of(self._session_key or ""), must_rotate=False
            )
            if not moved:
                raise UpdateError
        self._session_cache = data
        self.modified = True

    @classmethod
    def clear_expired(cls) -> None:
        """Drop what nobody can use any more."""
        Session.objects.filter(expires_at__lt=datetime.now(UTC)).delete()
