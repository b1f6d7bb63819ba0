"""Rotation of keys, killed at every step and beside processes that go on writing."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from auctor.tenancy import scope
from auctor.tenancy.records import INSTANCE_ID, Actor
from auctor.vault import keyring as keyrings
from auctor.vault import keysets, root, rotate
from auctor.vault.check import check_vault
from auctor.vault.fields import seal_many
from auctor.vault.keyring import Keyring, Purpose
from auctor.vault.keysets import Stage
from auctor.vault.operations import remember_keystore
from auctor.vault.rotate import Progress, RotationInTransaction
from auctor.vault.startup import open_vault, prove_root
from tests.cast import Company
from tests.vault.conftest import ACME, BOREALIS
from tests.vault.models import TABLE, Note

pytestmark = [pytest.mark.usefixtures("committed", "note_table")]

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ROWS = {ACME: 1300, BOREALIS: 40}


@contextmanager
def inside(workspace_id: UUID) -> Iterator[None]:
    with scope.enter(Actor.system(workspace_id, "test")), transaction.atomic():
        yield


def title(number: int) -> str:
    return f"Deal {number} of {number % 7}"


@pytest.fixture
def filled(committed: None, note_table: None, installed: Keyring) -> Keyring:
    for workspace_id, rows in ROWS.items():
        with inside(workspace_id):
            Note.objects.bulk_create(
                Note(workspace_id=workspace_id, number=n, title=title(n) if n % 5 else None, details={"n": n})
                for n in range(rows)
            )
    return installed


def expect_whole(ring: Keyring) -> None:
    """Every value opens and is what was written; every digest finds its row."""
    ring.forget()
    for workspace_id, rows in ROWS.items():
        with inside(workspace_id):
            found = list(Note.objects.order_by("number"))
            assert [note.title for note in found] == [title(n) if n % 5 else None for n in range(rows)]
            assert [note.details for note in found] == [{"n": n} for n in range(rows)]
            assert [note.number for note in Note.objects.filter(title_index=title(8))] == [8]
            assert {note.number % 7 for note in Note.objects.filter(title_words__matches="of 3", number__gt=7)} >= {3}


def headers(workspace_id: UUID, column: str) -> set[bytes]:
    with inside(workspace_id), connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT substring({column} from 1 for 5) FROM {TABLE} WHERE {column} IS NOT NULL")
        return {bytes(header) for (header,) in cursor.fetchall()}


def expect_rotated(ring: Keyring, before: dict[tuple[UUID, Purpose], bytes]) -> None:
    ring.forget()
    for workspace_id in ROWS:
        for purpose, column in ((Purpose.CRM, "title"), (Purpose.SUMMARIES, "details")):
            header = ring.header(workspace_id, purpose)
            assert header != before[workspace_id, purpose]
            assert headers(workspace_id, column) == {header}
    assert {ring.read(row).stage for row in ring.keystore.rows()} == {Stage.STEADY}


def headers_now(ring: Keyring) -> dict[tuple[UUID, Purpose], bytes]:
    return {(w, p): ring.header(w, p) for w in ROWS for p in (Purpose.CRM, Purpose.SUMMARIES)}


class Rotations:
    """Real processes that rotate, one after another."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        assert server.stdin
        assert server.stdout
        self.commands, self.said = server.stdin, server.stdout

    def start(self, data: Path, what: str, *, settle: float = 0.0) -> int:
        """Returns the new process's id."""
        self.commands.write(f"{connection.settings_dict['NAME']} {data} {what} {settle}\n")
        self.commands.flush()
        return int(self.said.readline().removeprefix("pid "))

    def lines(self) -> Iterator[str]:
        """Its steps as they happen, then `end STATUS`."""
        for line in self.said:
            yield line
            if line.startswith("end "):
                return

    def kill_after(self, steps: int, *, data: Path, what: str, delay: float = 0.0) -> bool:
        """Kill -9 when it has said so many steps. True when it ended by itself before."""
        child = self.start(data, what)
        last = ""
        for said, last in enumerate(self.lines(), 1):
            if said == steps and not last.startswith("end "):
                time.sleep(delay)
                # It may just have ended by itself.
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        return last == "end 0\n"


