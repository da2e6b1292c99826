"""What keeps a warehouse going: `entrepot backup`, `restore`, `metrics` and `doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli import terminal
from flows.cli.terminal import Json
from flows.errors import EntrepotError
from flows.ledger import Ledger
from flows.settings import get_settings

app = typer.Typer()


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Where backups lie; each is a new folder there, for its owner alone.")],
) -> None:
    """Copy the warehouse and what Prefect's server knows; runs wait meanwhile, readers do not.

    Prefect's database is that of the environment: PREFECT_HOME, or the PostgreSQL address of deploy/server.env.
    """
    from flows.backup import warehouse

    settings = get_settings()
    settings.prepare_process()
    terminal.say(warehouse.back_up(settings, folder))


@app.command()
def restore(
    backup: Annotated[Path, typer.Argument(help="A folder that `entrepot backup` made.")],
) -> None:
    """Make an empty warehouse, and an empty database of Prefect's, what they were; the server must not be running."""
    from flows.backup import warehouse

    settings = get_settings()
    settings.prepare_process()
    terminal.say(warehouse.restore(settings, backup))


@app.command()
def metrics() -> None:
    """Print what a monitor watches, as Prometheus reads it; `serve` shows it at /metrics beside the pages."""
    from flows.releases import metrics as watched

    terminal.say(watched.text(Ledger(get_settings())).rstrip("\n"))


@app.command()
def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Put in order what can be without losing anything.")] = False,
    as_json: Json = False,
) -> None:
    """Hold the warehouse against its records: raw files, landed rows, releases, links, leftovers, packages, disk.

    The exit code is 1 where something is wrong. Nothing is changed without --repair.
    """
    from flows.cli import doctor_report
    from flows.doctor import examination

    ledger = Ledger(get_settings())
    repaired, found = examination.repair(ledger) if repair else ([], examination.examine(ledger))
    doctor_report.show(repaired, found, as_json)
    if found.findings:
        raise typer.Exit(EntrepotError.exit_code)
