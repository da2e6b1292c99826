"""Compare two releases table by table: `python -m bench.compare A.duckdb B.duckdb`. Exit code 1 where they differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.markup import escape

from bench.table_difference import A, B, Difference, difference, tables

RUN_COLUMNS = ("run_id", "release_id", "last_release_run_id")


def compare(
    a: Path, b: Path, schemas: tuple[str, ...] = ("core", "marts"), by_run: tuple[str, ...] = RUN_COLUMNS
) -> Iterator[Difference]:
    """Compare every table and view of `schemas` in the DuckDB files `a` and `b`; both are opened read-only."""
    with duckdb.connect() as con:
        for catalog, path in ((A, a), (B, b)):
            address = str(path).replace("'", "''")
            con.execute(f"attach '{address}' as {catalog} (read_only)")
        in_a, in_b = (tables(con, catalog, schemas) for catalog in (A, B))
        for table in sorted(in_a | in_b):
            yield difference(con, table, table in in_a, table in in_b, frozenset(by_run))


def lines(found: Difference) -> Iterator[str]:
    """What is to be said of a table, one line for each kind of difference."""
    count_a, count_b = ("-" if count is None else f"{count:,}" for count in (found.rows_a, found.rows_b))
    counts = count_a if count_a == count_b else f"{count_a} -> {count_b}"
    yield f"{found.table:<42} {found.state:<14} {counts} rows"
    if found.columns_only_in_a:
        yield f"    columns only in A: {', '.join(found.columns_only_in_a)}"
    if found.columns_only_in_b:
        yield f"    columns only in B: {', '.join(found.columns_only_in_b)}"
    yield from (f"    type {change}" for change in found.types)
    if found.rows_only_in_a or found.rows_only_in_b:
        yield f"    rows only in A: {found.rows_only_in_a:,}; only in B: {found.rows_only_in_b:,}"
        yield f"    columns whose values differ: {', '.join(found.columns) or 'none by itself, only together'}"
    yield from (f"    float {name}: at most {value:.2g} apart, relative" for name, value in found.floats.items())
    if found.times:
        yield f"    times and run ids differ, as they may: {', '.join(found.times)}"
    yield from (f"    {row}" for row in found.sample)


def main(
    a: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Published file before.")],
    b: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Published file after.")],
    schema: Annotated[
        list[str] | None, typer.Option(help="Schema to compare; core and marts if none is given.")
    ] = None,
    by_run: Annotated[
        list[str] | None, typer.Option(help="Further column that belongs to the run; only its presence is compared.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a table.")] = False,
) -> None:
    """Compare two published files: columns, types and rows of every table, both ways, without a tolerance."""
    console = Console(soft_wrap=True, highlight=False)
    is_same = True
    totals: dict[str, int] = {}
    for found in compare(a, b, tuple(schema or ("core", "marts")), (*RUN_COLUMNS, *(by_run or ()))):
        is_same = is_same and found.is_same
        totals[found.state] = totals.get(found.state, 0) + 1
        if as_json:
            typer.echo(json.dumps(asdict(found) | {"state": found.state, "is_same": found.is_same}, default=str))
        else:
            console.print(escape("\n".join(lines(found))))
    if not as_json:
        console.print("; ".join(f"{count} {state}" for state, count in sorted(totals.items())))
    raise typer.Exit(0 if is_same else 1)


if __name__ == "__main__":
    typer.run(main)
