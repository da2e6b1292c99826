"""Whether two engines made the same heavy tables: `python -m bench.engines A.duckdb B.duckdb`.

A and B are two published files, or candidates, of the same landed rows, each with its workings beside it. Every column
is compared exactly and both ways, times too; only a float may differ, beyond its ninth digit, since a sum taken in
another order does. Exit code 1 where a table differs or is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer

from bench.compare import lines
from bench.table_difference import A, B, Difference, difference, quoted, tables
from flows.contracts.relations import WORKINGS, workings_of
from flows.settings import Settings
from flows.steps.building import dbt

FLOAT_TOLERANCE = 1e-9
"""Largest relative difference of two floats that are told as one."""
HEAVY_TAGS = {"heavy", "cells"}
OF_THE_ENGINE = {"intermediate.int_trade_cell_part": ("checksum",)}
"""Columns whose value is a number of the engine's own, by table: only whether there is one is compared."""


def is_heavy(node: Mapping[str, Any]) -> bool:
    """Whether a node of dbt's graph is a heavy model, whatever engine makes it."""
    return node["resource_type"] == "model" and bool(HEAVY_TAGS & {*node["config"]["tags"]})


def heavy_tables(nodes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """`schema.table` of every heavy model of dbt's graph that leaves a table, or a view readers see.

    A view of the workings reads the published file by its name, and what it shows is in the tables made from it.
    """
    kept = [node for node in nodes.values() if is_heavy(node) and _can_be_read(node["config"], node["database"])]
    return sorted(f"{node['schema']}.{node['name']}" for node in kept)


def _can_be_read(config: Mapping[str, Any], database: str) -> bool:
    kind = config["materialized"]
    return bool(kind != "ephemeral" and (kind, database) != ("view", WORKINGS))


def compare(a: Path, b: Path, names: Iterable[str], same_landing: bool = True) -> Iterator[Difference]:
    """Compare tables, given as `schema.table`, of two builds; each is looked for in the file and in its workings.

    Since when a cell is known is the time its file landed: where each build landed the files for itself, and so not the
    `same_landing` is read, only whether there is a time is compared.
    """
    wanted = {name: ".".join(quoted(part) for part in name.split(".")) for name in names}
    missing = {*wanted}
    for pair in ((a, b), (workings_of(a), workings_of(b))):
        with duckdb.connect() as con:
            for catalog, path in zip((A, B), pair, strict=True):
                address = str(path).replace("'", "''")
                con.execute(f"attach '{address}' as {catalog} (read_only)")
            schemas = tuple({name.split(".")[0] for name in wanted})
            in_a, in_b = (tables(con, catalog, schemas) for catalog in (A, B))
            for name in sorted(name for name in missing if wanted[name] in in_a | in_b):
                missing.remove(name)
                table, by_run = wanted[name], frozenset(OF_THE_ENGINE.get(name, ()))
                yield difference(con, table, table in in_a, table in in_b, by_run, exact_times=same_landing)
    for name in sorted(missing):
        yield Difference(name, None, None)


def is_equal(found: Difference) -> bool:
    """Whether a table is in both builds and the same but for digits of floats that do not count."""
    if found.rows_a is None or found.state == "rows differ":
        return False
    has_same_columns = not (found.columns_only_in_a or found.columns_only_in_b or found.types)
    return has_same_columns and found.rows_b is not None and max(found.floats.values(), default=0.0) <= FLOAT_TOLERANCE


def main(
    a: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="File of the build by one engine.")],
    b: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="File of the build by the other.")],
) -> None:
    """Compare the heavy tables of two builds, cell by cell."""
    names = heavy_tables(dbt.graph(Settings())["nodes"])
    unequal = 0
    for found in compare(a, b, names):
        is_same = is_equal(found)
        unequal += not is_same
        typer.echo(
            "\n".join(lines(found)) if not is_same or found.floats else f"{found.table:<42} equal {found.rows_a:,}"
        )
    typer.echo(f"{len(names) - unequal} of {len(names)} heavy tables are equal")
    raise typer.Exit(1 if unequal else 0)


if __name__ == "__main__":
    typer.run(main)
