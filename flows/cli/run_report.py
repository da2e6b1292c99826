"""What people see of runs: how one ended, what it changed, what failed or waits, and the last ten at a glance."""

from __future__ import annotations

import textwrap
from itertools import islice
from typing import Any

from rich.markup import escape

from flows.cli import gate_tables
from flows.cli.terminal import console, print_json, table_of
from flows.ledger import Ledger, Outcome, Run
from flows.releases import gate_report, summary
from flows.releases.unused import unused
from flows.settings import Settings

_SHOWN = 10
_EXAMPLES = 3  # rows of each check that failed


def show_run(settings: Settings, run: Run) -> None:
    """One run: what it brought and changed, what failed, what landed and is not used, which failing rows are accepted,
    and how it ended.
    """
    show_changes(run)
    show_failures(run)
    show_unused(settings, run)
    show_notices(run.notices)
    gate_tables.show_accepted(gate_report.results_of(run))
    console.print(f"[bold]{run.state.replace('_', ' ')}[/]: {escape(run.message)}")


def show_notices(notices: list[str]) -> None:
    """What else to know of a run."""
    for notice in notices:
        console.print(f"[bold yellow]notice[/] {escape(notice)}")


def show_changes(run: Run) -> None:
    """Partitions new or revised, with their rows before and after; and the values that revisions changed."""
    _print(summary.changed_table(run))
    _print(summary.values_table(run), "Values changed by revisions")


def show_failures(run: Run) -> None:
    """What failed and why, the same reason once; the last good file, where there is one, is used."""
    for style, kind, outcomes in (("red", "failed", run.failed), ("yellow", "waiting", run.waiting)):
        places: dict[str, list[str]] = {}
        for outcome in outcomes:
            places.setdefault(outcome.reason, []).append(_place(outcome))
        for reason, (first, *others) in places.items():
            more = f" and {len(others)} more" if others else ""
            console.print(f"[bold {style}]{kind}[/] {escape(first)}{more}: {escape(reason)}")


def show_unused(settings: Settings, run: Run) -> None:
    """What landed and is not used: rows, value, why, and what to do; nothing for a run without a release."""
    left_out = unused(settings, run)
    _print(left_out.table, "What is not used, or not in dollars")
    if left_out.line:
        console.print(left_out.line)


def status(ledger: Ledger) -> dict[str, Any]:
    """The published release, the last runs without their checks, and what has been accepted without its rows."""
    runs = _newest(ledger)
    shown = [run.model_dump(mode="json", exclude={"checks"}) for run in runs]
    accepted = [each.model_dump(mode="json", exclude={"rows"}) for each in ledger.acceptances()]
    return {"published": ledger.published_run_id(), "runs": shown, "accepted": accepted}


def _newest(ledger: Ledger) -> list[Run]:
    """The last runs, the newest at the end."""
    return list(islice(ledger.runs_as_they_are(), _SHOWN))[::-1]


def show_status(settings: Settings, ledger: Ledger, as_json: bool) -> None:
    """The published release, the last ten runs, what the last one that brought something changed, what failed."""
    if as_json:
        print_json(status(ledger))
        return
    runs, published = _newest(ledger), ledger.published_run_id()
    console.print(f"Published: [bold]{published or 'nothing yet'}[/]  {settings.published}")
    rows = [
        (
            run.run_id,
            run.kind,
            run.state.replace("_", " "),
            summary.count_outcomes(run),
            _first_line(run.message.replace(f" release {run.run_id}", "")),  # told in the first column
        )
        for run in reversed(runs)
    ]
    console.print(table_of(["run", "kind", "state", "partitions", "message"], list(rows)))
    if changing := [run for run in runs if run.changed]:
        console.print(f"What run [bold]{changing[-1].run_id}[/] brought:")
        show_changes(changing[-1])
    if runs:
        show_failures(runs[-1])
    if judged := [run for run in runs if run.checks]:
        console.print(
            f"What the gate found in run [bold]{judged[-1].run_id}[/] ({judged[-1].state.replace('_', ' ')}):"
        )
        gate_tables.show_findings(settings, gate_report.results_of(judged[-1]), most=_EXAMPLES)
        console.print(f"`entrepot audit --run {judged[-1].run_id}` shows more rows of each check.")


def _first_line(message: str) -> str:
    return textwrap.shorten(message.partition("\n")[0], 160, placeholder=" ...")


def _place(outcome: Outcome) -> str:
    return "/".join(part for part in (outcome.source, outcome.table, outcome.partition) if part)


def _print(rows: list[dict[str, Any]], title: str | None = None) -> None:
    if rows:
        console.print(table_of(list(rows[0]), [tuple(row.values()) for row in rows], title, are_counts=True))
