"""Is the vault whole? The same words at start-up, in `auctor vault check` and in `auctor doctor`."""

import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import connection, models, transaction

from auctor.kit.errors import AuctorError
from auctor.tenancy import scope
from auctor.tenancy.records import INSTANCE_ID, Actor
from auctor.vault import keyring, startup
from auctor.vault.fields import SealedField, belongs_to_workspace
from auctor.vault.keyring import Keyring, Purpose
from auctor.vault.keysets import Stage
from auctor.vault.keystore import KeysDestroyed
from auctor.vault.rotate import NEVER_SEALED_ANEW, begin_of, find_targets


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a stable code, what, where, and the mend. `is_fatal` stops a start."""

    code: str
    what: str
    where: str
    mend: str
    is_fatal: bool = True

    @classmethod
    def of(cls, error: AuctorError) -> "Finding":
        """An error as a finding."""
        return cls(error.code, error.message, error.where, error.mend)


def require_vault(data: Path, *, uri: str = "", credentials: Path | None = None) -> Keyring:
    """Open or make the vault of this database, before anything is written: the first step of a start.

    Asks the database on the default connection. Raises `RootKeyUnfit`, `KeystoreUnfit` or `VaultMismatch`.
    """
    with connection.cursor() as cursor:
        remembered = startup.read_fingerprint(cursor)
    return startup.prepare(data, uri=uri, credentials=credentials, remembered=remembered)


def check_vault(
    workspaces: Iterable[UUID] = (), *, tables: Sequence[type[models.Model]] | None = None
) -> list[Finding]:
    """Everything that is wrong with the vault; empty when nothing is. Changes nothing.

    `workspaces`, and with them the installation, are also asked for sealed values whose key is missing; that reads
    every sealed column of theirs. One whose keys were destroyed on purpose is passed over.
    """
    ring = keyring.current()
    ring.forget()
    findings = list(_check_files(ring))
    try:
        startup.prove_root(ring)
        with connection.cursor() as cursor:
            remembered = startup.read_fingerprint(cursor)
        if remembered is not None:
            startup.prove_match(ring, remembered)
        findings += _check_rotation(ring)
    except AuctorError as error:
        return [*findings, Finding.of(error)]
    asked = set(workspaces)
    for workspace_id in sorted(asked | {INSTANCE_ID}) if asked else ():
        findings += _check_keys(ring, workspace_id, tables)
    return findings


def _check_files(ring: Keyring) -> Iterator[Finding]:
    folder = ring.keystore.path.parent / startup.SECRETS
    for path, wanted in ((ring.keystore.path, 0o600), (folder, 0o700)):
        if path.exists() and (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
            yield Finding(
                "vault.open_to_others",
                f"Others than the owner may use it: its permissions are {mode:04o}.",
                str(path),
                f"Run: chmod {wanted:04o} {path}",
                is_fatal=False,
            )


def _check_rotation(ring: Keyring) -> Iterator[Finding]:
    rows = ring.keystore.rows()
    half = [r for r in rows if ring.read(r).stage is not Stage.STEADY and r.purpose not in NEVER_SEALED_ANEW]
    if half:
        yield Finding(
            "vault.rotation_unfinished",
            f"A rotation of keys was interrupted; {len(half)} keysets hold an old key beside the new one.",
            str(ring.keystore.path),
            "Nothing is lost. Finish it: auctor vault rotate",
            is_fatal=False,
        )


def _check_keys(ring: Keyring, workspace_id: UUID, tables: Sequence[type[models.Model]] | None) -> Iterator[Finding]:
    actor = Actor.system(None if workspace_id == INSTANCE_ID else workspace_id, "vault.check")
    with scope.enter(actor), transaction.atomic():
        for purpose in Purpose:
            try:
                known = ring.headers(workspace_id, purpose)
            except KeysDestroyed:
                return
            for target in find_targets(purpose, tables):
                if belongs_to_workspace(target.model) == (workspace_id == INSTANCE_ID):
                    continue
                for field in target.sealed:
                    yield from _missing(field, known, workspace_id)


def _missing(field: SealedField, known: frozenset[bytes], workspace_id: UUID) -> Iterator[Finding]:
    rows = field.model._base_manager.filter(**{f"{field.name}__isnull": False})
    if belongs_to_workspace(field.model):
        rows = rows.filter(workspace_id=workspace_id)
    counted = rows.annotate(header=begin_of(field)).values_list("header").annotate(models.Count("pk")).order_by()
    for header, count in counted:
        if bytes(header) not in known:
            yield Finding(
                "vault.key_unknown",
                f"{count} values are sealed with the key {int.from_bytes(bytes(header)[1:])}, which is not there.",
                f"workspace {workspace_id}, {field.model._meta.db_table}.{field.column}",
                "The keystore is older than the database: put back a newer copy of keystore.sqlite.",
            )
