import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from auctor.kit.certificates import CertificateBroken, ClockWrong, ServerCertificate, ensure_certificate

NOW = datetime.now(UTC).replace(microsecond=0)


def ensure(folder: Path, *hosts: str, now: datetime = NOW) -> ServerCertificate:
    return ensure_certificate(folder, hosts=hosts, organisation="example", now=now)


def shake_hands(made: ServerCertificate, *, name: str, trust: Path) -> str:
    """Serve one TLS connection with the files; return the version a strict client agreed on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.chain, made.key)
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            with context.wrap_socket(ours, server_side=True):
                pass
        except ssl.SSLError:
            ours.close()

    server = threading.Thread(target=serve)
    server.start()
    client = ssl.create_default_context(cafile=str(trust))
    client.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    try:
        with client.wrap_socket(theirs, server_hostname=name) as connection:
            return connection.version() or ""
    finally:
        theirs.close()
        server.join()


class TestEnsureCertificate:
    @pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "auctor.example.com"])
    def test_is_trusted_by_a_strict_client_for_each_of_its_names(self, tmp_path: Path, name: str) -> None:
        made = ensure(tmp_path, "auctor.example.com")
        assert shake_hands(made, name=name, trust=made.authority) == "TLSv1.3"

    def test_is_refused_for_another_name(self, tmp_path: Path) -> None:
        made = ensure(tmp_path)
        with pytest.raises(ssl.SSLCertVerificationError):
            shake_hands(made, name="bank.example.com", trust=made.authority)

    def test_makes_an_authority_that_cannot_sign_for_others(self, tmp_path: Path) -> None:
        small, large = ensure(tmp_path / "small"), ensure(tmp_path / "large", "bank.example.com")
        stolen = x509.load_pem_x509_certificate(small.authority.read_bytes())
        constraints = stolen.extensions.get_extension_for_class(x509.NameConstraints)
        assert constraints.critical
        assert {str(name.value) for name in constraints.value.permitted_subtrees or []} == {
            "localhost",
            "127.0.0.1/32",
            "::1/128",
        }
        with pytest.raises(ssl.SSLCertVerificationError):
            shake_hands(large, name="bank.example.com", trust=small.authority)

    def test_keeps_everything_when_nothing_is_due(self, tmp_path: Path) -> None:
        first = ensure(tmp_path, "auctor.example.com")
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        second = ensure(tmp_path, "auctor.example.com", now=NOW + timedelta(days=59))
        assert (first.is_new_authority, first.is_renewed) == (True, True)
        assert (second.is_new_authority, second.is_renewed) == (False, False)
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before

    def test_renews_the_server_with_less_than_thirty_days_left(self, tmp_path: Path) -> None:
        first = ensure(tmp_path)
        later = ensure(tmp_path, now=NOW + timedelta(days=61))
        assert (later.is_new_authority, later.is_renewed) == (False, True)
        assert first.expires_at == NOW + timedelta(days=90)
        assert later.expires_at == NOW + timedelta(days=151)

    def test_makes_a_new_authority_for_a_host_the_old_one_may_not_sign_for(self, tmp_path: Path) -> None:
        ensure(tmp_path)
        made = ensure(tmp_path, "auctor.example.com")
        assert made.is_new_authority
        assert shake_hands(made, name="auctor.example.com", trust=made.authority) == "TLSv1.3"

    def test_keeps_the_authority_when_a_host_is_no_longer_wanted(self, tmp_path: Path) -> None:
        ensure(tmp_path, "auctor.example.com")
        made = ensure(tmp_path)
        assert (made.is_new_authority, made.is_renewed) == (False, True)

    def test_makes_a_new_authority_before_the_old_one_ends(self, tmp_path: Path) -> None:
        ensure(tmp_path)
        assert ensure(tmp_path, now=NOW + timedelta(days=3650)).is_new_authority

    def test_keeps_the_keys_to_their_owner(self, tmp_path: Path) -> None:
        made = ensure(tmp_path / "certificates")
        assert (tmp_path / "certificates").stat().st_mode & 0o777 == 0o700
        assert made.key.stat().st_mode & 0o777 == 0o400
        assert (made.key.parent / "authority.key").stat().st_mode & 0o777 == 0o400
        assert made.chain.stat().st_mode & 0o777 == 0o600
        assert made.authority.stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("name", ["authority", "server"])
    def test_mends_a_start_that_was_interrupted_between_key_and_certificate(self, tmp_path: Path, name: str) -> None:
        old, new = ensure(tmp_path / "old"), ensure(tmp_path / "new")
        new.key.with_name(f"{name}.key").replace(old.key.with_name(f"{name}.key"))
        made = ensure(tmp_path / "old")
        assert made.is_renewed
        assert shake_hands(made, name="localhost", trust=made.authority) == "TLSv1.3"

    def test_stops_when_the_clock_is_behind_the_certificate(self, tmp_path: Path) -> None:
        ensure(tmp_path)
        with pytest.raises(ClockWrong, match="this clock says 20") as caught:
            ensure(tmp_path, now=NOW - timedelta(days=400))
        assert "Set the clock" in str(caught.value)

    @pytest.mark.parametrize("name", ["authority.pem", "authority.key", "server.pem", "server.key"])
    def test_stops_at_a_file_that_is_not_what_it_was(self, tmp_path: Path, name: str) -> None:
        ensure(tmp_path)
        (tmp_path / name).chmod(0o600)
        (tmp_path / name).write_bytes(b"")
        with pytest.raises(CertificateBroken, match=r"Delete the folder"):
            ensure(tmp_path)
