"""`entrepot accept`, `accepted` and `withdraw`: a person answers the release gate."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from flows.cli import terminal
from flows.errors import EntrepotError
from flows.ledger import Ledger
from flows.releases import acceptance
from flows.settings import get_settings

app = typer.Typer()
Who = Annotated[str | None, typer.Option("--by", help="Who accepts; your user name if left out.")]


@app.command()
def accept(
    check: Annotated[str, typer.Argument(help="The check, as the failing gate names it.")],
    rows: Annotated[list[str], typer.Option("--rows", help="A row by its key, or `all`; may be given several times.")],
    until: Annotated[str, typer.Option(help="Last day it counts, such as 2027-03-31.")],
    why: Annotated[str, typer.Option(help="Why the rows are right as they are.")],
    by: Who = None,
    run_id: Annotated[str | None, typer.Option("--run", help="The run that failed; the newest if left out.")] = None,
) -> None:
    """Accept rows that fail a check of the release gate, for a time; other rows of the check still count.

    The failing gate prints this command with the keys of its rows. `entrepot run` then judges again.
    """
    done = acceptance.accept(
        Ledger(get_settings()), check, rows, _day(until), why, by or acceptance.person(), run_id or ""
    )
    number = terminal.number_of_rows(len(done.rows))
    terminal.say(
        f"Accepted {number} of {check} until {done.until} ({done.acceptance_id}); `entrepot run` judges again."
    )


@app.command()
def accepted(
    everything: Annotated[bool, typer.Option("--all", help="Also those that are withdrawn or over.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List what was accepted of the release gate's findings: rows, until when, by whom and why."""
    found = Ledger(get_settings()).acceptances()
    table = acceptance.table(found, everything)
    if as_json:
        shown = {row["acceptance"] for row in table}
        terminal.print_json([each.model_dump(mode="json") for each in found if each.acceptance_id in shown])
    elif table:
        terminal.show_rows(table)
    else:
        terminal.say("Nothing is accepted.")


@app.command()
def withdraw(
    acceptance_id: Annotated[str, typer.Argument(help="An acceptance, as `entrepot accepted` names it.")],
    by: Who = None,
) -> None:
    """Withdraw an acceptance; its rows fail their check again from the next run on."""
    done = acceptance.withdraw(Ledger(get_settings()), acceptance_id, by or acceptance.person())
    terminal.say(f"Withdrawn: {terminal.number_of_rows(len(done.rows))} of {done.check} fail again.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise EntrepotError(f"{text!r} is not a date; write one such as 2027-03-31.") from None
