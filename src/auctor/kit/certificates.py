"""A certificate authority of one machine, and the server certificate it signs.

Files in the folder: `authority.pem` (to be imported by browsers), `authority.key`, `server.pem` (chain),
`server.key`.
"""

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from auctor.kit.errors import AuctorError

_AUTHORITY_DAYS = 3653
_SERVER_DAYS = 90
_RENEW_DAYS = 30
# Clocks of other machines may be a little behind ours.
_TOLERANCE = timedelta(hours=1)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

Name = x509.DNSName | x509.IPAddress


class CertificateBroken(AuctorError):
    """A file of the authority cannot be used."""

    code: ClassVar[str] = "kit.certificate_broken"
    status: ClassVar[int] = 500


class ClockWrong(AuctorError):
    """A certificate of ours begins in the future: this clock, or the one that made it, is off."""

    code: ClassVar[str] = "kit.clock_wrong"
    status: ClassVar[int] = 500


@dataclass(frozen=True)
class ServerCertificate:
    """Where the files are. `is_new_authority` tells that browsers have to import `authority` (again)."""

    authority: Path
    chain: Path
    key: Path
    expires_at: datetime
    is_new_authority: bool
    is_renewed: bool


@dataclass(frozen=True)
class _Pair:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def ensure_certificate(folder: Path, *, hosts: Sequence[str], organisation: str, now: datetime) -> ServerCertificate:
    """Make what is missing, due for renewal or made for other hosts; keep the rest. `now` is aware.

    The certificate is good for localhost, the loopback addresses and `hosts` (names or addresses); the
    authority can sign for nothing else, so that its stolen key opens no other site. Raises `ClockWrong`
    before anything is written and `CertificateBroken` when a file is not what it was.
    """
    names = _to_names([*_LOOPBACK, *hosts])
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority = _load(folder, "authority", now)
    is_new = authority is None or not _covers(authority.certificate, names, now)
    if authority is None or is_new:
        authority = _make_authority(names, organisation, now)
        _store(folder, "authority", authority, chain=[])
    server = None if is_new else _load(folder, "server", now)
    is_renewed = server is None or not _serves(server.certificate, authority, names, now)
    if server is None or is_renewed:
        server = _make_server(authority, names, now)
        _store(folder, "server", server, chain=[authority.certificate])
    return ServerCertificate(
        authority=folder / "authority.pem",
        chain=folder / "server.pem",
        key=folder / "server.key",
        expires_at=server.certificate.not_valid_after_utc,
        is_new_authority=is_new,
        is_renewed=is_renewed,
    )


def _to_names(hosts: Sequence[str]) -> list[Name]:
    names: dict[str, Name] = {}
    for host in hosts:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            names[host.lower()] = x509.DNSName(host.lower())
        else:
            names[str(address)] = x509.IPAddress(address)
    return list(names.values())


def _require_begun(certificate: x509.Certificate, path: Path, now: datetime) -> None:
    begins = certificate.not_valid_before_utc
    if now < begins:
        raise ClockWrong(
            f"The certificate is valid from {begins:%Y-%m-%d %H:%M} UTC on, but this clock says "
            f"{now:%Y-%m-%d %H:%M} UTC.",
            where=str(path),
            mend="Set the clock; if it was wrong when the certificate was made, delete the folder "
            "of certificates and start again.",
        )


def _covers(certificate: x509.Certificate, names: Sequence[Name], now: datetime) -> bool:
    """May this authority sign for all of the names, for a whole server certificate's life?"""
    if certificate.not_valid_after_utc < now + timedelta(days=_SERVER_DAYS):
        return False
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    return set(_to_subtrees(names)) <= set(constraints.permitted_subtrees or [])


def _serves(certificate: x509.Certificate, authority: _Pair, names: Sequence[Name], now: datetime) -> bool:
    alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        certificate.not_valid_after_utc >= now + timedelta(days=_RENEW_DAYS)
        and set(alternatives) == set(names)
        and certificate.issuer == authority.certificate.subject
    )


def _to_subtrees(names: Sequence[Name]) -> list[Name]:
    """The same names as constraints: an address there is a network of one."""
    return [
        x509.IPAddress(ipaddress.ip_network(name.value)) if isinstance(name, x509.IPAddress) else name for name in names
    ]


def _make_authority(names: Sequence[Name], organisation: str, now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    # The serial number in the name tells authorities of several machines apart in a browser's list.
    serial = x509.random_serial_number()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{organisation} local authority {serial % 0xFFFFFF:06x}"),
        ]
    )
    certificate = (
        _builder(subject, subject, key, now, days=_AUTHORITY_DAYS, serial=serial)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(_to_subtrees(names), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _Pair(certificate, key)


def _make_server(authority: _Pair, names: Sequence[Name], now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate.subject
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    public = authority.key.public_key()
    certificate = (
        _builder(subject, issuer, key, now, days=_SERVER_DAYS, serial=x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return _Pair(certificate, key)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    *,
    days: int,
    serial: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - _TOLERANCE)
        .not_valid_after(now + timedelta(days=days))
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _load(folder: Path, name: str, now: datetime) -> _Pair | None:
    """What the folder holds under this name; a half that an interrupted start left counts as nothing."""
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    if not all(path.exists() for path in paths):
        return None
    try:
        certificate = x509.load_pem_x509_certificate(paths[0].read_bytes())
        key = load_pem_private_key(paths[1].read_bytes(), password=None)
    except (ValueError, OSError) as error:
        raise _broken(paths[0], "cannot be read") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise _broken(paths[1], "is not a key of ours")
    _require_begun(certificate, paths[0], now)
    return _Pair(certificate, key) if key.public_key() == certificate.public_key() else None


def _broken(path: Path, what: str) -> CertificateBroken:
    return CertificateBroken(
        f"A file of the local certificate authority {what}.",
        where=str(path),
        mend="Delete the folder of certificates and start again; browsers then ask to trust a new authority.",
    )


def _store(folder: Path, name: str, pair: _Pair, *, chain: Sequence[x509.Certificate]) -> None:
    """Key before certificate: when the start ends in between, they do not match and both are made again."""
    secret = pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in [pair.certificate, *chain])
    _write(folder / f"{name}.key", secret, mode=0o400)
    _write(folder / f"{name}.pem", public, mode=0o600)


def _write(path: Path, content: bytes, *, mode: int) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