@pytest.fixture(scope="module")
def rotations() -> Iterator[Rotations]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.vault.rotating"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "AUCTOR_DATA": str(settings.AUCTOR_DATA)},
    ) as server:
        yield Rotations(server)
        server.kill()


class TestRotateKeysets:
    def test_seals_every_row_anew_and_drops_the_old_keys(self, filled: Keyring) -> None:
        before = headers_now(filled)
        seen: list[Progress] = []
        sealed = rotate.rotate_keysets(now=NOW, tables=[Note], report=seen.append, settle_seconds=0)
        assert sealed == sum(rows + rows - len(range(0, rows, 5)) for rows in ROWS.values())
        assert sum(step.rows for step in seen) == sealed
        assert [step.step for step in seen if not step.rows] == ["announce"] * 4 + ["switch"] * 4 + ["drop"] * 4
        expect_rotated(filled, before)
        expect_whole(filled)

    def test_leaves_other_workspaces_alone(self, filled: Keyring) -> None:
        before = headers_now(filled)
        rotate.rotate_keysets(now=NOW, workspaces=[BOREALIS], tables=[Note], settle_seconds=0)
        filled.forget()
        after = headers_now(filled)
        assert {key[0] for key in before if before[key] != after[key]} == {BOREALIS}
        expect_whole(filled)

    def test_keeps_copies_of_new_and_old_keys_before_it_uses_them(self, filled: Keyring) -> None:
        rotate.rotate_keysets(now=NOW, tables=[Note], settle_seconds=0)
        assert [path.name for path in filled.keystore.backups()] == ["keystore-20260302T093000Z.sqlite"]

    def test_keeps_former_audit_keys_because_entries_are_never_written_again(self, filled: Keyring) -> None:
        sealed = filled.seal(ACME, Purpose.AUDIT, b"192.0.2.7", context=b"audit|address|1")
        for _ in range(2):
            rotate.rotate_keysets(now=NOW, tables=[Note], settle_seconds=0)
        assert filled.open(ACME, Purpose.AUDIT, sealed, context=b"audit|address|1") == b"192.0.2.7"
        assert len(filled.headers(ACME, Purpose.AUDIT)) == 3

    def test_refuses_to_run_inside_a_transaction(self, filled: Keyring) -> None:
        with inside(ACME), pytest.raises(RotationInTransaction):
            rotate.rotate_keysets(now=NOW, tables=[Note], settle_seconds=0)

    def test_reaches_every_sealed_table_of_the_product(self, installed: Keyring, acme: Company) -> None:
        everyone = [acme.workspace_id, INSTANCE_ID]
        with inside(acme.workspace_id):
            Member = apps.get_model("identity", "Member")
            for member in Member.objects.all():
                member.name = f"{member.role} of Acme"
                member.save()
        remember_keystore()
        before = {row.workspace_id: row.wrapped for row in installed.keystore.rows()}
        assert set(before) == set(everyone)
        assert rotate.rotate_keysets(now=NOW, settle_seconds=0) == 6
        assert check_vault(everyone) == []
        assert not {row.wrapped for row in installed.keystore.rows()} & set(before.values())
        with inside(acme.workspace_id):
            assert sorted(m.name for m in Member.objects.all())[0] == "admin of Acme"

    def test_survives_being_killed_at_every_step(self, filled: Keyring, data: Path, rotations: Rotations) -> None:
        before = headers_now(filled)
        chance = random.Random(7)
        kills = 0
        while not rotations.kill_after(1 + kills % 14, data=data, what="keysets", delay=chance.uniform(0, 0.02)):
            kills += 1
            expect_whole(filled)
            assert kills < 40
        assert kills >= 8
        expect_rotated(filled, before)
        expect_whole(filled)

    def test_loses_nothing_that_is_written_meanwhile(self, filled: Keyring, data: Path, rotations: Rotations) -> None:
        """Another process keeps keys for a while and changes rows all the time, also rows it read long ago."""
        before = headers_now(filled)
        slow = Keyring(filled.keystore, filled._open_root, fresh_seconds=1.5)
        keyrings.install(lambda: slow)
        written: dict[int, str] = {}
        rotations.start(data, "keysets", settle=1.7)
        steps: list[str] = []
        watcher = threading.Thread(target=lambda: steps.extend(rotations.lines()))
        watcher.start()
        while watcher.is_alive():
            _write_some(written)
        assert steps[-1] == "end 0\n"
        keyrings.install(lambda: filled)
        filled.forget()
        with inside(ACME):
            found = {note.number: note.title for note in Note.objects.all()}
        assert {number: found[number] for number in written} == written
        assert len(written) > 20
        expect_rotated(filled, before)

    def test_waits_for_a_transaction_that_still_carries_old_values(self, filled: Keyring) -> None:
        sealed, rotating = threading.Event(), threading.Event()

        def write_late() -> None:
            with closing(connection), inside(ACME):
                note = Note.objects.get(number=1)
                (value,) = seal_many(Note, "title", workspace_id=ACME, rows=[note.id], values=["late"])
                sealed.set()
                rotating.wait()
                time.sleep(1)
                Note.objects.filter(id=note.id).update(title=value)

        writer = threading.Thread(target=write_late)
        writer.start()
        sealed.wait()
        rotate.rotate_keysets(now=NOW, tables=[Note], report=lambda _step: rotating.set(), settle_seconds=0)
        writer.join()
        filled.forget()
        with inside(ACME):
            assert Note.objects.get(number=1).title == "late"


