"""`entrepot accept`, `accepted`, `refuse` and `withdraw`: a person answers the release gate."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from flows.cli import terminal
from flows.errors import EntrepotError
from flows.ingest import refusal
from flows.ledger import Ledger
from flows.releases import acceptance
from flows.settings import get_settings

app = typer.Typer()
Who = Annotated[str | None, typer.Option("--by", help="Who accepts; your user name if left out.")]


@app.command()
def accept(
    check: Annotated[str, typer.Argument(help="The check, as the failing gate names it.")],
    rows: Annotated[list[str], typer.Option("--rows", help="A row by its key, or `all`; may be given several times.")],
    until: Annotated[str, typer.Option(help="The last day on which it counts, such as 2027-03-31.")],
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
def refuse(
    file: Annotated[str, typer.Argument(help="A raw file: its id, its partition, or its name in the inbox.")],
    why: Annotated[str, typer.Option(help="Why the file is wrong.")],
    by: Annotated[str | None, typer.Option("--by", help="Who refuses it; your user name if left out.")] = None,
) -> None:
    """Refuse a raw file that is wrong: nothing of it is used, and the last good file of its partition is.

    Its bytes stay. A file that a release was made of is history and cannot be refused.
    """
    done = refusal.refuse(Ledger(get_settings()), file, why, by or acceptance.person())
    terminal.say(f"Refused {done.file_id}; `entrepot run` does without it.")


@app.command()
def withdraw(
    word: Annotated[
        str, typer.Argument(help="An acceptance, as `entrepot accepted` names it, or a refused file by its id.")
    ],
    by: Annotated[str | None, typer.Option("--by", help="Who withdraws an acceptance; you if left out.")] = None,
) -> None:
    """Withdraw an acceptance, whose rows then fail again, or the refusal of a raw file, which then lands again."""
    ledger = Ledger(get_settings())
    if "/" in word:
        landing = refusal.withdraw(ledger, word)
        terminal.say(f"Withdrawn: {landing.file_id} lands with the next run.")
        return
    done = acceptance.withdraw(ledger, word, by or acceptance.person())
    terminal.say(f"Withdrawn: {terminal.number_of_rows(len(done.rows))} of {done.check} fail again.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise EntrepotError(f"{text!r} is not a date; write one such as 2027-03-31.") from None
