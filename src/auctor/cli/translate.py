"""Failures of the world around us as errors that speak: a database that is away, a full disk, a closed folder."""

import errno
from typing import ClassVar

import psycopg
from django.conf import settings

from auctor.kit.errors import AuctorError


class DatabaseAway(AuctorError):
    """The database does not answer, or not to us."""

    code: ClassVar[str] = "cli.database_away"
    status: ClassVar[int] = 503


class FolderRefused(AuctorError):
    """The operating system does not let us write."""

    code: ClassVar[str] = "cli.folder_refused"
    status: ClassVar[int] = 500


HOST_UNKNOWN = "The host in DATABASE_URL is unknown here. Is it spelled right?"
# What libpq says -> the mend. The first that fits counts; what it says itself is shown too.
MENDS = (
    (
        "password authentication failed",
        "The user or password of DATABASE_URL is wrong; without one, `auctor migrate` or `auctor up` comes first.",
    ),
    ("does not support SSL", "The server offers no TLS: turn `ssl` on in its postgresql.conf."),
    ("does not match host name", "The server's certificate is for another name: use that name in DATABASE_URL."),
    ("certificate verify failed", "Name the server's authority: sslrootcert=/path/to/ca.crt in DATABASE_URL."),
    ("root certificate file", "Name the server's authority: sslrootcert=/path/to/ca.crt in DATABASE_URL."),
    ("no pg_hba.conf entry", "Let this machine in: a hostssl line in the server's pg_hba.conf."),
    ("too many clients", "The server's max_connections are used up; raise it, or lower AUCTOR_WEB_THREADS."),
    ("resolve host", HOST_UNKNOWN),
    ("translate host name", HOST_UNKNOWN),
    ("", "Is the server up, and are host and port of DATABASE_URL right?"),
)
# The same of the embedded database, which nobody gave an address.
OWN_MENDS = (
    (
        "password authentication failed",
        "Run: auctor up. It gives the database the passwords in `secrets` again.",
    ),
    ("", "Start it: auctor up. `auctor doctor` says more."),
)


def translate(error: BaseException) -> AuctorError | None:
    """The error itself when it speaks, what is to be said of it, or None for a mistake of ours."""
    if isinstance(error, AuctorError):
        return error
    cause = error.__cause__
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return _away(error)
    # Django wraps the driver's errors in its own.
    if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return _away(cause)
    return _refused(error) if isinstance(error, OSError) else None


def _away(error: psycopg.Error) -> AuctorError:
    if isinstance(error, psycopg.errors.DiskFull):
        return FolderRefused("The disk of the database is full.", mend="Make room there. What was begun was undone.")
    said = " ".join(str(error).split())[:300] or type(error).__name__
    mends = MENDS if settings.AUCTOR_ENVIRONMENT.database else OWN_MENDS
    mend = next(mend for part, mend in mends if part in said)
    return DatabaseAway(f"The database does not answer: {said}", mend=mend)


def _refused(error: OSError) -> AuctorError | None:
    where = str(error.filename or "")
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return FolderRefused("The disk is full.", where=where, mend="Make room, then start again.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS} and where:
        return FolderRefused(
            f"This may not be used: {error.strerror}.",
            where=where,
            mend="Run as the user who owns it, or set AUCTOR_DATA to another folder.",
        )
    return None
