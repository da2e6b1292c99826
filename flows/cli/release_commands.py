"""The verbs that judge, publish, take back and prune what was built: `audit`, `publish`, `rollback`, `retention`."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli import gate_tables, terminal
from flows.cli.run_commands import STANDS_IN
from flows.cli.terminal import Json
from flows.errors import GateFailed
from flows.ledger import Ledger
from flows.releases import gate_report
from flows.settings import get_settings

app = typer.Typer()


def _named(run_id: str | None) -> str | None:
    """The id of a run as it was given; an empty one, of a variable that is not set, would be as good as none."""
    if run_id is not None and not run_id.strip():
        raise typer.BadParameter("the id of the run is empty; give one, or leave it out")
    return run_id


def _end_followed(failed: list[str]) -> None:
    """Say what does not follow the release the link points to, and end with the exit code that says so."""
    for notice in failed:
        terminal.complain(notice)
    if failed:
        raise typer.Exit(STANDS_IN)


@app.command()
def audit(
    run_id: Annotated[
        str | None,
        typer.Argument(help="A run with a candidate or a release; the published one if left out.", callback=_named),
    ] = None,
    recorded: Annotated[
        str | None, typer.Option("--run", help="Show what was found in this run, and judge nothing again.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the release gate again, on the published file or on a candidate, and print every check.

    With --run what is on record of a run is shown: every check, failing rows, what to do, and what was accepted. That
    holds for a run a test of dbt stopped, too.
    """
    from flows import verbs

    ledger = Ledger(get_settings())
    if recorded is not None:
        results = gate_report.results_of(ledger.run(recorded))
    else:
        with terminal.progress():
            _, results = verbs.audit_again(ledger, run_id)
    gate_tables.show_checks(get_settings(), results, as_json)
    if errors := sum(result.stops_release for result in results):
        raise GateFailed(f"{terminal.counted(errors, 'check')} failed; such a release is not published.")


@app.command()
def publish(
    run_id: Annotated[
        str | None, typer.Argument(help="A built and audited run; the newest if left out.", callback=_named)
    ] = None,
) -> None:
    """Publish a candidate made with `entrepot run --no-publish`, or point the link to a release."""
    from flows import verbs

    with terminal.progress():
        run, failed = verbs.publish(Ledger(get_settings()), run_id)
    terminal.say(f"Published release {run.run_id}.")
    _end_followed(failed)


@app.command()
def rollback(
    run_id: Annotated[
        str | None, typer.Argument(help="The release to go back to; the one before if left out.", callback=_named)
    ] = None,
) -> None:
    """Point the published link back to an earlier release, byte for byte what it was."""
    from flows import verbs

    with terminal.progress():
        record, failed = verbs.roll_back(Ledger(get_settings()), run_id)
    terminal.say(record.message)
    _end_followed(failed)


@app.command()
def retention(
    keep: Annotated[int | None, typer.Option(min=1, help="Releases to keep; the setting if left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Delete old releases, candidates and leftovers of exports; never raw files, run records or what is published."""
    from flows import verbs

    ledger = Ledger(get_settings())
    line, table = verbs.retain(ledger, keep or ledger.settings.keep_releases, dry_run)
    if table:
        terminal.show_rows(table)
    terminal.say(line)
