"""What the terminal shows: progress, tables, and the prompt. No decisions are made here."""

from __future__ import annotations

import contextlib
import csv
import json
import logging
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from expectations.checks import Result
from flows import reading
from flows.contracts import Source
from flows.errors import EntrepotError
from flows.ledger import Ledger, Outcome, Run
from flows.settings import Settings
from flows.steps import summary

# Piped output has no width of its own; a log or a README reads better wide than folded at 80.
_WIDTH = None if sys.stdout.isatty() else max(Console().width, 140)
console = Console(width=_WIDTH)
errors = Console(stderr=True, width=_WIDTH)

_VERDICT_STYLE = {
    "supported": "green",
    "not supported": "red",
    "right figure, wrong period": "yellow",
    "possible, not proven": "cyan",
    "not testable": "dim",
}


def say(text: str) -> None:
    """Print one line."""
    console.print(text)


def complain(text: str) -> None:
    """Print what went wrong, to standard error."""
    errors.print(Text(text, style="bold red"))


class _ProgressHandler(logging.Handler):
    def __init__(self, status: Any) -> None:
        super().__init__(logging.DEBUG)
        self.status = status

    def emit(self, record: logging.LogRecord) -> None:
        text = escape(record.getMessage())
        if record.levelno >= logging.WARNING:
            errors.print(f"[yellow]warning[/] {text}")
        elif record.levelno >= logging.INFO:
            console.print(f"[dim]{text}[/]")
        self.status.update(text)


@contextlib.contextmanager
def progress() -> Iterator[None]:
    """Show what the steps log: a line per step, a spinner with the detail between."""
    logger = logging.getLogger("entrepot")
    level = logger.level
    with errors.status("starting") as status:
        handler = _ProgressHandler(status)
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)


def _cell(value: Any) -> Text:
    if value is None:
        return Text("null", style="dim")
    if isinstance(value, float | Decimal) and not isinstance(value, bool):
        text = f"{value:,.6f}".rstrip("0").rstrip(".")
        return Text(text if "." in text or value == int(value) else f"{value:,}")
    if isinstance(value, int) and not isinstance(value, bool):
        return Text(str(value))
    return Text(str(value))


def _table(columns: list[str], rows: list[tuple[Any, ...]], title: str | None = None) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    numeric = [any(isinstance(row[i], int | float | Decimal) for row in rows) for i in range(len(columns))]
    for name, is_number in zip(columns, numeric, strict=True):
        table.add_column(name, justify="right" if is_number else "left", overflow="fold", no_wrap=name == "partition")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    return table


def print_json(value: Any) -> None:
    """Print `value` as JSON, dates and decimals as text and numbers."""
    json.dump(
        value,
        sys.stdout,
        indent=1,
        default=lambda v: float(v) if isinstance(v, Decimal) else str(v),
        ensure_ascii=False,
    )
    sys.stdout.write("\n")


def show_query(settings: Settings, query: str, form: str) -> None:
    """Run one query and print its rows as a table, CSV or JSON."""
    with reading.open_published(settings) as con:
        show_answer(reading.ask(con, query), form)


def show_answer(answer: reading.Answer, form: str) -> None:
    """Print rows as a table, CSV or JSON."""
    if form == "json":
        print_json(answer.records())
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows(answer.rows)
    else:
        console.print(_table(answer.columns, answer.rows))
        console.print(f"[dim]{len(answer.rows)} rows[/]")


def prompt(settings: Settings, form: str) -> None:
    """A prompt that runs each statement ending in a semicolon; an empty line or Ctrl-D ends it."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (line editing and history for input())
    with reading.open_published(settings) as con:
        console.print(
            "Read-only. End a query with a semicolon; Ctrl-D leaves. Try: [bold]from meta.dictionary limit 5;[/]"
        )
        buffer = ""
        while True:
            try:
                line = input("entrepot> " if not buffer else "     ...> ")
            except EOFError:
                return
            buffer = f"{buffer}\n{line}".strip()
            if buffer.endswith(";"):
                try:
                    show_answer(reading.ask(con, buffer), form)
                except EntrepotError as error:
                    complain(str(error))
                buffer = ""


def _place(outcome: Outcome) -> str:
    return "/".join(part for part in (outcome.source, outcome.table, outcome.partition) if part)


def show_run(run: Run) -> None:
    """One run: what it did with each partition that changed or failed, and how it ended."""
    changed = [(o.outcome, _place(o), o.rows, o.rejects) for o in run.changed]
    if changed:
        console.print(_table(["outcome", "partition", "rows", "rejects"], list(changed)))
    show_failures(run)
    console.print(f"[bold]{run.state.replace('_', ' ')}[/]: {escape(run.message)}")


def show_failures(run: Run) -> None:
    """Each partition that failed, with the reason; its last good file, where there is one, stands in."""
    for outcome in run.failed:
        console.print(f"[bold red]failed[/] {escape(_place(outcome))}: {escape(outcome.reason)}")


def _bn(value: Any) -> str:
    return "" if value is None else f"{value:,.2f}"


def _pct(value: Any) -> str:
    return "" if value is None else f"{value:+.1f} %"


def show_article(settings: Settings) -> None:
    """The article's pair year by year, and the verdict on each of its statements, all from the published file."""
    with reading.open_published(settings) as con:
        years = reading.article_years(con)
        statements = reading.claims(con, everything=False)
    table = Table(title="Turnover by reporter, billions of USD", title_justify="left", header_style="bold")
    for name in (
        "reporter",
        "partner",
        "year",
        "turnover",
        "growth, published",
        "growth, computed",
        "share of reporter's trade",
        "chosen by",
        "source",
    ):
        table.add_column(
            name, justify="right" if name in ("year", "turnover") or name[:6] in ("growth", "share ") else "left"
        )
    for row in years.records():
        table.add_row(
            row["reporter_code"],
            row["partner_code"],
            str(row["year_number"]),
            _bn(row["turnover_usd_bn"]),
            _pct(row["turnover_yoy_published_pct"]),
            _pct(row["turnover_yoy_pct"]),
            _pct(row["share_of_turnover_pct"]).lstrip("+"),
            row["turnover_rule"],
            row["turnover_source_code"],
        )
    console.print(table)
    _print_claims(statements, "The article's statements against the warehouse")


