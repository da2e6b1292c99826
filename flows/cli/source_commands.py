"""`entrepot sources`: the list of the sources, and `new`, which drafts the contract of a table of one's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.cli import reports, terminal
from flows.contracts import load_contracts
from flows.contracts.loading import faults
from flows.errors import EntrepotError
from flows.inbox.own.draft import Answers, Draft, checked, save
from flows.inbox.own.losses import REJECTED, USED, losses
from flows.inbox.own.questions import open_questions
from flows.inbox.own.sample import read_sample
from flows.ledger import Ledger
from flows.read.wording.codes import in_words
from flows.settings import get_settings

app = typer.Typer(help="The sources; `new` drafts the contract of your table.", add_completion=False)


def _option(text: str, *names: str) -> Any:
    return typer.Option(*names, help=text, show_default=False)


@app.callback(invoke_without_command=True)
def sources(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Every source: publisher, licence, whether it is redistributable, and what has landed."""
    if context.invoked_subcommand is None:
        settings = get_settings()
        reports.show_sources(load_contracts(settings.contracts), Ledger(settings), as_json)
        for fault in faults(settings.contracts):
            terminal.complain(f"{fault.said} {fault.advice}")


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="A CSV or .xlsx file with a header, in the inbox or elsewhere.")],
    name: Annotated[str | None, _option("Id of the source; made from the file's name if left out.")] = None,
    table: Annotated[str, typer.Option(help="Name of the table.")] = "trade",
    sheet: Annotated[str | None, _option("Sheet of the workbook; the first one if left out.")] = None,
    layout: Annotated[
        str | None, _option('How the table is laid out, such as "years across"; found out if left out.')
    ] = None,
    encoding: Annotated[
        str | None, _option("Encoding of a text file, such as windows-1254; found out if left out.")
    ] = None,
    header_row: Annotated[int | None, _option("Row that names the columns; looked for if left out.")] = None,
    publisher: Annotated[str | None, _option("Who publishes the figures.")] = None,
    licence: Annotated[str | None, _option("What may be done with them.")] = None,
    redistributable: Annotated[bool, typer.Option(help="Whether they are redistributable.")] = False,
    landing_page: Annotated[str | None, _option("Where they are found.")] = None,
    description: Annotated[str | None, _option("What the table is, in a sentence.")] = None,
    cadence: Annotated[str, typer.Option(help="How often it appears.")] = "irregular",
    reporter: Annotated[str | None, _option("Whose statistic: a column or an ISO code.")] = None,
    partner: Annotated[str | None, _option("With whom: a column or an ISO code; WLD for the World.")] = None,
    flow: Annotated[str | None, _option("A column, or X for exports, M for imports.")] = None,
    product: Annotated[str | None, _option("A column of HS codes, or TOTAL.")] = None,
    hs: Annotated[str | None, _option("HS revision, H0 (1992) to H6 (2022).")] = None,
    period: Annotated[str | None, _option("A column.")] = None,
    period_layout: Annotated[str | None, _option("How it is written, such as YYYY-MM or DD/MM/YYYY.")] = None,
    cumulative: Annotated[str | None, _option("Whether the figures are sums since January: yes or no.")] = None,
    decimal_mark: Annotated[str | None, _option("Decimal mark of the figures, . or a comma.")] = None,
    value: Annotated[list[str] | None, _option("A column, or COLUMN=X and COLUMN=M; may be repeated.")] = None,
    currency: Annotated[str | None, _option("Currency of the values (ISO 4217).")] = None,
    multiplier: Annotated[str | None, _option("What one unit of them is worth: 1000 for thousands.")] = None,
    weight: Annotated[str | None, _option("A column of net weights.")] = None,
    weight_unit: Annotated[str | None, _option("kg, t, g or lb.")] = None,
    quantity: Annotated[str | None, _option("A column of quantities.")] = None,
    quantity_unit: Annotated[str | None, _option("Their unit, or the column that holds it.")] = None,
    exports_valuation: Annotated[str | None, _option("FOB or CIF; FOB is usual.")] = None,
    imports_valuation: Annotated[str | None, _option("CIF or FOB; CIF is usual.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take guesses and usual answers.")] = False,
) -> None:
    """Draft the contract of your table from its header and a sample of its rows, and ask what is left open.

    The contract is a YAML file in the warehouse folder, yours to edit. Every question has an option, so that it also
    works without a terminal: entrepot sources new sales.xlsx --publisher "Me" --licence "internal" --reporter FIN --yes
    """
    answers = Answers(
        name=name, table=table, publisher=publisher, licence=licence, redistributable=redistributable,
        landing_page=landing_page, description=description, cadence=cadence, reporter=reporter, partner=partner,
        flow=flow, product=product, hs=hs, period=period, period_layout=period_layout, cumulative=cumulative,
        decimal_mark=decimal_mark, values=value or [], currency=currency, multiplier=multiplier, weight=weight,
        weight_unit=weight_unit, quantity=quantity, quantity_unit=quantity_unit, exports_valuation=exports_valuation,
        imports_valuation=imports_valuation,
    )  # fmt: skip
    settings = get_settings()
    brought = settings.inbox / file  # by the name a run gives it
    file = file if file.exists() or not brought.exists() else brought
    draft = Draft(settings, read_sample(file, sheet, header_row, layout, settings.seeds, encoding), answers)
    draft.require_new()
    _answer(draft, asks=not yes and sys.stdin.isatty())
    path = _write(draft)
    then = "" if settings.inbox.resolve() in file.resolve().parents else f"put the file into {settings.inbox} and "
    terminal.say(f"Wrote {path}. Look it over, then {then}`entrepot run`.")


