"""`auctor judge`: what a person says of a deal: put aside, known, not a risk, and taking it back."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from auctor.cli.deals import In, require_deal
from auctor.cli.entering import entered
from auctor.cli.output import AsJson, show, show_rows
from auctor.risk import operations, queries
from auctor.risk.records import Decision, DenialReason, Until

app = typer.Typer(no_args_is_help=True)
Deal = Annotated[str, typer.Argument(help="Its id, the source's id, or words of its name.")]
Note = Annotated[str, typer.Option(help="A word on it, for those who come after.")]
WORDS = {"snoozed": "Snoozed", "known": "Known", "not-a-risk": "Not a risk"}


@app.command()
def snooze(
    deal: Deal,
    workspace: In,
    until: Annotated[Until, typer.Option(help="What brings it back.")] = Until.DATE,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day, with --until date.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take a deal out of the inbox until a day, its next meeting, a change of its stage, or until it gets worse."""
    with entered(workspace) as actor:
        made = operations.snooze_deal(
            actor,
            deal_id=require_deal(actor, deal),
            until=until,
            on=on.date() if on else None,
            now=datetime.now(UTC),
        )
    _show(made, as_json=as_json)


@app.command()
def known(deal: Deal, workspace: In, as_json: AsJson = False) -> None:
    """Say that the risk is known: out of the inbox until it gets worse."""
    with entered(workspace) as actor:
        made = operations.acknowledge_deal(actor, deal_id=require_deal(actor, deal), now=datetime.now(UTC))
    _show(made, as_json=as_json)


@app.command(name="not-a-risk")
def not_a_risk(
    deal: Deal,
    workspace: In,
    reason: Annotated[DenialReason, typer.Option(help="Why.")],
    note: Note = "",
    as_json: AsJson = False,
) -> None:
    """Say that the deal is not at risk; it counts in the track record of the signals that fire."""
    with entered(workspace) as actor:
        made = operations.dismiss_deal(
            actor, deal_id=require_deal(actor, deal), reason=reason, note=note, now=datetime.now(UTC)
        )
    _show(made, as_json=as_json)


@app.command()
def undo(
    decision: Annotated[UUID, typer.Argument(help="Its id, as `auctor judge list` shows it.")],
    workspace: In,
    as_json: AsJson = False,
) -> None:
    """Take back what was decided over the command line; the decision that it replaced holds again."""
    with entered(workspace) as actor:
        made = operations.undo_decision(actor, decision_id=decision, now=datetime.now(UTC))
    _show(made, as_json=as_json)


@app.command(name="list")
def list_(deal: Deal, workspace: In, as_json: AsJson = False) -> None:
    """What was decided of a deal, the newest first."""
    with entered(workspace) as actor:
        rows = [_row(one) for one in queries.list_decisions(actor, require_deal(actor, deal))]
    columns = ["made_at", "said", "until", "until_at", "reason", "ended_at", "ending", "id"]
    show_rows(rows, columns=columns, as_json=as_json, empty="Nothing was decided of this deal.")


def _show(made: Decision, *, as_json: bool) -> None:
    told = WORDS[made.aside.value] + (" until " + made.until.value if made.until else "")
    if made.until_at:
        told += f" ({made.until_at.isoformat()})"
    text = f"{told}: taken back." if made.ending else f"{told}. `auctor judge undo {made.id}` takes it back."
    show(_row(made), as_json=as_json, text=text)


def _row(one: Decision) -> dict[str, Any]:
    return {
        "id": one.id,
        "deal_id": one.deal_id,
        "said": one.aside.value,
        "until": one.until.value if one.until else None,
        "until_at": one.until_at.isoformat() if one.until_at else None,
        "reason": one.reason.value if one.reason else None,
        "note": one.note,
        "made_at": one.made_at.isoformat(),
        "band": one.band.name.lower(),
        "score": one.score,
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        "ending": one.ending.value if one.ending else None,
    }
