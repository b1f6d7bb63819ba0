"""`auctor twins`: stand-ins for the CRM vendors, each in a process of its own."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from auctor.cli.output import AsJson, show
from auctor.kit.errors import AuctorError
from auctor.twins.launch import VENDORS

app = typer.Typer(no_args_is_help=True)
POLL_SECONDS = 1.0


class TwinNotStarted(AuctorError):
    """A stand-in ended before it listened."""

    code = "cli.twin_not_started"
    status = 500


@app.callback()
def twins() -> None:
    """Stand-ins for HubSpot, Salesforce and the others: real servers on this machine with a demo company in them."""


@app.command()
def up(
    vendor: Annotated[str, typer.Option(help="Only this one; all without.")] = "",
    port: Annotated[int, typer.Option(help="Where it listens; needs --vendor. 0 takes a free port.")] = -1,
    seed: Annotated[int, typer.Option(help="Another company; 0 is the usual one.")] = 0,
    fault: Annotated[Path | None, typer.Option(help="A fault plan: which calls go wrong, and how.")] = None,
    redirect: Annotated[list[str] | None, typer.Option(help="An address the application comes back to.")] = None,
    as_json: AsJson = False,
) -> None:
    """Start stand-in vendors on loopback and say how to reach them. Ctrl-C stops them."""
    if vendor and vendor not in VENDORS:
        raise typer.BadParameter(f"There is {', '.join(VENDORS)}.", param_hint="--vendor")
    if port >= 0 and not vendor:
        raise typer.BadParameter("A port is one vendor's: say --vendor as well.", param_hint="--port")
    words = [*(["--seed", str(seed)] if seed else []), *(["--fault", str(fault)] if fault else [])]
    for address in redirect or []:
        words += ["--redirect", address]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for name in [vendor] if vendor else VENDORS:
            child = _start(name, [*words, "--port", str(port if port >= 0 else VENDORS[name])])
            started.append(child)
            show(_told(name, child), as_json=as_json)
        with suppress(KeyboardInterrupt):
            _wait(started)
    finally:
        for child in started:
            child.terminate()
            child.wait()


def _start(vendor: str, words: list[str]) -> subprocess.Popen[bytes]:
    """A process that ends with this one, however this one ends."""
    command = [sys.executable, "-P", "-m", "auctor.twins", vendor, "--leash", *words]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _told(vendor: str, child: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert child.stdout is not None
    line = child.stdout.readline()
    if not line:
        raise TwinNotStarted(
            f"The stand-in for {vendor} did not start.",
            mend="The line above says why; another port helps when its own is taken: --vendor and --port.",
        )
    found: dict[str, Any] = json.loads(line)
    return found


def _wait(started: list[subprocess.Popen[bytes]]) -> None:
    """Until one of them ends."""
    while True:
        for child in started:
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=POLL_SECONDS)
                return
