"""`auctor score`: what would have been said of deals at past moments."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from auctor.cli.deals import In
from auctor.cli.entering import entered
from auctor.cli.output import AsJson, show
from auctor.crm import standing
from auctor.risk.asking import parse_moment, read_asked, write_scores
from auctor.risk.scoring import score_at

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})


@app.callback()
def score(
    at: Annotated[Path, typer.Option(help="A CSV file with deal_id (the source's) and at (a moment with its zone).")],
    learn_until: Annotated[str, typer.Option(help="Only what was on record before this moment is learnt from.")],
    out: Annotated[Path, typer.Option(help="The CSV file to write.")],
    workspace: In = "",
    as_json: AsJson = False,
) -> None:
    """Judge deals at past moments: learnt probability of winning, rules score, coverage, and the twelve severities."""
    until = parse_moment(learn_until, where="--learn-until")
    with entered(workspace) as actor:
        asked = read_asked(at, standing.list_remote_ids(actor))
        found = score_at(actor, deals=asked.deals, moments=asked.moments, learn_until=until)
    write_scores(out, asked, found)
    text = f"{len(asked.names)} rows written. P(win): {found.model.reason}"
    show({"rows": len(asked.names), "p_win": asdict(found.model)}, as_json=as_json, text=text)
