"""`auctor signals`: what is looked for, how it is set, how often each was right here."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

import typer

from auctor.cli.deals import In
from auctor.cli.entering import entered
from auctor.cli.output import AsJson, show, show_rows
from auctor.kit.errors import AuctorError
from auctor.risk import policies, queries, track_records
from auctor.risk.records import MuteReason, PolicyRecord, TrackRecord
from auctor.signals.catalog import SIGNALS

app = typer.Typer(no_args_is_help=True)
Key = Annotated[str, typer.Argument(help="Such as stage_stall; `auctor signals list` shows all.")]
LEARNT = ("learnt", "default")


class ThresholdUnreadable(AuctorError):
    """A threshold on the command line that cannot be read."""

    code: ClassVar[str] = "cli.threshold_unreadable"
    status: ClassVar[int] = 422


@app.command(name="list")
def list_(workspace: In, as_json: AsJson = False) -> None:
    """Every threshold with its value and limits, and which signals are muted."""
    with entered(workspace) as actor:
        policy = policies.get_policy(actor)
    mutes = {one.signal: one.reason.value for one in policy.mutes}
    rows = [
        {
            "signal": signal.key,
            "threshold": one.code,
            "value": policy.thresholds.get(one.code, one.default),
            "chosen": one.code in policy.thresholds,
            "default": one.default,
            "least": one.least,
            "most": one.most,
            "unit": one.unit,
            "muted": mutes.get(signal.key),
        }
        for signal in SIGNALS
        for one in signal.parameters
    ]
    columns = ["threshold", "value", "chosen", "default", "least", "most", "unit", "muted"]
    show_rows(rows, columns=columns, as_json=as_json, empty="")


@app.command()
def policy(
    workspace: In,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many versions.")] = 1,
    as_json: AsJson = False,
) -> None:
    """How the signals are set, the newest version first."""
    with entered(workspace) as actor:
        found = policies.list_policies(actor, limit=limit) or [policies.get_policy(actor)]
    columns = ["number", "made_at", "late_from", "thresholds", "muted"]
    show_rows([_row(one) for one in found], columns=columns, as_json=as_json, empty="")


@app.command(name="set")
def set_(
    thresholds: Annotated[list[str], typer.Argument(help="signal.name=value; `learnt` goes back.", metavar="SETTING…")],
    workspace: In,
    as_json: AsJson = False,
) -> None:
    """Choose thresholds, or `late_from`; everything is judged anew. `auctor replay --set` tries them first."""
    chosen = dict(map(_parsed, thresholds))
    late_from = chosen.pop("late_from", None)
    with entered(workspace) as actor:
        made = policies.tune_signals(actor, thresholds=chosen, late_from=late_from, now=datetime.now(UTC))
    _show(made, as_json=as_json)


@app.command()
def mute(
    signal: Key,
    workspace: In,
    reason: Annotated[MuteReason, typer.Option(help="Why it is not to count.")],
    note: Annotated[str, typer.Option(help="A word on it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Let a signal count no more, as if it did not exist."""
    with entered(workspace) as actor:
        made = policies.mute_signal(actor, signal=signal, reason=reason, note=note, now=datetime.now(UTC))
    _show(made, as_json=as_json)


@app.command()
def unmute(signal: Key, workspace: In, as_json: AsJson = False) -> None:
    """Let a signal count again."""
    with entered(workspace) as actor:
        made = policies.unmute_signal(actor, signal=signal, now=datetime.now(UTC))
    _show(made, as_json=as_json)


@app.command()
def track(
    workspace: In,
    measure: Annotated[bool, typer.Option("--measure", help="Measure now, on the deals that ended.")] = False,
    as_json: AsJson = False,
) -> None:
    """How often each signal was right on this workspace's own past."""
    with entered(workspace) as actor:
        now = datetime.now(UTC)
        found = track_records.measure_signals(actor, now=now) if measure else queries.list_track_records(actor)
    columns = ["signal", "fired", "fired_lost", "judged", "lost", "precision", "base_rate", "lift", "lift_low"]
    columns += ["lift_high", "early_days", "confirmed", "denied", "propose_mute"]
    empty = "No track record yet: `--measure` makes one from the deals that ended."
    show_rows([_track_row(one) for one in found], columns=columns, as_json=as_json, empty=empty)


@app.command()
def propose(workspace: In, as_json: AsJson = False) -> None:
    """The signals that are proposed for muting: they fired often, and told nothing here."""
    with entered(workspace) as actor:
        muted = policies.get_policy(actor).policy.muted
        found = [one for one in queries.list_track_records(actor) if one.propose_mute and one.signal not in muted]
    columns = ["signal", "fired", "precision", "base_rate", "lift", "lift_low", "lift_high"]
    show_rows([_track_row(one) for one in found], columns=columns, as_json=as_json, empty="No signal is proposed.")


def _parsed(text: str) -> tuple[str, float | None]:
    code, _, value = text.partition("=")
    if value.strip().casefold() in LEARNT and code.strip() != "late_from":
        return code.strip(), None
    try:
        return code.strip(), float(value)
    except ValueError as error:
        mend = "Such as stage_stall.long_days=45, stage_stall.long_days=learnt or late_from=0.6."
        raise ThresholdUnreadable(f"{text[:80]!r} sets nothing.", mend=mend) from error


def _show(made: PolicyRecord, *, as_json: bool) -> None:
    show(_row(made), as_json=as_json, text=f"Version {made.number} of the settings. All open deals are judged anew.")


def _row(one: PolicyRecord) -> dict[str, Any]:
    return {
        "number": one.number,
        "made_at": one.made_at.isoformat() if one.made_at else None,
        "late_from": one.late_from,
        "thresholds": dict(one.thresholds),
        "muted": {mute.signal: mute.reason.value for mute in one.mutes},
    }


def _track_row(one: TrackRecord) -> dict[str, Any]:
    shares = ("precision", "base_rate", "lift", "lift_low", "lift_high", "early_days")
    told = {name: getattr(one, name) for name in shares}
    return {
        "signal": one.signal,
        "made_at": one.made_at.isoformat(),
        "since": one.since.isoformat(),
        "judged": one.judged,
        "lost": one.lost,
        "fired": one.fired,
        "fired_lost": one.fired_lost,
        **{name: None if value is None else round(value, 3) for name, value in told.items()},
        "confirmed": one.confirmed,
        "denied": one.denied,
        "dismissed": one.dismissed,
        "propose_mute": one.propose_mute,
    }
