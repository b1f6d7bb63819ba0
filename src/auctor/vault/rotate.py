"""Rotation of keys. Can be killed at any point and is taken up where it stopped.

These are the only operations of the product that open transactions of their own: one for each batch, because a
rotation may take hours and what is done must stay done. Call them outside a transaction.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.lookups import Exact

from auctor.kit.errors import AuctorError
from auctor.tenancy import scope
from auctor.tenancy.records import INSTANCE_ID, Actor
from auctor.vault import keyring, keysets
from auctor.vault import root as roots
from auctor.vault.blindfields import BlindField
from auctor.vault.fields import AnyField, SealedField, belongs_to_workspace
from auctor.vault.keyring import FRESH_SECONDS, Keyring, Purpose
from auctor.vault.keysets import Keysets, Stage
from auctor.vault.root import RootKey
from auctor.vault.startup import PROOF, proof_binding

BATCH_ROWS = 500
# What is sealed inside an entry of the audit log can never be written again, and tokens are read by the broker's role
# alone, which seals them with the newest key whenever a vendor renews them: the former keys of both stay and only open.
NEVER_SEALED_ANEW = frozenset({Purpose.AUDIT, Purpose.TOKENS})


class RotationInTransaction(AuctorError):
    """A rotation inside somebody's transaction could neither be seen by others nor taken up again."""

    code: ClassVar[str] = "vault.rotation_in_transaction"
    status: ClassVar[int] = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a rotation: `step` is announce, switch, seal, drop or wrap; `rows` were sealed anew by it."""

    step: str
    workspace_id: UUID | None = None
    purpose: Purpose | None = None
    table: str = ""
    rows: int = 0


Report = Callable[[Progress], None]


def _say_nothing(_progress: Progress) -> None:
    """The report of those who do not want one."""


@dataclass(frozen=True, slots=True)
class Target:
    """One table and those of its fields that are sealed for one purpose."""

    model: type[models.Model]
    sealed: tuple[SealedField, ...]
    blind: tuple[BlindField, ...]


def rotate_keysets(
    *,
    now: datetime,
    workspaces: Iterable[UUID] | None = None,
    tables: Sequence[type[models.Model]] | None = None,
    report: Report = _say_nothing,
    settle_seconds: float = FRESH_SECONDS + 1,
) -> int:
    """New keys for the workspaces (default: all, and the installation's own). Returns the rows sealed anew.

    1. Announce: each keyset gets a new key that nobody seals with; wait until every process knows it.
    2. Switch: it becomes the primary; wait until every process seals with it, and until every transaction that
       may still carry a value of the old key has ended.
    3. Seal anew, in batches, all rows that do not begin with the new key's id; digests are computed anew with them.
    4. Drop the old key.

    A keyset that is found half-way continues where it stands and gets no further key.
    """
    if connection.in_atomic_block:
        raise RotationInTransaction("Keys are rotated outside any transaction.", mend="Call it from a command.")
    ring = keyring.current()
    chosen = _keysets_of(ring, workspaces)
    _advance(ring, chosen, "announce", {Stage.STEADY}, Keysets.announce, report)
    # Before any value is sealed with a new key, a second copy of that key exists.
    ring.keystore.backup(now=now)
    time.sleep(settle_seconds)
    _advance(ring, chosen, "switch", {Stage.ANNOUNCED}, Keysets.switch, report)
    time.sleep(settle_seconds)
    _wait_for_older_transactions()
    sealed = 0
    for workspace_id, purpose in chosen:
        if purpose in NEVER_SEALED_ANEW:
            continue
        sealed += _seal_anew(ring, (workspace_id, purpose), tables, report)
        ring.change(workspace_id, purpose, Keysets.drop_old)
        report(Progress("drop", workspace_id, purpose))
    ring.keystore.backup(now=now)
    return sealed


def rotate_root(*, now: datetime, report: Report = _say_nothing) -> int:
    """Wrap every keyset by a new root key. Returns how many were wrapped anew.

    A file gets a new key and loses the old one when nothing needs it any more. A key service rotates its key itself;
    here its newest version wraps everything.
    """
    ring = keyring.current()
    file = roots.key_file(ring.root().place, Path())
    if file is not None and keysets.stage(roots.read_key_file(file)) is Stage.STEADY:
        roots.append_key(file)
    ring.forget()
    done = _wrap_all(ring, ring.root(), ring.root(), report, even_if_named=file is None)
    if file is not None:
        roots.drop_old_keys(file)
    ring.forget()
    ring.keystore.backup(now=now)
    return done


def move_root(new: RootKey, *, now: datetime, report: Report = _say_nothing) -> int:
    """Wrap every keyset by another root key: from a file to a key service, or back. Returns how many were wrapped.

    Stop all processes first; set `AUCTOR_ROOT_KEY_URI` to the new one afterwards. Interrupted, it is run again with
    the old setting.
    """
    ring = keyring.current()
    done = _wrap_all(ring, ring.root(), new, report, even_if_named=False)
    ring.forget()
    ring.keystore.backup(now=now)
    return done


def _wrap_all(ring: Keyring, old: RootKey, new: RootKey, report: Report, *, even_if_named: bool) -> int:
    """First the keystore is told who wraps from now on, so that no process adds a keyset under the old one."""
    ring.keystore.set_root(root=new.name, proof=new.wrap(PROOF, bound_to=proof_binding(ring)))
    done = 0
    for row in ring.keystore.rows():
        if row.root == new.name and not even_if_named:
            continue
        bound_to = ring.binding(row.workspace_id, row.purpose)
        wrapped = new.wrap(old.unwrap(row.wrapped, bound_to=bound_to), bound_to=bound_to)
        ring.keystore.replace(row, wrapped=wrapped, root=new.name)
        done += 1
        report(Progress("wrap", row.workspace_id, Purpose(row.purpose)))
    return done


def find_targets(purpose: Purpose, tables: Sequence[type[models.Model]] | None = None) -> Iterator[Target]:
    """Every table with values sealed for this purpose."""
    for model in apps.get_models() if tables is None else tables:
        fields = model._meta.concrete_fields
        sealed = tuple(f for f in fields if isinstance(f, SealedField) and f.purpose is purpose)
        blind = tuple(f for f in fields if isinstance(f, BlindField) and f.purpose is purpose)
        if sealed and model._meta.managed and not model._meta.proxy:
            yield Target(model, sealed, blind)


def _keysets_of(ring: Keyring, workspaces: Iterable[UUID] | None) -> list[tuple[UUID, Purpose]]:
    wanted = None if workspaces is None else set(workspaces)
    rows = ring.keystore.rows()
    return [(row.workspace_id, Purpose(row.purpose)) for row in rows if wanted is None or row.workspace_id in wanted]


def _advance(
    ring: Keyring,
    chosen: Sequence[tuple[UUID, Purpose]],
    name: str,
    stages: set[Stage],
    step: Callable[[Keysets], Keysets],
    report: Report,
) -> None:
    for workspace_id, purpose in chosen:
        row = ring.keystore.find(workspace_id, purpose)
        if row is None:
            continue
        stage = ring.read(row).stage
        # Former audit keys stay for good: there, "switched" is where the next rotation begins.
        if stage in stages or (name == "announce" and stage is Stage.SWITCHED and purpose in NEVER_SEALED_ANEW):
            ring.change(workspace_id, purpose, step)
            report(Progress(name, workspace_id, purpose))


def _wait_for_older_transactions() -> None:
    """Until every transaction of ours has ended that is open now: it may write what was sealed with an old key.

    Virtual ids are compared, because a transaction that has not written yet has no other.
    """
    older = _open_transactions()
    while older & _open_transactions():
        time.sleep(0.05)


def _open_transactions() -> set[str]:
    query = (
        "SELECT l.virtualxid FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'virtualxid'"
        " AND a.datname = current_database() AND a.usename = current_user AND l.pid <> pg_backend_pid()"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {found for (found,) in cursor.fetchall()}


def _seal_anew(
    ring: Keyring, key: tuple[UUID, Purpose], tables: Sequence[type[models.Model]] | None, report: Report
) -> int:
    workspace_id, purpose = key
    header = ring.header(workspace_id, purpose)
    total = 0
    with scope.enter(Actor.system(None if workspace_id == INSTANCE_ID else workspace_id, "vault.rotate")):
        for target in find_targets(purpose, tables):
            if belongs_to_workspace(target.model) == (workspace_id == INSTANCE_ID):
                continue
            for rows in _seal_table(target, workspace_id, header):
                total += rows
                report(Progress("seal", workspace_id, purpose, target.model._meta.db_table, rows))
    return total


def _seal_table(target: Target, workspace_id: UUID, header: bytes) -> Iterator[int]:
    """Through the table by key, batch by batch; again from its beginning as long as any old value is left.

    Rows that somebody is changing are passed over, so that this never waits for a lock and cannot deadlock with
    anyone; they are found again by the last look, which asks without locking.
    """
    stale = _stale_rows(target, workspace_id, header)
    after: Any = None
    while True:
        later = stale if after is None else stale.filter(pk__gt=after)
        with transaction.atomic():
            rows = list(later.select_for_update(no_key=True, skip_locked=True).order_by("pk")[:BATCH_ROWS])
            _write(target, rows)
        if rows:
            after = rows[-1].pk
            yield len(rows)
        elif not stale.exists():
            return
        else:
            after = None
            time.sleep(0.05)


def _stale_rows(target: Target, workspace_id: UUID, header: bytes) -> models.QuerySet[models.Model]:
    stale = models.Q()
    for field in target.sealed:
        stale |= ~models.Q(Exact(begin_of(field), models.Value(header, output_field=models.BinaryField())))
    found = target.model._base_manager.filter(stale)
    return found.filter(workspace_id=workspace_id) if belongs_to_workspace(target.model) else found


def begin_of(field: SealedField) -> models.Func:
    """The first five bytes of a sealed column in SQL: which key sealed it."""
    begin = models.Func(models.F(field.name), template="substring(%(expressions)s from 1 for 5)")
    begin.output_field = models.BinaryField()
    return begin


def _write(target: Target, rows: Sequence[models.Model]) -> None:
    """One UPDATE for each row, sent together."""
    fields = [*target.sealed, *target.blind]
    key = [f for f in target.model._meta.concrete_fields if f.primary_key or f.attname == "workspace_id"]
    changes = ", ".join(f"{_column(field)} = %s" for field in fields)
    where = " AND ".join(f"{_column(field)} = %s" for field in key)
    values = [
        [
            *(field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields),
            *(getattr(row, field.attname) for field in key),
        ]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {connection.ops.quote_name(target.model._meta.db_table)} SET {changes} WHERE {where}",  # noqa: S608 - names of our own
            values,
        )


def _column(field: AnyField) -> str:
    assert field.column is not None
    return connection.ops.quote_name(field.column)
