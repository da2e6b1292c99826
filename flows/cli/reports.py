"""What the verbs of `entrepot` show a person: runs, sources, statements, checks and explanations."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flows.cli.facts import print_fact
from flows.cli.terminal import console, heading, print_json, published_release, table_of
from flows.contracts import Source
from flows.ledger import Ledger
from flows.read import published
from flows.read.explanation import Explanation, explain
from flows.read.figures import Figure
from flows.read.wording.codes import in_words, rule
from flows.read.wording.names import in_text, sentence_case
from flows.read.wording.numbers import days_in_words, plural, possessive, stated
from flows.settings import Settings

WIDE = 140
"""Columns of a terminal that has room for every column of a long list; at `ROOMY` all but the longest fit."""
ROOMY = 100
VERDICT_STYLE = {
    "supported": "green",
    "close": "yellow",
    "not supported": "red",
    "right figure, wrong period": "yellow",
    "possible, not proven": "cyan",
    "not testable": "dim",
}


def show_claims(settings: Settings, everything: bool, as_json: bool) -> None:
    """Statements with verdict and evidence."""
    with published_release(settings) as con:
        answer = published.claims(con, everything)
    if as_json:
        print_json(answer.records())
    else:
        print_claims(answer, "Statements against the warehouse")


def print_claims(answer: published.Answer, title: str) -> None:
    """Statements under `title`: each with its verdict, what was said by whom, and the evidence."""
    console.print(f"[bold]{title}[/]")
    for row in answer.records():
        verdict = Text(row["verdict"], style=VERDICT_STYLE.get(row["verdict"], ""))
        head = Table.grid()
        head.add_row(
            Text(f"{row['statement_id']}  ", style="bold"),
            Text.assemble(verdict, f"  {stated(row)}. Said by {days_in_words(row['said_by'] or '')}"),
        )
        console.print(head)
        console.print(Padding(Text(row["evidence"]), (0, 0, 0, 6)))
        if row["would_change"]:
            console.print(
                Padding(Text(f"What would change the verdict: {row['would_change']}.", style="dim"), (0, 0, 0, 6))
            )


def show_sources(contracts: Mapping[str, Source], ledger: Ledger, as_json: bool) -> None:
    """Every source with what may be done with it and how much of it is here."""
    files = ledger.raw_files()
    records = [
        {
            "source": source.name,
            "publisher": source.publisher,
            "origin": source.origin,
            "cadence": source.cadence,
            "licence": source.licence,
            "redistributable": source.redistributable,
            "tables": [table.name for table in source.tables],
            "raw_files": sum(file.source == source.name for file in files),
        }
        for source in contracts.values()
    ]
    if as_json:
        print_json(records)
        return
    heads = {name: name for name in ("source", "publisher", "origin", "cadence", "redistributable", "tables")}
    heads["raw_files"] = "files"
    if console.width < WIDE:
        del heads["tables"]
    rows = [tuple(_words(record[name]) for name in heads) for record in records]
    console.print(table_of(list(heads.values()), rows))


def _words(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in ("drop_box", "none"):
        return "inbox" if value == "drop_box" else ""
    return ", ".join(value) if isinstance(value, list) else value


def show_explanations(
    settings: Settings, number: str, reporter: str | None, partner: str | None, period: str | None, as_json: bool
) -> None:
    """For each report that holds the number: the choice made in its cell and the raw line it stands on."""
    with published_release(settings) as con:
        found = explain(settings, con, number, reporter, partner, period)
    if as_json:
        print_json([vars(explanation) for explanation in found])
        return
    shown: list[dict[str, Any]] = []
    for explanation in found:
        if isinstance(explanation, Figure):
            _print_figure(explanation)
            continue
        _print_explanation(explanation, with_cell=explanation.cell != shown)
        shown = explanation.cell


def _print_figure(found: Figure) -> None:
    """A figure of the warehouse's own, and the reports of both sides it may rest on."""
    figure = found.figure
    period = figure.get("period_name") or figure["period_code"]
    what = ", ".join(part for part in (figure["words"], figure["sides"], period) if part)
    number, blank, unit = _in_figures(figure["figure"], figure["unit"]).partition(" ")
    until = f" to {_digits(figure['until'])}" if figure.get("until") else ""
    heading(f"{number}{until}{blank}{unit}: {escape(what)}")
    facts = {
        "meaning": figure.get("meaning"),
        "made by": figure["rule"],
        "kept in": f"{figure['kept_in']}, {_column(figure)}",
        "also": "; ".join(found.also_in),
    }
    for name, fact in facts.items():
        if fact:
            print_fact(name, fact)
    for cell in found.made_of:
        amount = "" if cell["value_usd_bn"] is None else f"{_digits(cell['value_usd_bn']):>12}"
        parts = (cell.get("pair"), cell["source_code"], in_words("figure", cell["flow_code"]), *_of_others(cell))
        place = f"{cell['file_id']} {cell['place']}" if cell["file_id"] else ""
        if cell.get("n_cells"):
            place = f"sum of {plural(cell['n_cells'], 'cell')}, the largest in {place}"
        print_fact(f"  {amount}", ", ".join(part for part in (*parts, place) if part), len(amount) + 4)
        if cell["file_id"]:
            print_fact("raw record", cell["raw_line"] or "no longer in the raw store")


