"""The embedded PostgreSQL, really started."""

import os
import tempfile
from pathlib import Path

import psycopg
import pytest

from auctor.tenancy import engine


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the server's unprivileged user may pass through."""
    folder = tmp_path_factory.mktemp("engine")
    for parent in [folder, *folder.parents]:
        if parent != Path(tempfile.gettempdir()) and parent.is_relative_to(tempfile.gettempdir()):
            parent.chmod(0o711)
    return folder


class TestPrepare:
    """A cluster is closed before it was ever started."""

    def test_trusts_nobody_and_has_no_tcp(self, data: Path) -> None:
        cluster = engine.prepare(data)
        hba = (cluster.cluster / "pg_hba.conf").read_text()
        assert "trust" not in hba
        assert hba.splitlines()[-1] == "local all all reject"
        with engine.running(cluster), psycopg.connect(cluster.server("postgres").admin_dsn()) as admin:
            assert admin.execute("SHOW listen_addresses").fetchone() == ("",)
            assert admin.execute("SHOW log_min_error_statement").fetchone() == ("panic",)

    def test_runs_as_nobody_in_particular_when_root_starts_it(self, data: Path) -> None:
        cluster = engine.prepare(data)
        with engine.running(cluster):
            pid = int((cluster.cluster / "postmaster.pid").read_text().splitlines()[0])
            assert os.stat(f"/proc/{pid}").st_uid != 0  # noqa: PTH116 - the kernel's folder

    def test_refuses_a_cluster_of_another_version(self, data: Path) -> None:
        cluster = engine.prepare(data)
        (cluster.cluster / "PG_VERSION").write_text("9\n")
        with pytest.raises(engine.EngineUnfit, match="made by PostgreSQL 9"):
            engine.prepare(data)

    def test_finds_a_short_place_for_the_socket(self, data: Path) -> None:
        deep = data / ("a" * 60) / ("b" * 60)
        cluster = engine.prepare(deep)
        assert len(os.fsencode(cluster.sockets)) <= engine.LONGEST_SOCKET_FOLDER
        with engine.running(cluster):
            assert cluster.ready()

    def test_says_when_a_folder_above_is_closed(self, data: Path) -> None:
        closed = data / "closed"
        closed.mkdir(mode=0o700)
        if os.geteuid() != 0:
            assert engine.prepare(closed / "data").user is None
            return
        with pytest.raises(engine.EngineUnfit, match="cannot enter") as caught:
            engine.prepare(closed / "data")
        assert "AUCTOR_DATA" in caught.value.mend


class TestStart:
    """A server that cannot start says so."""

    def test_tells_where_its_log_is(self, data: Path) -> None:
        cluster = engine.prepare(data)
        (cluster.cluster / "auctor.conf").write_text("no_such_setting = on\n")
        with pytest.raises(engine.EngineUnfit, match="did not start") as caught:
            engine.start(cluster, log=data / "postgres.log")
        assert caught.value.where.endswith("postgres.log")
        assert "no_such_setting" in (data / "postgres.log").read_text()
