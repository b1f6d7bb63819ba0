"""What goes wrong around the product: each stops it with one paragraph before any data is touched, and the doctor
finds the same."""

import hashlib
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from auctor.kit import certificates
from auctor.tenancy import engine
from auctor.tenancy.roles import DatabaseUnfit, check_version
from auctor.vault import startup
from tests.journeys.installation import Installation, children_of, free_port

URL = "postgresql://auctor:secret-word@127.0.0.1"


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file that holds data, so that a change of any is seen."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_relative_to(folder / "logs") and path.name not in NOT_DATA
    }


NOT_DATA = {"running.lock", "postmaster.pid", "postmaster.opts"}


@contextmanager
def listener(answer: bytes = b"") -> Iterator[int]:
    """A port that takes connections and answers the same to everybody."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1024)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        ended.set()
        server.shutdown(socket.SHUT_RDWR)


@contextmanager
def database_of(installation: Installation) -> Iterator[psycopg.Connection]:
    """The administrator's connection, while nothing of the product runs."""
    cluster = engine.prepare(installation.data)
    with engine.running(cluster), psycopg.connect(cluster.server().admin_dsn(), autocommit=True) as connection:
        yield connection


class TestDatabaseAddress:
    @pytest.mark.parametrize(
        ("url", "what"),
        [
            ("mysql://auctor@localhost/auctor", "does not start with postgresql://"),
            ("postgresql://auctor@localhost/auctor?sslmode=require", "sslmode=require"),
        ],
    )
    def test_that_cannot_be_one_is_refused(self, nothing: Installation, url: str, what: str) -> None:
        said = nothing.refuse("up", DATABASE_URL=url)
        assert what in said

    def test_without_a_server_behind_it_is_refused(self, nothing: Installation) -> None:
        url = f"{URL}:{free_port()}/auctor"
        said = nothing.refuse("up", "--no-browser", DATABASE_URL=url)
        assert "The database does not answer" in said
        assert "Connection refused" in said
        assert "secret-word" not in said
        assert "does not answer" in nothing.diagnose(DATABASE_URL=url)["database"]

    def test_with_an_unknown_host_is_refused(self, nothing: Installation) -> None:
        said = nothing.refuse("up", "--no-browser", DATABASE_URL="postgresql://a:b@nowhere.invalid/auctor")
        assert "The host in DATABASE_URL is unknown here" in said

    def test_of_a_server_without_tls_is_refused(self, nothing: Installation) -> None:
        # "N" is PostgreSQL's answer to whether it speaks TLS.
        with listener(b"N") as port:
            said = nothing.refuse("up", "--no-browser", DATABASE_URL=f"{URL}:{port}/auctor")
        assert "The server offers no TLS" in said


class TestServer:
    @pytest.mark.parametrize("version", [90624, 130000, 149999])
    def test_that_is_too_old_is_refused(self, version: int) -> None:
        with pytest.raises(DatabaseUnfit, match="15 or newer") as caught:
            check_version(version)
        assert caught.value.mend

    def test_of_fifteen_will_do(self) -> None:
        check_version(150000)


class TestNothing:
    @pytest.mark.parametrize("words", ["workspace list", "vault check", "serve", "work", "seal"])
    def test_is_told_and_not_made(self, nothing: Installation, words: str) -> None:
        said = nothing.refuse(*words.split())
        assert "Nothing was installed here yet" in said
        assert "auctor up" in said
        assert not (nothing.data / "postgres").exists()


class TestPasswords:
    def test_that_are_lost_are_given_anew(self, installation: Installation) -> None:
        (installation.data / "secrets" / "roles.json").unlink()
        assert "DATABASE_URL" not in installation.refuse("workspace", "list")
        installation.ask("migrate")
        assert installation.ask("workspace", "list") == []


class TestPort:
    def test_in_use_is_told(self, installation: Installation) -> None:
        before = fingerprint(installation.data)
        with listener() as port:
            said = installation.refuse("up", "--no-browser", AUCTOR_PORT=str(port))
            assert f"Port {port} cannot be listened on" in said
            assert fingerprint(installation.data) == before
            assert f"port {port}" in installation.diagnose(AUCTOR_PORT=str(port))["web"]
            assert f"Port {port} cannot be listened on" in installation.refuse("serve", AUCTOR_PORT=str(port))


class TestDisk:
    def test_that_is_full_is_told_before_anything_is_made(self, nothing: Installation) -> None:
        mount = 'mount -t tmpfs -o size=64m,mode=0711 tmpfs "$AUCTOR_DATA" && exec "$@"'
        map_user = [] if os.geteuid() == 0 else ["--map-root-user"]
        within = ["unshare", *map_user, "--mount", "sh", "-c", mount, "sh"]
        said = nothing.refuse("up", "--no-browser", within=within)
        assert "The disk is full: 63 MiB are free" in said or "The disk is full: 64 MiB are free" in said
        assert "The disk is full" in nothing.diagnose(within=within)["data folder"]
        assert not list(nothing.data.iterdir())


