"""`auctor replay`: what would have been flagged in a past period, how early, at what cost."""

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer

from auctor.cli.deals import In
from auctor.cli.entering import entered
from auctor.cli.options import with_options
from auctor.cli.output import AsJson, note, show, show_rows
from auctor.crm import queries as crm
from auctor.crm.currencies import to_decimal
from auctor.kit.errors import AuctorError
from auctor.risk import replay_runs
from auctor.risk.policies import get_policy
from auctor.risk.replay_looks import Progress
from auctor.risk.replay_records import ReplayedDeal, ReplayKind, ReplayPlan, ReplayResult
from auctor.risk.replay_shape import to_json
from auctor.signals.policy import Policy
from auctor.signals.score import Band
from auctor.tenancy.records import Actor

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})
BANDS = {"low": Band.LOW, "medium": Band.MEDIUM, "high": Band.HIGH}
NAMES = {"score": "risk score", "stage": "stage probability", "category": "forecast category"}
PAGE = 200
# A cell that begins so would run as a formula in a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class PolicyUnreadable(AuctorError):
    """Settings on the command line that cannot be read."""

    code: ClassVar[str] = "cli.policy_unreadable"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Asked:
    """What the command takes."""

    workspace: In
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day of the period.")]
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Its last day.")]
    band: Annotated[str, typer.Option(help="Flagged from this band on: low, medium or high.")] = "medium"
    policy: Annotated[Path | None, typer.Option(exists=True, help="A file of settings to try.")] = None
    chosen: Annotated[list[str] | None, typer.Option("--set", help="A threshold to try: signal.name=value.")] = None
    out: Annotated[Path | None, typer.Option(help="Write a line for every deal that ended, as CSV.")] = None
    as_json: AsJson = False


@app.callback()
@with_options(Asked)
def replay(asked: Asked) -> None:
    """Replay a past period deal by deal, Monday by Monday, as it would have been seen then."""
    if asked.band not in BANDS:
        raise typer.BadParameter("It is low, medium or high.", param_hint="--band")
    now = datetime.now(UTC)
    with entered(asked.workspace) as actor, _bar() as tell:
        settings = _settings(get_policy(actor).policy, asked.policy, asked.chosen or [])
        plan = ReplayPlan(asked.first.date(), asked.last.date(), BANDS[asked.band], settings)
        run = replay_runs.replay_here(actor, plan=plan, now=now, tell=tell)
        assert run.result is not None
        if asked.out is not None:
            count = _write(asked.out, actor, _deals(actor, run.id), run.result.currency, now=now)
            note(f"{count} deals written to {asked.out}.")
    if asked.as_json:
        show({"id": run.id, "seconds": run.seconds, **to_json(run.result)}, as_json=True)
    else:
        _print(run.result)


def _settings(held: Policy, path: Path | None, chosen: list[str]) -> Policy:
    """The workspace's settings, or those of the file, with single thresholds in their place."""
    told: Mapping[str, Any] = {}
    if path is not None:
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            held = Policy(
                {str(code): float(value) for code, value in told.get("thresholds", {}).items()},
                frozenset(map(str, told.get("muted", ()))),
                float(told.get("late_from", Policy().late_from)),
            )
        except (ValueError, TypeError, AttributeError) as error:
            raise PolicyUnreadable(
                "The settings are not readable.",
                where=str(path),
                mend='Such as {"thresholds": {"stage_stall.long_days": 45}, "muted": ["champion"], "late_from": 0.6}.',
            ) from error
    thresholds = dict(held.thresholds)
    for text in chosen:
        code, _, value = text.partition("=")
        try:
            thresholds[code.strip()] = float(value)
        except ValueError as error:
            raise PolicyUnreadable(f"{text!r} sets nothing.", mend="Such as stage_stall.long_days=45.") from error
    return Policy(thresholds, held.muted, held.late_from)


@contextmanager
def _bar() -> Iterator[Progress]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Looking at every Monday", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print(result: ReplayResult) -> None:
    money = f"{to_decimal(result.caught_amount, result.currency)} of {to_decimal(result.lost_amount, result.currency)}"
    lines = [
        f"{result.first_on} to {result.last_on}, flagged from {result.band.name.lower()} on; {result.weeks} Mondays.",
        f"{result.lost} lost deals: {result.caught} flagged before, {result.caught_to_the_end} of them to the end; "
        f"{result.missed} missed.",
        f"{result.won} won deals: {result.false_alarms} flagged.",
        f"Precision {_percent(result.precision)}, recall {_percent(result.recall)}; "
        f"{_percent(result.base_rate)} of all were lost.",
        f"Lost revenue flagged before: {money} {result.currency}; {result.unpriced} deals without an amount or a rate.",
    ]
    if result.early:
        early = result.early
        lines.insert(
            3, f"Days before the loss: {early.median:.0f} (half between {early.low:.0f} and {early.high:.0f})."
        )
    typer.echo("\n".join(lines) + "\n\nAt the same share of alarms:")
    scorers = [
        {
            "by": NAMES[one.name],
            "known": _percent(one.known),
            "AUC": "" if one.auc is None else f"{one.auc:.3f}",
            "precision": _percent(one.at_equal_alarms.precision if one.at_equal_alarms else None),
            "recall": _percent(one.at_equal_alarms.recall if one.at_equal_alarms else None),
        }
        for one in result.scorers
    ]
    show_rows(scorers, columns=list(scorers[0]), as_json=False, empty="")
    typer.echo("\nIf the score ever reached:")
    curve = [
        {
            "score": f"{one.threshold:.0f}",
            "flagged": one.flagged,
            "precision": _percent(one.precision),
            "recall": _percent(one.recall),
        }
        for one in result.curve
        if one.threshold % 10 == 0
    ]
    show_rows(curve, columns=list(curve[0]), as_json=False, empty="")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _deals(actor: Actor, run_id: Any) -> Iterator[list[ReplayedDeal]]:
    for kind in ReplayKind:
        offset = 0
        while (page := replay_runs.list_replayed_deals(actor, run_id, kind=kind, offset=offset, limit=PAGE)).rows:
            yield list(page.rows)
            offset += PAGE


def _write(out: Path, actor: Actor, pages: Iterator[list[ReplayedDeal]], currency: str, *, now: datetime) -> int:
    columns = ["deal_id", "deal", "kind", "ended_on", "looks", "early_days", "peak", "last_score", "amount", "currency"]
    count = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for page in pages:
            lines = crm.list_lines(actor, [one.deal_id for one in page], now=now)
            for one in page:
                name = lines[one.deal_id].name if one.deal_id in lines else ""
                amount = "" if one.amount is None else to_decimal(one.amount, currency)
                numbers = ["" if n is None else f"{n:.1f}" for n in (one.early_days, one.peak, one.last_score)]
                told = [one.deal_id, _text(name), one.kind.value, one.ended_on, one.looks, *numbers, amount, currency]
                writer.writerow(told)
                count += 1
    return count


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value