def show_claims(settings: Settings, everything: bool, as_json: bool) -> None:
    """Statements with verdict and evidence."""
    with reading.open_published(settings) as con:
        answer = reading.claims(con, everything)
    if as_json:
        print_json(answer.records())
    else:
        _print_claims(answer, "Statements against the warehouse")


def _print_claims(answer: reading.Answer, title: str) -> None:
    table = Table(title=title, title_justify="left", header_style="bold", show_lines=True)
    table.add_column("id", no_wrap=True)
    for name in ("said", "verdict", "evidence"):
        table.add_column(name, overflow="fold", ratio={"said": 3, "verdict": 2, "evidence": 6}[name])
    for row in answer.records():
        said = f"{row['subject_text']}: {row['claimed_value_text']} {row['claimed_unit_text'] or ''}"
        said += f", {row['claimed_period_text']}" if row["claimed_period_text"] else ""
        style = _VERDICT_STYLE.get(row["verdict"], "")
        table.add_row(row["statement_id"], said.strip(), Text(row["verdict"], style=style), row["evidence"])
    console.print(table)


def show_checks(results: list[Result], as_json: bool) -> None:
    """Every check of the gate, failures with their rows."""
    if as_json:
        print_json([result.model_dump(mode="json") for result in results])
        return
    rows = [
        ("passed" if r.passed else r.check.severity, r.check.name, r.check.table, r.observed, r.expected)
        for r in sorted(results, key=lambda r: (r.passed, r.check.table, r.check.name))
    ]
    console.print(_table(["result", "check", "table", "observed", "expected"], list(rows)))
    for result in results:
        if not result.passed:
            console.print(f"[bold]{result.check.name}[/] {escape(result.sentence)}")
            console.print_json(data=result.sample[:20], default=str)
    console.print(summary.count_checks(results))


def show_status(settings: Settings, ledger: Ledger, as_json: bool) -> None:
    """The published release, the last ten runs, and what failed in the newest one."""
    runs = ledger.runs()[-10:]
    published = ledger.published_run_id()
    if as_json:
        print_json({"published": published, "runs": [run.model_dump(mode="json", exclude={"checks"}) for run in runs]})
        return
    console.print(f"Published: [bold]{published or 'nothing yet'}[/]  {settings.published}")
    rows = [
        (run.run_id, run.kind, run.state.replace("_", " "), summary.count_outcomes(run), run.message[:160])
        for run in reversed(runs)
    ]
    console.print(_table(["run", "kind", "state", "partitions", "message"], list(rows)))
    if runs:
        show_failures(runs[-1])


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
    names = ["source", "publisher", "origin", "cadence", "redistributable", "tables", "raw_files"]
    rows = [tuple(_words(record[name]) for name in names) for record in records]
    console.print(_table([name.replace("_", " ") for name in names], rows))


def _words(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else value


def show_explanations(
    settings: Settings, number: str, reporter: str | None, partner: str | None, period: str | None, as_json: bool
) -> None:
    """For each report that holds the number: the choice made in its cell and the raw line it stands on."""
    found = reading.explain(settings, number, reporter, partner, period)
    if as_json:
        print_json([vars(explanation) for explanation in found])
        return
    for explanation in found:
        _print_explanation(explanation)


def _print_explanation(explanation: reading.Explanation) -> None:
    report, choice = explanation.report, explanation.choice
    value = (
        f"{report['value_usd'] / 10**9:,.6g} bn USD"
        if report["value_usd"] is not None
        else f"{report['yoy_pct']} % growth in {report['yoy_currency']}"
    )
    flow = {"X": "exports", "M": "imports", "T": "turnover"}.get(report["flow_code"], report["flow_code"])
    console.rule(
        f"{value}: {flow} of {report['reporter_code']} with {report['partner_code']}, {report['period_code']}",
        align="left",
    )
    if choice:
        standing = "the warehouse's choice" if report["is_chosen"] else "kept, not chosen"
        console.print(
            f"{standing}; rule [bold]{choice['choice_rule']}[/] among {choice['n_reports']} report(s) of this cell"
        )
    for other in explanation.cell:
        mark = "*" if other["is_chosen"] else " "
        place = f"{other['publication_id']}  {other['file_id']} line {other['line']}"
        console.print(f"  {mark} {other['value_usd_bn']:>12,.4f}  {place}", highlight=False)
    known = f"sha256 {report['sha256'][:12]}, known since {report['known_from']:%Y-%m-%d %H:%M} UTC"
    facts = {
        "published by": f"{report['publisher']}: {report['title']} ({report['published_on']})",
        "address": report["url"] or "not known",
        "raw file": f"{report['path']} line {report['line']}, {known}",
        "fetched from": report["fetched_from"],
    }
    for name, fact in facts.items():
        console.print(f"{name:<14}{fact}", highlight=False)
    console.print(Text(f"raw line      {explanation.raw_line}", overflow="fold"))
