"""How a command reaches settings and database."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import django
from django.conf import settings
from pydantic import ValidationError
from pydantic_settings import SettingsError

from auctor.kit.errors import AuctorError
from auctor.kit.lockfile import find_holder
from auctor.tenancy import engine, scope
from auctor.tenancy.records import Actor

if TYPE_CHECKING:
    from uuid import UUID


class SettingsWrong(AuctorError):
    """An environment variable has a value that cannot be used."""

    code: ClassVar[str] = "cli.settings_wrong"
    status: ClassVar[int] = 500


class NotInstalled(AuctorError):
    """There is no database here, or it was never brought into form."""

    code: ClassVar[str] = "cli.not_installed"
    status: ClassVar[int] = 500


def environment() -> Any:
    """The installation's `config.environment.Environment`; raises `SettingsWrong` naming the variable."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auctor.config.settings")
    try:
        found = settings.AUCTOR_ENVIRONMENT
    except ValidationError as error:
        first = error.errors()[0]
        # A reader of a list also names the place in it, which is no setting.
        raise _wrong(str(first["loc"][0]), first["msg"].removeprefix("Value error, ")) from None
    except SettingsError as error:
        named = re.search(r'field "(\w+)"', str(error))
        raise _wrong(named.group(1) if named else "", "this is not the JSON that it takes") from None
    except PermissionError as error:
        raise SettingsWrong(
            "The data folder cannot be written.",
            where=str(error.filename),
            mend="Run as the user who owns it, or set AUCTOR_DATA to another folder.",
        ) from None

    # Where compiled code is kept: beside the data, because the program's own folder may not be written.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(found.data / "compiled"))
    return found


def _wrong(name: str, why: str) -> SettingsWrong:
    variable = name.upper() if name.upper().startswith("DATABASE") else f"AUCTOR_{name.upper()}"
    mend = "docs/reference/settings.md says what it takes."
    return SettingsWrong(f"The setting {variable} cannot be used: {why}.", where=variable, mend=mend)


def settings_and_models() -> None:
    """What a command's module may import from here on. Needs no database."""
    environment()
    django.setup()


def require_database(env: Any) -> None:
    """Raises `NotInstalled` where there is no database yet: asking must not make one."""
    is_there = env.database or find_holder(env.data) is not None or (env.data / "postgres" / "PG_VERSION").exists()
    if not is_there:
        raise NotInstalled("Nothing was installed here yet.", where=str(env.data), mend="Run: auctor up")


@contextmanager
def database(*, is_made: bool = False) -> Iterator[None]:
    """Django, with the database up: the one that runs, or the embedded one for as long as the command lasts.

    Raises `NotInstalled`, unless the command is one that makes the database (`is_made`).
    """
    env = environment()
    if not is_made:
        require_database(env)
    if env.database or find_holder(env.data) is not None:
        yield
        return
    cluster = engine.prepare(env.data, binaries=env.postgres_binaries)
    if cluster.ready():
        yield
        return
    with engine.running(cluster, log=_log(env)):
        yield


@contextmanager
def workspace(workspace_id: "UUID | None") -> Iterator[Actor]:
    """The database, one transaction, and the scope of whoever is at the console: they own the machine."""
    from django.db import transaction

    with database():
        actor = Actor.system(workspace_id, "cli")
        with scope.enter(actor), transaction.atomic():
            yield actor


def _log(env: Any) -> Any:
    folder = env.data / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "postgres.log"
