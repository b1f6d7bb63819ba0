"""Where the database is, and who connects as what."""

import stat
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from auctor.tenancy import roles


class TestExternal:
    """`DATABASE_URL` is taken as it is meant, or refused with the part that is wrong."""

    def test_reads_every_part(self) -> None:
        server = roles.external("postgresql://keeper:p%40ss@db.example:6543/crm?sslrootcert=/etc/ca.pem")
        assert (server.host, server.port, server.dbname) == ("db.example", 6543, "crm")
        assert dict(server.admin) == {"user": "keeper", "password": "p@ss"}
        assert dict(server.options) == {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}

    def test_takes_a_socket_without_tls(self) -> None:
        server = roles.external("postgresql://keeper@/crm?host=/run/postgresql")
        assert (server.host, dict(server.options)) == ("/run/postgresql", {})

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("mysql://u@h/d", "postgresql://"),
            ("postgresql:///crm", "no host"),
            ("postgresql://u@h", "no name of a database"),
            ("postgresql://u@h:port/d", "not a number"),
            ("postgresql://u@h/d?sslmode=require", "does not check whom"),
            ("postgresql://u@h/d?sslmode=disable", "does not check whom"),
        ],
    )
    def test_refuses_with_the_part_that_is_wrong(self, url: str, said: str) -> None:
        with pytest.raises(roles.DatabaseAddressWrong, match=said) as caught:
            roles.external(url)
        assert caught.value.mend

    def test_needs_a_user_only_for_the_administrator(self) -> None:
        server = roles.external(roles.without_user("postgresql://keeper:secret@db.example/crm"))
        assert "keeper" not in repr(server)
        with pytest.raises(roles.DatabaseAddressWrong, match="names no user"):
            server.admin_dsn()


class TestWriteSecret:
    """Secrets appear complete, once, and closed to others."""

    def test_is_readable_by_its_owner_alone(self, tmp_path: Path) -> None:
        roles.write_secret(tmp_path / "key", b"secret")
        assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o400
        assert list(tmp_path.iterdir()) == [tmp_path / "key"]

    def test_is_kept_once_made(self, tmp_path: Path) -> None:
        assert roles.context_key(tmp_path) == roles.context_key(tmp_path)
        assert roles.passwords(tmp_path) == roles.passwords(tmp_path)
        assert roles.web_key(tmp_path) == roles.web_key(tmp_path)


class TestPrepare:
    """The running roles hold no power over the database."""

    def test_makes_roles_without_any_power(self, committed: None) -> None:
        with psycopg.connect(settings.AUCTOR_SERVER.admin_dsn()) as admin:
            rows = admin.execute(
                "SELECT rolname FROM pg_roles WHERE rolname LIKE 'auctor%' AND"
                " (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)"
            ).fetchall()
        assert rows == []

    def test_lets_nobody_sign_in_as_the_owner(self, committed: None) -> None:
        with psycopg.connect(settings.AUCTOR_SERVER.admin_dsn()) as admin:
            row = admin.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'auctor_owner'").fetchone()
        assert row == (False,)

    def test_refuses_a_wrong_password(self, committed: None) -> None:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(settings.AUCTOR_SERVER.role_dsn("auctor_app", "wrong"))

    def test_refuses_roles_that_are_not_ours(self, committed: None) -> None:
        with pytest.raises(psycopg.OperationalError, match="rejects"):
            psycopg.connect(settings.AUCTOR_SERVER.role_dsn("somebody", "wrong"))
