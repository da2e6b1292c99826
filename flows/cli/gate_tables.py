"""What a person sees of the release gate: its checks; of each that fails what is wrong, its rows, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from expectations.checks import Result
from flows.cli import terminal
from flows.cli.reports import ROOMY, WIDE
from flows.cli.terminal import Screen, console, errors, print_json, table_of
from flows.errors import EntrepotError, RunStopped
from flows.ledger import Ledger
from flows.releases import gate_report
from flows.settings import Settings, get_settings

_STYLE = {"error": "bold red", "warning": "bold yellow"}


def show_checks(settings: Settings, results: list[Result], as_json: bool) -> None:
    """Every check of the gate, then the failing ones with their rows."""
    if as_json:
        print_json([result.model_dump(mode="json") for result in results])
        return
    table = gate_report.check_table(results)
    if table:
        wanted = {"table": WIDE, "expected": ROOMY}
        names = [name for name in table[0] if console.width >= wanted.get(name, 0)]
        console.print(table_of(names, [tuple(row[name] for name in names) for row in table]))
        if len(names) < len(table[0]):
            console.print(
                f"[dim]A terminal of {WIDE} columns has room for the table of each check and what is expected.[/]"
            )
    show_findings(settings, results)
    console.print(gate_report.count_checks(results))


def show_findings(
    settings: Settings, results: Iterable[Result], screen: Screen = console, most: int | None = None
) -> None:
    """What fails: in words, its rows with raw file and line, what to do; then what was accepted, and what is over.

    At most `most` rows of each check are shown, or all that are on record.
    """
    judged = list(results)
    for result in gate_report.failing(judged):
        screen.print(
            Text.assemble(
                (f"{result.check.severity.capitalize()}:", _STYLE[result.check.severity]),
                " ",
                gate_report.wrong(result),
            )
        )
        if rows := gate_report.rows(settings, result)[:most]:
            names = list(dict.fromkeys(name for row in rows for name in row))
            title = f"{len(rows)} of {result.failing_rows:,} cases" if len(rows) < result.failing_rows else None
            cells = [tuple(row.get(name) for name in names) for row in rows]
            screen.print(table_of(names, cells, title))
        for line in gate_report.what_to_do(result):
            screen.print(Text(line), soft_wrap=line.startswith(" "))
    show_accepted(judged, screen)
    for sentence in gate_report.told(judged):
        screen.print(Text.assemble(("notice", "bold yellow"), " ", sentence))


def show_accepted(results: Iterable[Result], screen: Screen = console) -> None:
    """Which failing rows somebody has accepted, until when and why; nothing where there are none."""
    if accepted := gate_report.accepted_table(results):
        screen.print(table_of(list(accepted[0]), [tuple(row.values()) for row in accepted], "Accepted rows"))


def show_stop(error: EntrepotError) -> None:
    """Why a command ends here; of a run that a check stopped all that was found, in tables."""
    if isinstance(error, RunStopped) and error.run_id:
        settings = get_settings()
        show_findings(settings, gate_report.results_of(Ledger(settings).run(error.run_id)), errors)
        terminal.complain(str(error).partition("\n")[0])
    else:
        terminal.complain(str(error))
