"""The command `auctor`. `--help` answers at once because a command is loaded only when it was said."""

import importlib
import os
import sys
from collections.abc import Sequence

import typer

from auctor.cli.output import show_error

# name -> what `auctor --help` says of it; the module is commands/<name>.py and holds `app`.
COMMANDS = {
    "up": "Start everything: database, web server, worker, sealer. Ctrl-C stops it.",
    "serve": "Run the web server alone.",
    "work": "Run a worker alone: background jobs.",
    "seal": "Run the sealer alone: the audit log's trees and checkpoints.",
    "broker": "Run the broker alone: all calls to vendors.",
    "migrate": "Bring the database to this release's form.",
    "doctor": "Look for what is wrong, and say how to mend it.",
    "workspace": "Make, list, extend and close workspaces.",
    "member": "Invite people, change roles, reset second factors.",
    "connections": "Show, check, pause and end connections to vendors.",
    "vault": "Check and rotate keys.",
    "audit": "Verify, export and show the audit log.",
    "import": "Bring in a history folder, or a plain export of a CRM.",
    "twins": "Start stand-ins for the CRM vendors, to try connections without an account.",
    "export": "Write a workspace's history folder.",
    "scan": "Judge all open deals now.",
    "risks": "List the deals that want a decision.",
    "score": "Judge deals at past moments, by what had been learnt until a moment.",
    "explain": "Say why a deal has its score, and what clears it.",
    "judge": "Snooze a deal, call its risk known or none, take it back.",
    "signals": "Thresholds, mutes and the track record of the signals.",
    "replay": "Replay a past period: what would have been flagged, how early, at what cost.",
}

# Python keeps some words for itself, and files called score are pure.
MODULES = {"import": "bring_in", "score": "score_past"}

# These run for long in the process that was started, or hand it over: they load no models.
LIGHT = {"up", "serve", "work", "seal", "broker", "twins"}

HELP = """auctor catches revenue risk before it is lost, and proves it.

Start with `auctor up`. Every command takes --help, and --json for other programs.
Settings are read from the environment (AUCTOR_DATA, AUCTOR_PORT, DATABASE_URL …);
docs/reference/settings.md lists them all.
"""


def main() -> None:
    """Run the command line of this process and exit with its code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auctor.config.settings")
    arguments = sys.argv[1:]
    try:
        build(arguments)()
    except Exception as error:
        from auctor.cli.translate import translate

        speaking = translate(error)
        if speaking is None:
            raise
        show_error(speaking, as_json="--json" in arguments)
        sys.exit(1)


def build(arguments: Sequence[str]) -> typer.Typer:
    """The command tree with the said command loaded; an empty sequence loads none, `["*"]` loads all."""
    app = typer.Typer(
        name="auctor",
        help=HELP,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        # Rich help costs half a second of imports before the first word.
        rich_markup_mode=None,
    )
    app.callback()(_nothing)
    said = next((word for word in arguments if not word.startswith("-")), "")
    if said not in LIGHT and (said in COMMANDS or said == "*"):
        from auctor.cli import start

        start.settings_and_models()
    for name, summary in COMMANDS.items():
        if said in {name, "*"}:
            app.add_typer(
                importlib.import_module(f"auctor.cli.commands.{MODULES.get(name, name)}").app, name=name, help=summary
            )
        else:
            app.command(name, help=summary)(_nothing)
    return app


def _nothing() -> None:
    """The place of a command that was not said, and the root's own empty callback."""