class TestKeys:
    def test_that_are_lost_stop_the_start(self, installation: Installation) -> None:
        (installation.data / "secrets" / "root.key").unlink()
        said = installation.refuse("up", "--no-browser")
        assert "root key" in said.lower()
        assert not (installation.data / "secrets" / "root.key").exists()
        assert "root key" in installation.diagnose()["keys"].lower()

    def test_of_another_installation_stop_the_start(self, installation: Installation, nothing: Installation) -> None:
        startup.prepare(nothing.data)
        path = installation.data / "secrets" / "root.key"
        path.unlink()
        path.write_bytes((nothing.data / "secrets" / "root.key").read_bytes())
        path.chmod(0o400)
        said = installation.refuse("up", "--no-browser")
        assert "root key" in said.lower()
        assert installation.diagnose()["keys"]

    def test_of_another_database_stop_the_start(self, installation: Installation, nothing: Installation) -> None:
        startup.prepare(nothing.data)
        for name in ("keystore.sqlite", "secrets/root.key"):
            (installation.data / name).unlink()
            (nothing.data / name).rename(installation.data / name)
        said = installation.refuse("up", "--no-browser")
        assert "belongs to another database" in said
        assert "belongs to another database" in installation.diagnose()["keys"]


class TestMigrations:
    def test_of_a_later_release_stop_the_start(self, installation: Installation) -> None:
        with database_of(installation) as admin:
            admin.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('crm', '9999_later', now())")
        said = installation.refuse("up", "--no-browser")
        assert "The database is newer than this release" in said
        assert "crm.9999_later" in said
        assert "newer" in installation.diagnose()["database"]

    def test_done_by_half_stop_the_start(self, installation: Installation) -> None:
        with database_of(installation) as admin:
            admin.execute("DELETE FROM django_migrations WHERE app = 'vault'")
            before = admin.execute("SELECT count(*) FROM django_migrations").fetchone()
        said = installation.refuse("up", "--no-browser")
        assert "A migration is half done: vault.0001" in said
        assert "half done" in installation.diagnose()["database"]
        with database_of(installation) as admin:
            assert admin.execute("SELECT count(*) FROM django_migrations").fetchone() == before


class TestClock:
    def test_that_is_behind_the_certificate_is_told(self, installation: Installation) -> None:
        later = datetime.now(UTC) + timedelta(days=400)
        certificates.ensure_certificate(installation.data / "certificates", hosts=[], organisation="auctor", now=later)
        said = installation.refuse("up", "--no-browser")
        assert "clock" in said.lower()
        assert "not valid yet" in installation.diagnose()["certificate"]

    def test_that_is_behind_the_data_is_told(self, installation: Installation) -> None:
        later = time.time() + 3 * 86400
        os.utime(installation.data / "keystore.sqlite", (later, later))
        said = installation.refuse("up", "--no-browser")
        assert "The clock is off: files here were written 72 hours after the present moment" in said
        assert "The clock is off" in installation.diagnose()["clock"]


class TestSupervisor:
    def test_tells_who_runs_here_and_leaves_nothing_when_killed(self, installation: Installation) -> None:
        with installation.up() as running:
            said = installation.refuse("up", "--no-browser", AUCTOR_PORT=str(free_port()))
            assert f"Already running, process {running.process.pid}" in said
            installation.wait_until_well()
            assert len(children_of(installation.data)) > 5
            running.process.send_signal(signal.SIGKILL)
            running.process.wait()
            deadline = time.monotonic() + 20
            while (left := children_of(installation.data)) and time.monotonic() < deadline:
                time.sleep(0.2)
            assert not left
        with installation.up() as again:
            assert again.end() == 0
        assert not children_of(installation.data)


class TestPartsOfTheProduct:
    @pytest.mark.parametrize("command", ["serve", "work", "seal"])
    def test_do_not_start_without_the_database(self, installation: Installation, command: str) -> None:
        assert "The database does not answer" in installation.refuse(command)


class TestSettings:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("AUCTOR_PORT", "https"),
            ("AUCTOR_ALLOWED_HOSTS", "example.com"),
            ("AUCTOR_SMTP_URL", "mail.example.com"),
        ],
    )
    def test_that_cannot_be_used_are_named(self, nothing: Installation, name: str, value: str) -> None:
        assert f"The setting {name} cannot be used" in nothing.refuse("up", **{name: value})


class TestFolder:
    def test_of_somebody_else_is_told(self, installation: Installation) -> None:
        if os.geteuid() != 0:
            installation.data.chmod(0o500)
            said = installation.refuse("up", "--no-browser")
            installation.data.chmod(0o700)
        else:
            nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
            said = installation.refuse("up", "--no-browser", within=nobody, HOME="/nonexistent")
        assert str(installation.data) in said
