"""`entrepot export`: Parquet and the page, a copy in PostgreSQL for tools that read nothing else, a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli import terminal
from flows.cli.run_commands import OnlyRedistributable, run_flow
from flows.errors import EntrepotError, told
from flows.ledger import Ledger
from flows.settings import get_settings

app = typer.Typer(help="Write the published release for others to read.")


def published_release() -> str:
    """Id of the published release. Raises EntrepotError when there is none."""
    published = Ledger(get_settings()).published_run_id()
    if published is None:
        raise EntrepotError("Nothing is published yet; `entrepot run` makes the first release.")
    return published


@app.callback(invoke_without_command=True)
def export(
    context: typer.Context,
    public: Annotated[
        Path | None, typer.Option(help="A folder open to others: refused where figures are not redistributable.")
    ] = None,
    only_redistributable: OnlyRedistributable = False,
) -> None:
    """Write the published star schema and marts as Parquet, and the page: to the warehouse, or to an open folder.

    With --only-redistributable a release is built for the folder from the other sources alone, so that no share,
    rank or sum in it stands on what is not redistributable; the published warehouse stays as it is.
    """
    from flows.exports import page
    from flows.exports import parquet as step
    from flows.releases import licence, place

    if context.invoked_subcommand is not None:
        return
    settings, ledger = get_settings(), Ledger(get_settings())
    with ledger.writing("export"):
        published = published_release()
        release = place.release_path(settings, published)
        if public is None:
            terminal.say(f"Exported release {published} to {step.export_parquet(settings, published)}.")
            terminal.say(f"The page is {page.build_site(settings, published)}.")
            return
        if not only_redistributable or not licence.holdings(settings, release):
            terminal.say(f"Exported release {published} to {step.export_public(settings, release, published, public)}.")
            return
    _export_redistributable(ledger, public)


def _export_redistributable(ledger: Ledger, public: Path) -> None:
    """Build a release of the redistributable sources alone, and write it to an open folder. Nothing is published."""
    from flows.exports import parquet as step
    from flows.steps import build

    step.require_target(public)  # before the build, which takes minutes
    run = run_flow(None, "offline", only_redistributable=True)
    try:
        with ledger.writing("export"):
            step.export_public(ledger.settings, build.candidate_path(ledger.settings, run), run.run_id, public)
    except BaseException as error:
        # else it would be the newest candidate, which `entrepot publish` takes
        ledger.finish(run, "failed", f"Not exported to {public} ({told(error)}).")
        raise
    message = f"Exported to {public} without {', '.join(run.left_out)}; the published warehouse is unchanged."
    terminal.say(ledger.finish(run, "exported", message).message)


@app.command()
def postgres(
    dsn: Annotated[
        str | None, typer.Argument(help="postgresql://user@host/database; that of ENTREPOT_POSTGRES if left out.")
    ] = None,
    schema: Annotated[
        str | None, typer.Option(help="Prefix of the schemas: `trade` for trade_core, trade_marts, trade_meta.")
    ] = None,
) -> None:
    """Copy core, marts and meta into a PostgreSQL database; readers there see the old copy or the new one, whole.

    A password in the address can be seen by others on this machine: better in ~/.pgpass, or the address in
    ENTREPOT_POSTGRES, with which every release is copied when it is published.
    """
    from flows.exports.postgres import serve_copy

    settings, published = get_settings(), published_release()
    address = dsn or (settings.postgres.get_secret_value() if settings.postgres else None)
    if address is None:
        raise EntrepotError("Which database? Give its address, or set ENTREPOT_POSTGRES.")
    with terminal.progress():
        tables = serve_copy(settings, published, address, schema or settings.postgres_schema)
        # no lock is held: what was published meanwhile may have been copied before this, or kept out by it
        while (newer := published_release()) != published:
            published, tables = newer, serve_copy(settings, newer, address, schema or settings.postgres_schema)
    terminal.say(f"Copied {tables} tables of release {published} to PostgreSQL.")


@app.command()
def xlsx(
    path: Annotated[
        Path | None,
        typer.Argument(help="The file to write; `export/trade.xlsx` in the warehouse if left out."),
    ] = None,
) -> None:
    """Write the marts as an Excel workbook: a sheet per mart, with number formats, notes, sources and a dictionary.

    It holds everything, also what is not redistributable; its first sheet says which sources that concerns.
    """
    from flows.exports.excel import write_workbook

    if path is not None and path.suffix.lower() != ".xlsx":
        raise EntrepotError(f"Excel opens no workbook called {path.name}; give it a name that ends in .xlsx.")
    if path is not None and not path.parent.is_dir():
        raise EntrepotError(f"There is no folder {path.parent}; make it, or name one that is there.")
    settings, published = get_settings(), published_release()
    with terminal.progress():
        done = write_workbook(settings, published, path or settings.export / "trade.xlsx")
    for mart in done.left_out:
        terminal.complain(f"Left out, more rows than a sheet of Excel holds: marts.{mart.name}, {mart.rows} rows.")
    terminal.say(f"Wrote {len(done.sheets)} marts of release {published} to {done.path}.")
