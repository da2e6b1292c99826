"""`entrepot export` beyond Parquet: a copy in PostgreSQL for tools that read nothing else, a workbook for Excel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli import terminal
from flows.errors import EntrepotError
from flows.ledger import Ledger
from flows.settings import get_settings

app = typer.Typer(help="Write the published release for others to read.")


def published_release() -> str:
    """Id of the published release. Raises EntrepotError when there is none."""
    published = Ledger(get_settings()).published_run_id()
    if published is None:
        raise EntrepotError("Nothing is published yet; `entrepot run` makes the first release.")
    return published


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

    settings, published = get_settings(), published_release()
    with terminal.progress():
        done = write_workbook(settings, published, path or settings.export / "trade.xlsx")
    for mart in done.left_out:
        terminal.complain(f"Left out, more rows than a sheet of Excel holds: marts.{mart.name}, {mart.rows} rows.")
    terminal.say(f"Wrote {len(done.sheets)} marts of release {published} to {done.path}.")
