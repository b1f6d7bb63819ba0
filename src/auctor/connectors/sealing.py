"""How secrets of connections are sealed: with the workspace's keys for tokens, bound to table, column and row.

Plain functions and no fields: nobody but the broker may read the columns, so nothing else must try to open them.
"""

import json
from typing import Any
from uuid import UUID

from auctor.vault import keyring
from auctor.vault.keyring import Purpose

SECRET = "connectors_secret|sealed|"  # noqa: S105 - a place, not a secret
GRANT = "connectors_grant|sealed|"
FORMER = "connectors_grant|former|"


def seal(workspace_id: UUID, place: str, row: UUID, value: Any) -> bytes:
    """Any JSON value, sealed for one row."""
    plain = json.dumps(value, separators=(",", ":")).encode()
    return keyring.seal(workspace_id, Purpose.TOKENS, plain, context=place.encode() + row.bytes)


def open_(workspace_id: UUID, place: str, row: UUID, sealed: bytes) -> Any:
    """The inverse; for the broker. Raises a `VaultError`."""
    return json.loads(keyring.open_(workspace_id, Purpose.TOKENS, sealed, context=place.encode() + row.bytes))
