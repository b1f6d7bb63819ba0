"""`auctor up`: everything under one supervisor."""

import os
import shutil
import signal
import sys
import time
import webbrowser
from pathlib import Path
from typing import Annotated, Any

import typer

from auctor.cli import web_server
from auctor.cli.installing import Installer
from auctor.cli.output import note
from auctor.cli.preconditions import require_clock
from auctor.cli.start import environment
from auctor.kit.launch import python_command
from auctor.kit.ports import require_free_port
from auctor.kit.room import require_room
from auctor.kit.supervise import Child, Owner, Supervisor
from auctor.tenancy import engine
from auctor.tenancy.roles import without_user

app = typer.Typer(invoke_without_command=True)


@app.callback()
def up(
    demo: Annotated[bool, typer.Option("--demo", help="Make the demo workspace and a link into it.")] = False,
    browser: Annotated[bool, typer.Option(help="Open the page where a browser is found.")] = True,
) -> None:
    """Start database, web server, worker and sealer; print the address and a one-time link; stop on Ctrl-C."""
    began = time.monotonic()
    env = environment()
    require_room(env.data)
    require_clock(env.data)
    with Supervisor(env.data, notice=note) as supervisor:
        require_free_port(env.host, env.port)
        words = _words(env)
        link = _start(supervisor, env, words, demo=demo)
        note(f"ready after {time.monotonic() - began:.1f} s. Ctrl-C stops everything.")
        typer.echo(f"\n  {env.address}\n")
        if link:
            typer.echo(f"  {link['purpose']}:\n  {link['url']}\n")
            _open(link["url"], wanted=browser)
        # Last, so that it does not keep the first page waiting while it loads.
        supervisor.start(Child("worker", python_command("auctor.worker"), environment=words, stop_within=30))
        supervisor.watch()
    note("stopped.")


def _start(supervisor: Supervisor, env: Any, words: dict[str, str], *, demo: bool) -> dict[str, str] | None:
    """Database, form and keys, sealer, web server; returns the one-time link.

    Installer and web server load while the database starts; the web server answers nobody before the gate is open.
    """
    web = _web(env, web_server.command(env), words)
    with Installer(demo=demo) as installer:
        # Launched first, so that it is stopped last.
        database = [] if env.database_url else [_database(env)]
        for child in (*database, web):
            supervisor.launch(child)
        for child in database:
            supervisor.wait_until_ready(child)
        installer.wait_until_ready()
        _gate(env).touch()
        supervisor.start(Child("sealer", python_command("auctor.audit.seal"), environment=words))
        installer.ask_for_link()
        supervisor.wait_until_ready(web)
        return installer.read_link()


def _database(env: Any) -> Child:
    """The embedded PostgreSQL; its cluster is made at the first start."""
    cluster = engine.prepare(env.data, binaries=env.postgres_binaries)
    return Child(
        name="postgres",
        command=cluster.command(),
        owner=_owner(cluster.user),
        folder=Path("/"),
        ready=cluster.ready,
        # Fast shutdown; open transactions are rolled back.
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        stop_within=30,
    )


def _owner(user: str | None) -> Owner | None:
    if user is None:
        return None
    import pwd

    entry = pwd.getpwnam(user)
    return Owner(entry.pw_uid, entry.pw_gid)


def _words(env: Any) -> dict[str, str]:
    """The environment of the product's own processes: without the words of the database's administrator."""
    words = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "AUCTOR_DATABASE_URL"}}
    words["AUCTOR_DATA"] = str(env.data)
    words["AUCTOR_DATABASE_ADDRESS"] = without_user(env.database)
    _gate(env).unlink(missing_ok=True)
    words["AUCTOR_GATE"] = str(_gate(env))
    words["PROMETHEUS_MULTIPROC_DIR"] = str(_counters(env))
    return words


def _web(env: Any, command: list[str], words: dict[str, str]) -> Child:
    host = "127.0.0.1" if env.host in {"0.0.0.0", "::"} else env.host  # noqa: S104 - asked, not bound
    return Child("web", command, environment=words, ready=lambda: web_server.answers(host, env.port), ready_within=90)


def _gate(env: Any) -> Path:
    return Path(env.data) / "open.gate"


def _counters(env: Any) -> Path:
    """Where web and worker keep their counters, so that /metrics adds them up; they begin anew with each start."""
    folder: Path = env.data / "counters"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def _open(url: str, *, wanted: bool) -> None:
    if wanted and sys.stdout.isatty() and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(url)
