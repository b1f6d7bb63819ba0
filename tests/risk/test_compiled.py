"""Compiled code is awaited only where a folder for it is set, and not any more once it is there."""

from pathlib import Path

import pytest
from django.db import connection, transaction

from auctor.risk import compiled, track_records
from auctor.tenancy import scope
from tests.cast import NOW, Company


class TestIsAwaited:
    def test_asks_for_nothing_without_a_folder(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv(compiled.FOLDER, raising=False)
        assert compiled.find_mark() is None
        assert not compiled.is_awaited()

    def test_ends_with_the_mark_of_this_version(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv(compiled.FOLDER, str(tmp_path))
        assert compiled.is_awaited()
        (tmp_path / "ready-of-another-version").touch()
        assert compiled.is_awaited()
        mark = compiled.find_mark()
        assert mark is not None
        mark.touch()
        assert not compiled.is_awaited()


class TestMeasureWhenCompiled:
    def test_comes_again_while_the_signals_are_compiled(
        self, db: None, acme: Company, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv(compiled.FOLDER, str(tmp_path))
        with scope.enter(acme.system), transaction.atomic(), connection.cursor() as cursor:
            assert track_records.measure_when_compiled(acme.system, now=NOW) is None
            cursor.execute("SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = %s", [track_records.JOB])
            assert cursor.fetchall() == [(NOW + track_records.AGAIN,)]