def _write_some(written: dict[int, str]) -> None:
    with inside(ACME):
        rows = list(Note.objects.filter(number__lt=200).order_by("?")[:5])
        time.sleep(0.02)
        for note in rows:
            note.title = f"changed {len(written)}"
            note.save()
            written[note.number] = note.title
        fresh = Note(workspace_id=ACME, number=10_000 + len(written), title="fresh", details={})
        fresh.save()
        written[fresh.number] = "fresh"


class TestRotateRoot:
    def test_wraps_every_keyset_by_a_new_key(
        self, filled: Keyring, key_path: Path, open_keyring: Callable[[], Keyring]
    ) -> None:
        old = filled.root().name
        assert rotate.rotate_root(now=NOW) == 4
        assert {row.root for row in filled.keystore.rows()} == {filled.root().name}
        assert filled.root().name != old
        assert keysets.stage(root.read_key_file(key_path)) is Stage.STEADY
        prove_root(open_keyring())
        expect_whole(filled)

    def test_survives_being_killed_at_every_step(
        self, filled: Keyring, data: Path, key_path: Path, rotations: Rotations
    ) -> None:
        old = filled.root().name
        kills = 0
        while not rotations.kill_after(1 + kills, data=data, what="root"):
            kills += 1
            expect_whole(filled)
            prove_root(filled)
            assert kills < 10
        assert kills >= 2
        filled.forget()
        assert filled.root().name != old
        assert keysets.stage(root.read_key_file(key_path)) is Stage.STEADY
        assert {row.root for row in filled.keystore.rows()} == {filled.root().name}
        expect_whole(filled)


class TestMoveRoot:
    def test_moves_to_another_root_key_and_can_be_repeated(self, filled: Keyring, data: Path, tmp_path: Path) -> None:
        uri = f"file:{tmp_path / 'elsewhere' / 'root.key'}"
        root.create_root(uri, secrets_folder=tmp_path)
        new = root.open_root(uri, secrets_folder=tmp_path)
        assert rotate.move_root(new, now=NOW) == 4
        assert rotate.move_root(new, now=NOW) == 0
        moved = open_vault(data, uri=uri)
        prove_root(moved)
        keyrings.install(lambda: moved)
        expect_whole(moved)
        filled.forget()
        with pytest.raises(root.RootKeyWrong):
            prove_root(filled)
