"""Publishing: after the commit, exactly once, and never on top of a database that was set back."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from auctor.audit.checkpoint import Publisher, SigningKeyMissing, load_key
from auctor.audit.integrate import DatabaseRolledBack
from auctor.audit.note import open_checkpoint, public_bytes
from tests.audit.conftest import Bench
from tests.audit.writing import write
from tests.cast import Company
from tests.conftest import superuser

TODAY = date(2026, 3, 2)


def published(folder: Path) -> list[int]:
    lines = [line for path in sorted(folder.glob("checkpoints/*.jsonl")) for line in path.read_text().splitlines()]
    return [json.loads(line)["round"] for line in lines]


class TestLoadKey:
    def test_makes_a_key_that_only_its_owner_reads(self, tmp_path: Path) -> None:
        first = load_key(tmp_path)
        assert (tmp_path / "secrets/audit.key").stat().st_mode & 0o777 == 0o400
        assert public_bytes(load_key(tmp_path)) == public_bytes(first)

    def test_makes_no_second_one_in_silence(self, tmp_path: Path) -> None:
        load_key(tmp_path)
        Publisher(tmp_path).publish(1, "note", day=TODAY)
        (tmp_path / "secrets/audit.key").unlink()
        with pytest.raises(SigningKeyMissing, match="backup"):
            load_key(tmp_path)


class TestPublisher:
    def test_appends_to_the_file_of_the_day(self, tmp_path: Path) -> None:
        publisher = Publisher(tmp_path)
        for number in (1, 2):
            assert publisher.publish(number, f"note {number}", day=TODAY)
        publisher.publish(3, "note 3", day=TODAY + timedelta(days=1))
        assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == [
            "2026-03-02.jsonl",
            "2026-03-03.jsonl",
        ]
        found = publisher.find_last()
        assert found
        assert (found.round_id, found.note) == (3, "note 3")

    def test_removes_a_line_that_a_crash_cut_off(self, tmp_path: Path) -> None:
        publisher = Publisher(tmp_path)
        publisher.publish(1, "note", day=TODAY)
        path = tmp_path / "checkpoints/2026-03-02.jsonl"
        path.write_text(path.read_text() + '{"round": 2, "no')
        found = publisher.find_last()
        assert found
        assert found.round_id == 1
        publisher.publish(2, "whole", day=TODAY)
        assert published(tmp_path) == [1, 2]

    def test_copies_to_a_witness_and_says_when_it_is_away(self, tmp_path: Path) -> None:
        witness = tmp_path / "disk"
        witness.mkdir()
        publisher = Publisher(tmp_path, witness)
        assert publisher.publish(1, "note", day=TODAY)
        assert json.loads((witness / "2026-03-02.jsonl").read_text()) == {"round": 1, "note": "note"}
        (witness / "2026-03-02.jsonl").unlink()
        witness.rmdir()
        assert not publisher.publish(2, "note", day=TODAY)
        assert published(tmp_path) == [1, 2]

    def test_leaves_the_last_checkpoint_of_days_that_are_over(self, tmp_path: Path) -> None:
        publisher = Publisher(tmp_path)
        for number in range(1, 4):
            publisher.publish(number, "note", day=TODAY - timedelta(days=91))
            publisher.publish(number + 3, "note", day=TODAY)
        assert publisher.thin(TODAY) == 1
        assert published(tmp_path) == [3, 4, 5, 6]
        assert publisher.thin(TODAY) == 0

    def test_knows_nothing_at_first(self, tmp_path: Path) -> None:
        assert Publisher(tmp_path).find_last() is None


class TestCatchUp:
    def test_publishes_what_was_committed_and_not_published(self, sealer: Bench, acme: Company, tmp_path: Path) -> None:
        write(acme)
        sealer.seal()
        for _ in range(3):
            write(acme)
            sealer.integrate()
        assert published(tmp_path) == [1]
        assert sealer.start() == 3
        assert published(tmp_path) == [1, 2, 3, 4]
        assert sealer.start() == 0

    def test_published_checkpoints_are_signed_and_grow(self, sealer: Bench, acme: Company, tmp_path: Path) -> None:
        for _ in range(3):
            write(acme)
            sealer.seal()
        lines = (tmp_path / f"checkpoints/{datetime.now(UTC):%Y-%m-%d}.jsonl").read_text().splitlines()
        sizes = [open_checkpoint(json.loads(line)["note"], public_bytes(sealer.key)).size for line in lines]
        assert sizes == [2, 3, 4]

    def test_refuses_a_database_that_is_older_than_its_own_file(self, sealer: Bench, acme: Company) -> None:
        for _ in range(3):
            write(acme)
            sealer.seal()
        with superuser() as admin:
            admin.execute("DELETE FROM audit.round WHERE id = 3")
        with pytest.raises(DatabaseRolledBack, match="round 3"):
            sealer.start()

    def test_refuses_a_database_with_another_history(self, sealer: Bench, acme: Company) -> None:
        write(acme)
        sealer.seal()
        with superuser() as admin:
            admin.execute("UPDATE audit.round SET note = replace(note, 'auctor', 'auctra')")
        with pytest.raises(DatabaseRolledBack, match="does not hold the checkpoint"):
            sealer.start()
