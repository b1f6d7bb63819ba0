"""`auctor explain`: why a deal has its score, and what clears it."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from auctor.cli.deals import In, finding_row, headline, judgement_row, require_deal
from auctor.cli.entering import entered
from auctor.cli.output import AsJson, show, show_rows
from auctor.crm import queries as crm
from auctor.risk import look_back, queries

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})


@app.callback()
def explain(
    deal: Annotated[str, typer.Argument(help="Its id, the source's id, or words of its name.")],
    workspace: In,
    at: Annotated[datetime | None, typer.Option(help="As it stood then, such as 2026-03-31.")] = None,
    as_json: AsJson = False,
) -> None:
    """The signals of a deal, what each adds to its score, and what clears it."""
    now = datetime.now(UTC)
    with entered(workspace) as actor:
        deal_id = require_deal(actor, deal)
        line = crm.access_deal(actor, deal_id, now=now).line
        stored = None if at else queries.find_judgement(actor, deal_id)
        found = stored or look_back.judge_at(actor, deal_id, at=at.replace(tzinfo=UTC) if at else now)
    findings = [finding_row(one) for one in found.findings]
    steps = [
        {"signal": s.key, "what": s.what, "before": round(s.before, 1), "after": round(s.after, 1)} for s in found.steps
    ]
    moves = [{"input": one.code, "name": one.name, "points": one.points} for one in found.p_win_points]
    if as_json:
        told = {
            "deal_id": line.id,
            "deal": line.name,
            **judgement_row(found),
            "signals": findings,
            "clears": steps,
            "p_win_inputs": moves,
        }
        show(told, as_json=True)
        return
    typer.echo(headline(line, found))
    show_rows(findings, columns=["signal", "state", "severity", "points", "found"], as_json=False, empty="")
    if steps:
        typer.echo("\nWhat clears it:")
        for step in steps:
            typer.echo(f"  {step['before']:.0f} → {step['after']:.0f}  {step['what']}")