def _of_others(cell: Mapping[str, Any]) -> tuple[str, ...]:
    """Whose figure that of a pair of members is, where it is not its reporter's own."""
    said = {"mirror": "by the partner's report", "derived": "an estimate"}.get(cell.get("basis_code") or "")
    return (said,) if said else ()


def _column(figure: Mapping[str, Any]) -> str:
    """The column a figure stands in: of a cell the item is its flow, and the figure its value."""
    return "value_usd" if figure["kept_in"] == "core.trade_cell" else str(figure["item"])


def _digits(value: Decimal | float) -> str:
    """A figure to its last digit and no further, and never as a power of ten.

    A column of dollars pads 9.9 billion to 9.900; 56 dollars in billions are 5.6e-08, and large sums 1.5e+12.
    """
    amount = float(value)
    return f"{amount:,.0f}" if abs(amount) >= 10**10 else f"{Decimal(f'{amount:.10g}'):,f}"


def _in_figures(value: Decimal | float, unit: str | None) -> str:
    """A figure with its unit, to the last digit."""
    if unit == "usd" and abs(float(value)) >= 10**6:
        return f"{_digits(value / 10**9)} bn USD"
    words = {"usd": " USD", "usd_bn": " bn USD", "percent": " %", "years": " years", "percentage points": " points"}
    return f"{_digits(value)}{words.get(unit or '', '')}"


def _print_explanation(explanation: Explanation, with_cell: bool) -> None:
    report, choice = explanation.report, explanation.choice
    heading(f"{_figure(report)}: {escape(reported_trade(report))}")
    if with_cell and choice:
        reports = plural(choice["n_reports"], "report")
        chosen = f"{rule(choice['choice_rule'])} [dim]({choice['choice_rule']})[/]"
        console.print(f"{reports} of this cell. The one marked * is used: {chosen}", highlight=False)
        for other in explanation.cell:
            mark = "*" if other["is_chosen"] else " "
            place = f"{other['publication_id']}, {other['file_id']} line {other['line']}"
            print_fact(f"  {mark} {_digits(other['value_usd_bn']):>12}", place, 19)
    for correction in explanation.corrections:
        printed, new = (_in_unit(correction, name) for name in ("expected_value", "new_value"))
        by = f"by {correction['corrected_by']}, {correction['corrected_at']:%Y-%m-%d}"
        console.print(
            f"[yellow]corrected[/]: printed {printed}, corrected to {new} "
            f"([bold]{escape(correction['correction_code'])}[/], {escape(by)})"
        )
        for name in ("reason", "evidence"):
            print_fact(name, correction[name])
    known = f"sha256 {report['sha256'][:12]}, known since {report['known_from']:%Y-%m-%d %H:%M} UTC"
    facts = {
        "published by": f"{report['publisher']}: {report['title']} ({report['published_on']})",
        "address": report["url"] or "not known",
        "raw file": f"{report['path']} {report['place']}, {known}",
        "fetched from": report["fetched_from"],
        "raw line": explanation.raw_line or "no longer in the raw store",
    }
    for name, fact in facts.items():
        print_fact(name, fact)


def reported_trade(report: Mapping[str, Any]) -> str:
    """What a report is of: `China's imports of crude oil from Russia, January to September 2023`."""
    flow = in_words("figure", report["flow_code"])
    way = {"X": "to", "M": "from"}.get(report["flow_code"], "with")
    product = report["product_name"] or ""
    product = product[:1].lower() + product[1:] if product[1:2].islower() else product
    of = f" {'in' if way == 'with' else 'of'} {product}" if product else ""
    reporter, partner = (in_text(report[f"{side}_name"] or report[f"{side}_code"]) for side in ("reporter", "partner"))
    period = report["period_name"] or report["period_code"]
    return f"{possessive(sentence_case(reporter))} {flow}{of} {way} {partner}, {period}"


def _in_unit(correction: dict[str, Any], name: str) -> str:
    if correction["measure_code"] == "value_usd":
        return _in_figures(correction[name], "usd")
    return f"{correction['measure_code']} {float(correction[name]):,.15g}"


def _figure(report: dict[str, Any]) -> str:
    value, growth = report["value_usd"], report["yoy_pct"]
    level = _in_figures(value, "usd") if value is not None else ""
    change = f"{growth.normalize():+f} % in {report['yoy_currency']}" if growth is not None else ""
    return ", ".join(part for part in (level, change) if part)
