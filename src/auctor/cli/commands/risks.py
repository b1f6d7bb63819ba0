"""`auctor risks`: the queue of deals that want a decision."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from auctor.cli.deals import In, risk_row
from auctor.cli.entering import entered
from auctor.cli.output import AsJson, show_rows
from auctor.crm import queries as crm
from auctor.risk import queries
from auctor.risk.records import View

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})


@app.callback()
def risks(
    workspace: In,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many deals.")] = 25,
    view: Annotated[View, typer.Option(help="Which part of the queue.")] = View.OPEN,
    as_json: AsJson = False,
) -> None:
    """The open deals that want a decision, by revenue at risk × urgency × confidence."""
    now = datetime.now(UTC)
    with entered(workspace) as actor:
        found = queries.list_inbox(actor, view=view, limit=limit)
        lines = crm.list_lines(actor, [one.deal_id for one in found.rows], now=now)
        rows = [risk_row(lines[one.deal_id], one) for one in found.rows if one.deal_id in lines]
    columns = ["score", "band", "deal", "company", "amount", "currency", "closes", "why"]
    show_rows(rows, columns=columns, as_json=as_json, empty="No deal wants a decision.")