def _write(draft: Draft) -> Path:
    """Show what the contract says and leaves out, write it where it is sound, and say what to know of it."""
    text = checked(draft)
    terminal.console.print(terminal.table_of(["what", "from", "as"], draft.summary()))
    _show_losses(draft)
    path = save(draft, text)
    for note in dict.fromkeys(draft.notes):
        terminal.say(f"Note: {note}")
    return path


def _show_losses(draft: Draft) -> None:
    """What of the whole file the contract would leave out, and in how much value."""
    found = losses(draft)
    used = sum(share.count for (reason, _), share in found.items() if reason == USED)
    total = sum(share.count for share in found.values())
    left = sorted(((key, share) for key, share in found.items() if key[0] != USED), key=lambda each: -each[1].value)
    rows = [
        (in_words("excluded_reason", reason), share.count, f"{currency} {share.value:,.0f}", ", ".join(share.examples))
        for (reason, currency), share in left
    ]
    if rows:
        columns = ["left out because", "figures", "value", "such as"]
        terminal.console.print(terminal.table_of(columns, rows, "What this contract leaves out"))
    if rejected := sum(share.count for (reason, _), share in found.items() if reason == REJECTED):
        terminal.say(
            f"0 of {total:,} figures of the file are used: the run rejects {rejected:,} of them and then refuses the "
            "file; the notes say why."
        )
        return
    values = " and ".join(f"{c} {share.value:,.0f}" for (reason, c), share in sorted(found.items()) if reason == USED)
    terminal.say(f"{used:,} of {total:,} figures of the file are used{f', worth {values}' if values else ''}.")


def _answer(draft: Draft, asks: bool) -> None:
    """Settle the open questions: by asking, or by their usual answers. Raises EntrepotError for those without one."""
    while questions := open_questions(draft):
        lacking = [question.option for question in questions if question.default is None]
        if lacking and not asks:
            reasons = "; ".join(question.reason for question in questions if question.reason)
            why = f" ({reasons})" if reasons else ""
            raise EntrepotError(f"Cannot tell from {draft.sample.path.name}: say {', '.join(lacking)}{why}.")
        for question in questions[:1] if asks else questions:
            if asks and question.reason:
                terminal.say(f"Note: {question.reason}.")
            if question.taken and not asks:
                terminal.say(f"Note: {question.taken}.")
            reply = typer.prompt(question.text, default=question.default) if asks else question.default
            draft.answer(question.field, str(reply).strip())
